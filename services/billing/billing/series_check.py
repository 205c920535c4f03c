"""The proof that a series of numbers is sound: consecutive, rising with the dates, each file the one issued."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

import asyncpg


@dataclass(frozen=True, slots=True)
class Taken:
    """A number as stored: ``intact`` says whether the file still has the digest that was told."""

    series: str
    year: int
    ordinal: int
    issued_on: date
    intact: bool


@dataclass(frozen=True, slots=True)
class Counter:
    """The row that gives the numbers of a series and year."""

    series: str
    year: int
    last_ordinal: int
    last_on: date


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check found of one series and year. Sound when nothing is wrong."""

    series: str
    year: int
    documents: int
    wrong: tuple[str, ...]


def check(taken: Iterable[Taken], counters: Iterable[Counter]) -> list[Finding]:
    """Look at every series and year, that of a counter without documents too."""
    ordered = sorted(taken, key=lambda t: (t.series, t.year, t.ordinal))
    groups = {place: list(rows) for place, rows in groupby(ordered, key=lambda t: (t.series, t.year))}
    last = {(c.series, c.year): c for c in counters}
    return [
        Finding(*place, len(groups.get(place, ())), tuple(_wrong(groups.get(place, []), last.get(place))))
        for place in sorted({*groups, *last})
    ]


def _wrong(rows: Sequence[Taken], counter: Counter | None) -> Iterator[str]:
    for expected, row in enumerate(rows, start=1):
        if row.ordinal != expected:
            yield f"number {expected} is missing: found {row.ordinal} in its place"
            break
    for earlier, later in pairwise(rows):
        if later.issued_on < earlier.issued_on:
            yield f"number {later.ordinal} is dated {later.issued_on}, before {earlier.issued_on} of {earlier.ordinal}"
    for row in rows:
        if row.issued_on.year != row.year:
            yield f"number {row.ordinal} is dated {row.issued_on}, in another year than its series"
        if not row.intact:
            yield f"the file of number {row.ordinal} is not the one that was issued"
    highest = rows[-1].ordinal if rows else 0
    if counter is None:
        yield "the row that gives its numbers is missing"
    elif counter.last_ordinal != highest:
        yield f"the last number given is {counter.last_ordinal}, the last document {highest}"


async def read(connection: asyncpg.Connection[asyncpg.Record]) -> tuple[list[Taken], list[Counter]]:
    """Everything the check needs, of one moment. The digests are worked out by the database."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        taken = await connection.fetch(
            "SELECT d.series, d.year, d.ordinal, d.issued_on, encode(sha256(f.content), 'hex') = d.sha256 "
            "FROM documents d JOIN document_files f USING (sha256)"
        )
        counters = await connection.fetch("SELECT series, year, last_ordinal, last_on FROM series")
    return [Taken(*row) for row in taken], [Counter(*row) for row in counters]
