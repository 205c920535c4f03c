"""One round of a program: how fast it was, what it wrote, what it used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import asyncpg

from spn_local.stack import Stack
from spn_local.urls import in_database
from tests.bench.ledger import Each
from tests.bench.spent import Usage, disturbance

CLEAR_SECONDS_MAX = 600.0


@dataclass(frozen=True)
class Round:
    """What came of so many enrolments."""

    enrolments: int
    seconds: float
    written: Each
    usage: Usage

    @property
    def rate(self) -> float:
        """Enrolments a second."""
        return self.enrolments / self.seconds

    @property
    def cpu_each(self) -> float:
        """CPU seconds of all processes for one enrolment."""
        return sum(self.usage.cpu_seconds.values()) / self.enrolments

    @property
    def disturbed(self) -> bool:
        """Whether others had so much of the machine that the rate is theirs as much as ours."""
        return bool(disturbance(self.usage))


def times_as_fast(one: Round, other: Round) -> float:
    """How many times as fast the one was as the other: by their rates, or when disturbed by their use of the CPU.

    The processor time that an enrolment takes hardly depends on who else runs; on a quiet machine it sets the rate.
    """
    if one.disturbed or other.disturbed:
        return other.cpu_each / one.cpu_each
    return one.rate / other.rate


def how(rounds: Iterable[Round]) -> str:
    """By what they were compared."""
    others = disturbance(*(r.usage for r in rounds))
    return f"by CPU time, since {others}" if others else "by rates"


async def clear_up(stack: Stack) -> None:
    """Have PostgreSQL do what it still owes to what was played: whoever plays next must not pay for those before.

    Otherwise autovacuum and checkpoints fall into one program's round of several, and make it a third slower.
    """
    server = stack.admin_database_url
    for database in await _asked(server, "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate"):
        await _asked(in_database(server, database), "VACUUM (ANALYZE)")
    await _asked(server, "CHECKPOINT")


async def _asked(url: str, statement: str) -> list[str]:
    connection = await asyncpg.connect(url, command_timeout=CLEAR_SECONDS_MAX)
    try:
        return [row[0] for row in await connection.fetch(statement)]
    finally:
        await connection.close()
