"""Deadlines on their way: the leader turns what is due into decisions, or into commands on the service's own log."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from uuid import uuid4

import structlog

from spn.messaging import dead_letters, deadlines, outbox
from spn.messaging.deadlines import Due
from spn.messaging.envelope import Envelope, headers_of
from spn.messaging.outbox import Row
from spn.messaging.pipeline import Pipeline
from spn.messaging.policies import Connection, DueData

BATCH = 500

log = structlog.get_logger("firing")

Gate = Callable[[Connection, Due], Awaitable[bool | datetime]]
"""Whether a deadline may become a command already: a service can hold one back, for example after an outage. An
instant: nobody could keep it, and there is time until then."""


async def fire_decisions(pipeline: Pipeline) -> bool:
    """Decide on deadlines that are due; whether there may be more."""
    kinds = [t for p in pipeline.policies.policies if p.topic is None for t in p.types]
    if not kinds:
        return False
    async with pipeline.pool.acquire() as connection:
        found = await deadlines.due(connection, pipeline.clock.now(), kinds, BATCH)
    if found:
        await pipeline.fire(found)
    return len(found) == BATCH


async def replay(pipeline: Pipeline) -> None:
    """Try the deadlines again whose decisions failed and that someone asked for: no partition's owner does."""
    await pipeline.replay_asked(dead_letters.DEADLINES, [dead_letters.NO_PARTITION])


async def fire_commands(pipeline: Pipeline, gates: Mapping[str, Gate]) -> bool:
    """Put commands on the log for deadlines that are due and may pass their kind's gate; whether there may be more."""
    counts = [await _fire_kind(pipeline, kind, gates.get(kind)) for kind in pipeline.policies.command_deadlines]
    return BATCH in counts


async def _fire_kind(pipeline: Pipeline, kind: str, gate: Gate | None) -> int:
    """One kind by itself, so that deadlines that are held back do not stand in the way of others; how many passed."""
    now = pipeline.clock.now()
    async with pipeline.pool.acquire() as connection:
        found = await deadlines.due(connection, now, [kind], BATCH)
        passed = {d: way for d in found if (way := gate is None or await gate(connection, d))}
        rows = _rows(pipeline, passed, now)
        if not rows:
            return 0
        async with connection.transaction():
            taken = await deadlines.take(connection, list(rows))
            await outbox.insert(connection, [rows[due] for due in taken])
            await outbox.wake(connection)
    return len(rows)


def _rows(pipeline: Pipeline, passed: Mapping[Due, bool | datetime], now: datetime) -> dict[Due, Row]:
    """The command of each. One whose rule fails stays where it is, and holds up no other."""
    rows = {}
    for due, way in passed.items():
        try:
            rows[due] = _row(pipeline, due, now, way)
        except Exception:
            log.exception("deadline_without_command", kind=due.kind, deadline=str(due.id))
    return rows


def _row(pipeline: Pipeline, due: Due, now: datetime, way: bool | datetime) -> Row:
    rule, data = (
        pipeline.policies.command_deadlines[due.kind],
        DueData(kind=due.kind, root=due.root, subject=due.subject),
    )
    command = rule.excused(data, way) if rule.excused and isinstance(way, datetime) else rule.command(data)
    key = str(getattr(command, type(command).key))
    # It is taken once, with this row. Too early by the log's clock, its command sets the same deadline again: under
    # the id of the first one it would be dropped as a repetition, and the deadline be lost.
    id_ = uuid4()
    envelope = Envelope(id_, type(command).types[0], pipeline.source, due.subject, now, str(id_), None, 0, None)
    value = command.model_dump_json().encode()
    return Row(type(command).topic, key.encode(), json.dumps(headers_of(envelope)), value)
