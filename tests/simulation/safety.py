"""What must hold after every step, read from the databases and from what was told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from spn.messaging.inbox import Seen
from spn.messaging.parsing import Misrouted, Skipped, Spoiled, Unreadable, Work
from spn.messaging.steps import marks_of, steps_of
from tests.simulation.broker import Entry
from tests.simulation.journal import owed_of
from tests.simulation.world import SLOTS, World


@dataclass(slots=True)
class Safety:
    """Looks at each service that was touched since it last looked. It remembers how far each partition was."""

    world: World
    offsets: dict[tuple[str, str, int], int] = field(default_factory=dict)

    async def check(self) -> None:
        """:raises AssertionError: something is so that must never be; every such thing is named."""
        world = self.world
        wrong = list(world.journal.broken)
        for service, database in world.databases.items():
            wrong += [bug for replica in world.of(service) for bug in replica.bugs]
            told_again, excused = world.journal.repeated[service], sum(r.excused for r in world.of(service))
            if told_again > excused:
                wrong.append(f"{service} told {told_again} records again, and had cause for {excused} at most")
            if database.touched:
                database.touched = False
                wrong += [f"{service}: {what}" for what in await self._of(service)]
        assert not wrong, "\n".join(wrong)

    async def _of(self, service: str) -> list[str]:
        async with self.world.databases[service].pool.acquire() as connection:
            wrong = [w for check in CHECKS[service] for w in await check(connection, self.world)]
            rows = await connection.fetch("SELECT id, topic, key, headers FROM outbox ORDER BY id")
            wrong += _outbox(rows, self.world.journal.sequences)
            stored = await connection.fetch("SELECT topic, partition, next_offset FROM consumer_offsets")
            new = [(row, self.offsets.get((service, row[0], row[1]), 0)) for row in stored]
            wrong += [f"{row[0]}[{row[1]}] went back from {old} to {row[2]}" for row, old in new if row[2] < old]
            self.offsets.update({(service, row[0], row[1]): row[2] for row in stored})
            covered = [e for row, old in new for e in self.world.broker.logs[row[0]][row[1]][old : row[2]]]
            if covered:
                seen = {
                    (UUID(int=r[0].int), r[1]) for r in await connection.fetch("SELECT message_id, handler FROM inbox")
                }
                letters = await connection.fetch('SELECT topic, partition, "offset" FROM dead_letters')
                wrong += _lost(self.world, service, covered, seen, {tuple(row) for row in letters})
        return wrong


def _outbox(rows: list[asyncpg.Record], told: Mapping[tuple[str, bytes | None], int]) -> Iterator[str]:
    """In the order of ids each key goes on where the topic ends, without a gap; what was told may be there again."""
    last = dict(told)
    for row in rows:
        sequence, place = int(json.loads(row["headers"]).get("ce_sequence", "0")), (row["topic"], row["key"])
        if sequence > last.get(place, 0) + 1:
            yield f"outbox row {row['id']} of {place} has sequence {sequence} after {last.get(place)}"
        last[place] = max(sequence, last.get(place, 0))


def _lost(
    world: World, service: str, covered: list[Entry], seen: set[Seen], letters: set[tuple[str, int, int]]
) -> Iterator[str]:
    """What lies before the stored offset has had its effect: each of its handlers saw it, or its letter is there."""
    parser = world.replicas[service, SLOTS[0]].pipeline.parser
    for entry in covered:
        item: Any = parser.parse(entry.record)
        place = f"{entry.topic}[{entry.partition}]@{entry.offset}"
        if isinstance(item, Spoiled):
            if (entry.topic, entry.partition, entry.offset) not in letters:
                yield f"{place} is spoiled, and no dead letter tells so"
        elif isinstance(item, Work | Unreadable):
            missing = set(marks_of(item, steps_of(item) if isinstance(item, Work) else [])) - seen
            if missing:
                yield f"{place} counts as handled, but {sorted(handler for _, handler in missing)} never saw it"
        else:
            assert isinstance(item, Skipped | Misrouted)


async def _enrolment(connection: Any, _: World) -> list[str]:
    people = await connection.fetch(
        "SELECT edition_id, participant_id, count(*) FROM enrolments "
        "WHERE status IN ('accepted', 'waiting', 'offered') GROUP BY 1, 2 HAVING count(*) > 1"
    )
    rows = await connection.fetch("SELECT edition_id, number, status FROM enrolments ORDER BY edition_id, number")
    wrong = [f"{row[1]} has {row[2]} live enrolments in {row[0]}" for row in people]
    for edition in await connection.fetch("SELECT * FROM editions"):
        wrong += _seats(edition, [row for row in rows if row["edition_id"] == edition["edition_id"]])
    return wrong


def _seats(edition: asyncpg.Record, enrolments: list[asyncpg.Record]) -> Iterator[str]:
    statuses = Counter(row["status"] for row in enrolments)
    # A seat that was used to the end stays taken.
    taken = sum(statuses[status] for status in ("accepted", "offered", "completed"))
    waiting, seats = statuses["waiting"], edition["seats"]
    name = edition["edition_id"]
    if taken > seats or (edition["seats_taken"], edition["waiting"]) != (taken, waiting):
        yield f"{name} with {seats} seats counts {edition['seats_taken']} and {edition['waiting']}; they are {statuses}"
    if (numbers := [row["number"] for row in enrolments]) != list(range(1, len(numbers) + 1)):
        yield f"{name} has the numbers {numbers}"
    if waiting and taken < seats and edition["state"] == "open":
        yield f"somebody waits in {name} while a seat is free"


async def _billing(connection: Any, world: World) -> list[str]:
    rows = await connection.fetch(
        "SELECT a.enrolment_id::text AS id, a.sequence, a.agreement, "
        "(SELECT coalesce(json_agg(d.body), '[]') FROM drafts d WHERE d.enrolment_id = a.enrolment_id) AS drafts, "
        "(SELECT coalesce(json_agg(d.body), '[]') FROM documents d WHERE d.enrolment_id = a.enrolment_id) AS documents "
        "FROM accounts a WHERE a.sequence > 0"
    )
    wrong = []
    for row in rows:
        told = world.journal.owed.get((row["id"], row["sequence"]))
        agreed = owed_of(json.loads(row["agreement"]))
        balance = sum(_cents(d) for d in (*json.loads(row["drafts"]), *json.loads(row["documents"])))
        if told is None:
            wrong.append(f"account {row['id']} knows sequence {row['sequence']}, which nobody told")
        elif not agreed == told == balance:
            wrong.append(f"account {row['id']}: told {told}, agreed {agreed}, drafted and issued {balance}")
    numbers = [r[0] for r in await connection.fetch("SELECT ordinal FROM documents ORDER BY ordinal")]
    if numbers != list(range(1, len(numbers) + 1)):
        wrong.append(f"the series is {numbers}")
    return wrong


def _cents(document: dict[str, Any]) -> int:
    """What a draft or document adds to what is invoiced."""
    amount: int = sum(line["amount_cents"] for line in document["lines"])
    return amount if document["kind"] == "invoice" else -amount


async def _scheduling(connection: Any, world: World) -> list[str]:
    rows = await connection.fetch(
        "SELECT s.edition_id, p.person_id::text, p.session_id FROM places p JOIN sessions s USING (session_id)"
    )
    strangers = [row for row in rows if (row[0], row[1]) not in world.journal.took_part]
    return [f"{row[1]} has a place in {row[2]} and never took part" for row in strangers]


async def _notifications(connection: Any, _: World) -> list[str]:
    rows = await connection.fetch(
        "SELECT person_id, about, count(*) FROM messages WHERE state = 'waiting' GROUP BY 1, 2 HAVING count(*) > 1"
    )
    return [f"{row[2]} messages wait for {row[0]} about {row[1]}" for row in rows]


CHECKS = {
    "enrolment": (_enrolment,),
    "billing": (_billing,),
    "scheduling": (_scheduling,),
    "notifications": (_notifications,),
}
