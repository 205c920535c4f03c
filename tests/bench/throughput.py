"""Enrolments a second: each program in turn, round after round, on the same stack."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.recipe import recipe_of
from tests.bench.report import Measure, Report, out, short
from tests.bench.rival import Rival, rival
from tests.bench.rounds import Round, clear_up, how, times_as_fast
from tests.bench.scenario import SERVICES
from tests.bench.spent import CORES, disturbance
from tests.bench.system import System

NAIVE_SHARE = 0.1
"""The naive way plays so much of what the others play: it is that slow, and no faster with more."""

ROWS_DIFFER_MAX = 0.01
POSITIONS = ".consumer_offsets"
"""Rows that are written once a batch and partition: each program has its own batches."""

OTHERS_MAX = 0.5
MEMORY_MB_MAX = 150.0
READY_SECONDS_MAX = 3.0


@dataclass(frozen=True)
class Size:
    """How much is played."""

    rounds: int
    enrolments: int
    warm_up: int


async def measure(report: Report, system: System, size: Size, *, alone: bool) -> None:
    """Play all programs in turn, or the system alone, round after round."""
    await system.prepare(size.rounds * (size.enrolments + size.warm_up + 2 * system.scenario.seats))
    played: defaultdict[str, list[Round]] = defaultdict(list)
    async with contextlib.AsyncExitStack() as open_rivals:
        rivals: list[tuple[Rival, int]] = []
        for _ in range(size.rounds):
            await clear_up(system.stack)
            played["system"].append(await system.round(size.enrolments, size.warm_up))
            show("system", played["system"][-1])
            if not alone:
                rivals = rivals or await _rivals(open_rivals, system, played["system"][0], size)
            for one, enrolments in rivals:
                await clear_up(system.stack)
                played[one.name].append(
                    await one.round(enrolments, min(enrolments, size.warm_up), played["system"][-1].written)
                )
                show(one.name, played[one.name][-1])
    for name, rounds in played.items():
        report.measures += rates(name, rounds)
        report.details[name] = written_of(name, rounds)
    if not alone:
        report.measures += [
            ratio(played, "ceiling", at_least=0.5),
            ratio(played, "naive", at_least=10),
            *differences(played["system"], played["ceiling"]),
        ]
    report.measures += [*footprint(system, played["system"]), others_took(*played.values())]


async def _rivals(
    open_rivals: contextlib.AsyncExitStack, system: System, first: Round, size: Size
) -> list[tuple[Rival, int]]:
    """The other programs, made from what the system did, and how much each plays."""
    stack = system.stack
    topics = [t for t, n in first.written.records.items() if n]
    roles = await recipe_of(stack.kafka("operator"), topics, system.urls, first.written)
    ceiling = rival("ceiling", stack, system.scenario, roles, stores_positions=True)
    naive = rival("naive", stack, system.scenario, roles, stores_positions=False)
    few = max(100, round(size.enrolments * NAIVE_SHARE))
    enter = open_rivals.enter_async_context
    return [(await enter(ceiling), size.enrolments), (await enter(naive), few)]


def ratio(played: Mapping[str, Sequence[Round]], other: str, *, at_least: float) -> Measure:
    """The system's rate against another program's, round by round."""
    pairs = list(zip(played["system"], played[other], strict=True))
    rounds = [times_as_fast(system, rival) for system, rival in pairs]
    note = how([*played["system"], *played[other]])
    return Measure(f"system against {other}", "times", rounds, at_least=at_least, note=note)


def differences(system: Sequence[Round], ceiling: Sequence[Round]) -> Iterator[Measure]:
    """How far the ceiling is from doing the same work."""
    pairs = [(s.written, c.written) for s, c in zip(system, ceiling, strict=True)]
    records = [max(abs(n - c.records.get(topic, 0.0)) for topic, n in s.records.items()) for s, c in pairs]
    yield Measure("records an enrolment: the ceiling differs, worst topic", "records", records, at_most=0, of=max)
    rows = [
        sum(abs(c.rows_in(table) - s.rows_in(table)) for table in s.rows if not table.endswith(POSITIONS)) / s.row_count
        for s, c in pairs
    ]
    name = "rows an enrolment: the ceiling differs, all tables"
    yield Measure(name, "share", rows, at_most=ROWS_DIFFER_MAX, of=max)


def others_took(*played: Sequence[Round]) -> Measure:
    """A run on a machine that others use is no measurement, whatever its ratios: then it must not hold."""
    most = [max(r.usage.others for r in together) for together in zip(*played, strict=True)]
    return Measure("others on this machine while it was measured", "processors", most, at_most=OTHERS_MAX, of=max)


def rates(name: str, rounds: Sequence[Round]) -> Iterator[Measure]:
    """How fast a program was, and how fast its use of the processor would let it be."""
    unit = "enrolments/s"
    note = disturbance(*(r.usage for r in rounds))
    yield Measure(f"{name}: enrolments, command to all stored", unit, [r.rate for r in rounds], note=note)
    possible = [CORES / r.cpu_each for r in rounds]
    note = "Kafka and PostgreSQL included"
    yield Measure(f"{name}: the same by its CPU time on {CORES} cores", unit, possible, note=note)


def footprint(system: System, rounds: Sequence[Round]) -> Iterator[Measure]:
    """Memory of each service's process after the load, and how soon it was ready: the worst of the four."""
    memory = [max(r.usage.memory_mb[s] for s in SERVICES) for r in rounds]
    yield Measure("memory of a service process under load, the largest", "MB", memory, at_most=MEMORY_MB_MAX)
    ready = [max(s.values()) for s in system.ready_seconds]
    note = "the slowest of the four, each started by itself"
    yield Measure("start of a service to ready", "s", ready, at_most=READY_SECONDS_MAX, note=note)


def written_of(name: str, rounds: Sequence[Round]) -> dict[str, Any]:
    """What one enrolment writes and uses, for the file."""
    last = rounds[-1]
    return {
        "program": name,
        "records": last.written.records,
        "rows": {t: {"inserted": i, "updated": u} for t, (i, u) in sorted(last.written.rows.items()) if i or u},
        "cpu_ms": {p: 1000 * s / last.enrolments for p, s in last.usage.cpu_seconds.items()},
        "memory_mb": last.usage.memory_mb,
    }


def show(name: str, done: Round) -> None:
    """One round, as it ends."""
    records = {t.removeprefix("spn."): short(n) for t, n in done.written.records.items() if n}
    rows = done.written.rows.values()
    cpu = {p: short(1000 * s / done.enrolments) for p, s in done.usage.cpu_seconds.items() if s}
    busy = sum(done.usage.cpu_seconds.values()) / done.seconds
    out.print(f"[bold]{name}[/bold]: {done.enrolments} enrolments in {done.seconds:.1f} s: {done.rate:.0f}/s")
    out.print(f"  records an enrolment: {short(sum(done.written.records.values()))} {records}")
    out.print(f"  rows an enrolment: {sum(i for i, _ in rows):.1f} inserted, {sum(u for _, u in rows):.1f} updated")
    out.print(f"  CPU ms an enrolment: {1000 * sum(done.usage.cpu_seconds.values()) / done.enrolments:.2f} {cpu}")
    out.print(f"  processors in use: {busy:.2f} by these, {done.usage.others:.2f} by others on this machine")
