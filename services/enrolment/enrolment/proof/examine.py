"""The examination: is this the journal that was told, does it hold by itself, and do the tables say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from enrolment.domain.enrolment import Status
from enrolment.domain.journal import SEAL_OF_NOTHING, Entry, said, seal
from enrolment.proof.line import Line


@dataclass(frozen=True, slots=True)
class Told:
    """A seal that went out of the house, or its beginning: with which entry, and where it can be found."""

    entry: int
    seal: str
    where: str


@dataclass(frozen=True, slots=True)
class Row:
    """An enrolment as its table has it."""

    request: int
    status: Status
    place: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database has of an edition: its journal, how far the edition says that goes, and its enrolments."""

    edition_id: str
    entries: Sequence[Entry]
    journal_entries: int
    journal_head: str
    enrolments: Mapping[UUID, Row]


@dataclass(slots=True)
class Verdict:
    """What an examination found. ``passed``: who got a seat before somebody who had asked earlier, and why."""

    entries: int = 0
    told: int = 0
    older: int = 0
    wrong: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)


def examine(stored: Stored, told: Iterable[Told]) -> Verdict:
    """Read the journal from its first entry, and hold it against what was told and against the tables."""
    verdict = Verdict(entries=len(stored.entries))
    verdict.wrong += _chain(stored)
    line = Line()
    for entry in stored.entries:
        verdict.wrong += (f"entry {entry.number}: {what}" for what in line.play(entry))
        if entry.what in {"accepted", "seat-offered"}:
            passed = list(line.passed_by(entry))
            verdict.passed += [f"entry {entry.number}: request {entry.request}, before {one}" for one in passed]
    verdict.wrong += _tables(stored, line, verdict)
    seals = {entry.number: entry.seal for entry in stored.entries}
    for one in told:
        verdict.told += 1
        verdict.wrong += _not_as_told(one, seals)
    return verdict


def _chain(stored: Stored) -> Iterator[str]:
    before, moment = SEAL_OF_NOTHING, None
    for number, entry in enumerate(stored.entries, 1):
        if entry.number != number:
            yield f"entry {number} is missing: the next one is {entry.number}"
            return
        if entry.seal != seal(stored.edition_id, entry, before):
            yield f"entry {number} does not carry the seal that follows from it and from the entry before it"
        if entry.command_id and entry.said != said(uuid5(entry.command_id, "said"), entry.who, entry.reason):
            yield f"entry {number}: who acted, or the reason, is not what was sealed"
        if moment and entry.moment < moment:
            yield f"entry {number} was decided before entry {number - 1}"
        before, moment = entry.seal, entry.moment
    if (stored.journal_entries, stored.journal_head) != (len(stored.entries), before):
        yield f"the edition counts {stored.journal_entries} entries and another last seal than the journal"


def _tables(stored: Stored, line: Line, verdict: Verdict) -> Iterator[str]:
    """Enrolments without any entry are older than the journal: release 0.1 kept none."""
    for one, row in sorted(stored.enrolments.items(), key=lambda pair: pair[1].request):
        status = line.statuses.get(one)
        if status is None:
            verdict.older += 1
        elif status != row.status:
            yield f"request {row.request} is {row.status} in its table and {status} by the journal"
        elif status == "waiting" and row.place != line.places.get(one):
            yield f"request {row.request} has another place in line than by the journal"
    for one in sorted(line.statuses.keys() - stored.enrolments.keys(), key=line.requests.__getitem__):
        yield f"request {line.requests[one]} is in the journal and not in its table"


def _not_as_told(one: Told, seals: Mapping[int, str]) -> Iterator[str]:
    if one.entry not in seals:
        yield f"entry {one.entry} was told ({one.where}) and is not in the journal"
    elif not seals[one.entry].startswith(one.seal):
        yield f"entry {one.entry} was told with another seal ({one.where}): the journal was changed since"
