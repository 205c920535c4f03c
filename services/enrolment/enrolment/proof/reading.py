"""Where the proof comes from: the database for what is, and topics for what was told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import asyncpg

from enrolment.domain.journal import Entry
from enrolment.events_out.types import EVENTS_TOPIC, PARTNER_TOPIC
from enrolment.proof.examine import Row, Stored, Told
from spn.messaging.reading import records_until_now
from spn.settings import ServiceSettings

TOPICS = (EVENTS_TOPIC, PARTNER_TOPIC)

_ENTRIES = """
    SELECT entry, what, enrolment_id, request, position, moment, kafka_partition, kafka_offset, command_id, who, reason,
        said, seal
    FROM journal WHERE edition_id = $1 ORDER BY entry"""
_ENROLMENTS = "SELECT enrolment_id, number, status, coalesce(place, number) FROM enrolments WHERE edition_id = $1"
_EDITION = "SELECT journal_entries, journal_head FROM editions WHERE edition_id = $1"


async def stored(connection: asyncpg.Connection[asyncpg.Record], edition_id: str) -> Stored | None:
    """What the database has of an edition, all at one moment; None when there is no such edition."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        edition = await connection.fetchrow(_EDITION, edition_id)
        if edition is None:
            return None
        entries = [Entry(*row) for row in await connection.fetch(_ENTRIES, edition_id)]
        rows = {row[0]: Row(*row[1:]) for row in await connection.fetch(_ENROLMENTS, edition_id)}
    return Stored(edition_id, entries, edition[0], edition[1], rows)


async def told_on_topics(settings: ServiceSettings, edition_id: str) -> AsyncIterator[Told]:
    """Every seal of this edition that its topics still hold."""
    for topic in TOPICS:
        async for record in records_until_now(settings, topic):
            where = f"{topic} {record.partition}/{record.offset}"
            for one in _told(record.value, edition_id, where):
                yield one


def told_in_lines(lines: Iterable[str], edition_id: str) -> Iterator[Told]:
    """Every seal in the lines of ``spn tail --json``.

    :raises ValueError: a line is no JSON object.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        record = json.loads(line)
        if not isinstance(record, dict):
            raise ValueError(f"line {number} is no JSON object")
        value = record.get("value", record)
        where = f"{record.get('topic', 'line')} {record.get('partition', '')}/{record.get('offset', number)}"
        yield from _of(value, edition_id, where)


def _told(value: bytes | None, edition_id: str, where: str) -> Iterator[Told]:
    try:
        data = json.loads(value or b"")
    except ValueError:
        return
    yield from _of(data, edition_id, where)


def _of(data: Any, edition_id: str, where: str) -> Iterator[Told]:
    if isinstance(data, dict) and data.get("edition_id") == edition_id:
        entry, seal = data.get("journal_entry"), data.get("journal_seal")
        if isinstance(entry, int) and isinstance(seal, str):
            yield Told(entry, seal, where)
