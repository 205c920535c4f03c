"""What is asked when: drawn from the seed alone. Whom an offer was made to is known only when it is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal, TypeAlias

from tests.faults.seeds import seeded

Ask: TypeAlias = Literal[
    "publish", "request", "withdraw", "accept", "decline", "leave", "substitute", "plan", "move", "cancel", "poison"
]
Way: TypeAlias = Literal["kafka", "astray", "http"]

PER_SECOND = 6.0
EDITIONS_FIRST = 8
SECONDS_PER_EDITION = 25.0
ASKS: dict[Ask, float] = {
    "request": 46,
    "accept": 16,
    "withdraw": 9,
    "decline": 3,
    "leave": 4,
    "substitute": 4,
    "plan": 1,
    "move": 4,
    "cancel": 1,
    "poison": 12,
}
WAYS: dict[Way, float] = {"kafka": 80, "astray": 10, "http": 10}


@dataclass(frozen=True)
class Step:
    """One thing to be asked ``at`` so many seconds. ``seed`` settles everything else about it."""

    at: float
    ask: Ask
    way: Way
    seed: int
    again: bool
    """It is asked a second time, in the same message or another one."""


def plan_of(seed: int, seconds: float, per_second: float = PER_SECOND) -> list[Step]:
    """The steps of a run, in their order. The same seed gives the same steps."""
    rng, editions = seeded("load", seed), seeded("editions", seed)
    steps = [_step(editions, 0.0, "publish") for _ in range(EDITIONS_FIRST)]
    steps += [_step(editions, at, "publish") for at in _every(SECONDS_PER_EDITION, seconds)]
    at = rng.expovariate(per_second)
    while at < seconds:
        steps.append(_step(rng, at, rng.choices(list(ASKS), list(ASKS.values()))[0]))
        at += rng.expovariate(per_second)
    return sorted(steps, key=lambda step: step.at)


def _step(rng: Random, at: float, ask: Ask) -> Step:
    way = rng.choices(list(WAYS), list(WAYS.values()))[0]
    return Step(at, ask, way, rng.getrandbits(32), rng.random() < 0.12)


def _every(interval: float, seconds: float) -> Iterator[float]:
    at = interval
    while at < seconds:
        yield at
        at += interval
