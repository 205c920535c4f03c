"""Counters: a decision for a command, two for an event, one for a deadline; and their store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from spn.decision import Answer, Deadline, Decision, Moment, Refused, unchanged
from spn.messaging.policies import Connection, DueData, Key
from tests.toy.messages import AddData, NoteData, TickData

SICK: set[tuple[str, str]] = set()
"""(handler, counter) that raise. Decisions are pure; this one impurity is how a test breaks and cures one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One effect of one message."""

    handler: str
    message_id: UUID
    amount: int
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Counter:
    """A sum and what was added since it was loaded."""

    counter_id: str
    total: int = 0
    names: Mapping[str, str] = field(default_factory=dict)
    """Names that are taken, each with its counter: as far as the keys asked for them."""
    entries: tuple[Entry, ...] = ()
    claimed: tuple[str, ...] = ()

    def plus(self, handler: str, amount: int, note: str, at: Moment) -> Counter:
        """With one more entry."""
        entry = Entry(handler, at.message_id, amount, note, at.now)
        return replace(self, total=self.total + amount, entries=(*self.entries, entry))


@dataclass(frozen=True, slots=True)
class Counted:
    """The fact: the counter stands at ``total``."""

    group_id: str
    counter_id: str
    total: int


def add(counter: Counter, wanted: AddData, at: Moment) -> Decision[Counter]:
    """Carry out the command; take the name for this counter if it asks for one."""
    if ("add", counter.counter_id) in SICK:
        raise ArithmeticError("a counter that is sick")
    if wanted.amount < 0:
        raise Refused("negative", "Een teller telt niet terug.", "A counter does not count down.")
    if wanted.amount == 0:
        answer = Answer("unchanged", "nothing", "Er is niets te tellen.", "There is nothing to count.")
        return Decision(counter, answer=answer)
    if wanted.name and counter.names.get(wanted.name, counter.counter_id) != counter.counter_id:
        raise Refused("taken", "De naam is bezet.", "The name is taken.")
    after = counter.plus("add", wanted.amount, wanted.note, at)
    if wanted.name and wanted.name not in counter.names:
        after = replace(after, claimed=(wanted.name,), names={**counter.names, wanted.name: counter.counter_id})
    return Decision(
        after,
        facts=(Counted(wanted.group_id, counter.counter_id, after.total),),
        deadlines=tuple(_deadlines(wanted, at)),
        answer=Answer("done", "added", "Geteld.", "Counted.", subject=counter.counter_id, state=str(after.total)),
    )


def _deadlines(wanted: AddData, at: Moment) -> Iterable[Deadline]:
    for kind, seconds in (("counter.ring", wanted.ring_in), ("counter.tick", wanted.tick_in)):
        if seconds is not None:
            yield Deadline(kind, wanted.counter_id, wanted.group_id, at.now + timedelta(seconds=seconds))


def tick(counter: Counter, _: TickData, at: Moment) -> Decision[Counter]:
    """What a deadline asked for by way of the log."""
    return Decision(counter.plus("tick", 0, "", at), answer=Answer("done", "ticked", "Tik.", "Tick."))


def ring(counter: Counter, due: DueData, at: Moment) -> Decision[Counter]:
    """What a deadline brings at once."""
    if ("ring", counter.counter_id) in SICK:
        raise ArithmeticError("a bell that is sick")
    return Decision(counter.plus("ring", 0, "", at), facts=(Counted(due.subject, counter.counter_id, counter.total),))


def count_note(counter: Counter, note: NoteData, at: Moment) -> Decision[Counter]:
    """The first of two decisions on one event."""
    if ("count_note", counter.counter_id) in SICK:
        raise ArithmeticError("a counter that is sick")
    after = counter.plus("count_note", note.amount, note.note, at)
    if note.name:
        after = replace(after, claimed=(*after.claimed, note.name))
    return Decision(after, facts=(Counted(note.group_id, counter.counter_id, after.total),))


def copy_note(copy: Counter, note: NoteData, at: Moment) -> Decision[Counter]:
    """The second decision on the same event, on a root of its own."""
    if ("copy_note", copy.counter_id.removeprefix("copy-")) in SICK:
        raise ArithmeticError("a copy that is sick")
    if note.amount == 0:
        return unchanged(copy)
    return Decision(copy.plus("copy_note", note.amount, note.note, at))


class Counters:
    """All SQL of counters. A note of the form ``slow:2`` takes that many seconds to save."""

    name = "counter"

    async def load(self, connection: Connection, keys: Sequence[Key]) -> dict[str, Counter]:
        """The counters, locked; each with the names its keys ask for."""
        ids = sorted({key[0] for key in keys})
        asked = sorted({name for key in keys for name in key[1:] if name})
        await connection.execute("INSERT INTO counters SELECT unnest($1::text[]), 0 ON CONFLICT DO NOTHING", ids)
        rows = await connection.fetch(
            "SELECT counter_id, total FROM counters WHERE counter_id = ANY($1) ORDER BY counter_id FOR UPDATE", ids
        )
        taken = await connection.fetch("SELECT name, counter_id FROM names WHERE name = ANY($1)", asked)
        names = {row["name"]: row["counter_id"] for row in taken}
        return {row["counter_id"]: Counter(row["counter_id"], row["total"], names) for row in rows}

    async def save(self, connection: Connection, changes: Sequence[tuple[Counter, Counter]]) -> None:
        """Totals, entries and names; three statements whatever their number."""
        entries = [(after.counter_id, e) for _, after in changes for e in after.entries]
        names = [(name, after.counter_id) for _, after in changes for name in after.claimed]
        if slow := [float(e.note.removeprefix("slow:")) for _, e in entries if e.note.startswith("slow:")]:
            await connection.execute("SELECT pg_sleep($1)", max(slow))
        await connection.execute(
            "UPDATE counters c SET total = x.total::integer FROM unnest($1::text[], $2::bigint[]) AS x(id, total) "
            "WHERE c.counter_id = x.id",
            [after.counter_id for _, after in changes],
            [after.total for _, after in changes],
        )
        await connection.execute(
            "INSERT INTO entries (counter_id, handler, message_id, amount, note, at) SELECT c, h, m, a::integer, n, t "
            "FROM unnest($1::text[], $2::text[], $3::uuid[], $4::bigint[], $5::text[], $6::timestamptz[]) "
            "WITH ORDINALITY AS x(c, h, m, a, n, t, place) ORDER BY place",
            [counter for counter, _ in entries],
            [e.handler for _, e in entries],
            [e.message_id for _, e in entries],
            [e.amount for _, e in entries],
            [e.note for _, e in entries],
            [e.at for _, e in entries],
        )
        if names:
            await connection.execute(
                "INSERT INTO names SELECT * FROM unnest($1::text[], $2::text[])",
                [name for name, _ in names],
                [counter for _, counter in names],
            )


COUNTERS = Counters()
