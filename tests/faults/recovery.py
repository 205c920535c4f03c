"""How long after a SIGKILL the system has an effect again: p50, p95 and worst of many kills of each kind.

    python -m tests.faults.recovery [--kills 50] [--seed S]

Two replicas of enrolment run under a steady light load, a request every 50 ms. A round kills each kind once, in an
order drawn by the seed. The clock runs from the SIGKILL until a request put at that moment on each of the 24
partitions of spn.enrolment.commands is answered on spn.enrolment.events. The last kind has two replicas of all four
services, a request every 500 ms, and waits for the mails of six requests. The session time-out is 6 s.

The exit code tells of a command that was lost or answered twice. An aim that is missed is a figure, no failure: on a
machine that is busy with much else a start takes as long as its share of the processors lets it.
"""

from __future__ import annotations

import os
import random
import secrets
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console

from spn_local.paths import checkout_root
from tests.faults.recovery_field import Field, stack_of
from tests.faults.recovery_kinds import KINDS, Kind, recovered
from tests.faults.recovery_load import Load
from tests.faults.recovery_report import Found, figure_of, show, write
from tests.faults.recovery_starts import alone

out = Console(width=110, highlight=False)


def main(
    kills: Annotated[int, typer.Option(min=1, help="How often each kind is killed.")] = 50,
    seed: Annotated[int | None, typer.Option(help="Decides the order of the kills; by default a new one.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Only kinds whose name holds this.")] = None,
) -> None:
    """Kill, time, tell."""
    seed = secrets.randbelow(1_000_000) if seed is None else seed
    chance = random.Random(seed)  # noqa: S311 - to be played again
    kinds = [kind for kind in KINDS if not only or any(part in kind.name for part in only)]
    out.print(f"seed {seed}")
    found = Found(seed, f"python -m tests.faults.recovery --kills {kills} --seed {seed}")
    for services in dict.fromkeys(kind.services for kind in kinds):
        play([kind for kind in kinds if kind.services == services], kills, chance, found)
    show(found, out)
    write(found, checkout_root() / "build" / "faults" / "recovery.json")
    raise typer.Exit(1 if found.answered_twice else 0)


def play(kinds: Sequence[Kind], kills: int, chance: random.Random, found: Found) -> None:
    """All kinds that are killed in the same stack."""
    services, pause_seconds = kinds[0].services, kinds[0].pause_seconds
    together: dict[str, float] = {}
    stack = stack_of(services, lambda told: together.update({told.get("part", ""): told.get("seconds", 0.0)}))
    with stack, Load(stack, chance, pause_seconds) as load:
        field = Field(stack, load, chance)
        took = rounds(field, kinds, kills, found)
        field.settle()
        found.figures += [figure_of(kind, took[kind]) for kind in kinds]
        found.commands += len(load.asked)
        load.stop()
        load.answers.until_all(load.asked, 30)
        found.answered_twice += load.answers.answered_twice()
        found.memory_mb |= field.memory()
        found.together_seconds |= {name: together[name] for name in found.memory_mb if name in together}
        found.alone_seconds |= alone(stack, services)


def rounds(field: Field, kinds: Sequence[Kind], kills: int, found: Found) -> dict[Kind, list[float]]:
    """The seconds of each kill."""
    took = defaultdict[Kind, list[float]](list)
    for number in range(kills):
        began = time.monotonic()
        for kind in field.chance.sample(kinds, len(kinds)):
            took[kind].append(recovered(kind, field))
            found.load_averages.append(round(os.getloadavg()[0], 1))
        last = ", ".join(f"{kind.name} {took[kind][-1]:.2f}" for kind in kinds)
        out.print(f"round {number + 1} of {kills} ({time.monotonic() - began:.0f} s): {last}")
    return took


if __name__ == "__main__":
    typer.run(main)
