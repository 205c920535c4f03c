"""One transaction: a batch is claimed, decided, saved and told, or nothing of it is.

inbox -> load, locked -> decide, message by message -> save -> outbox, deadlines, dead letters, offsets -> COMMIT
"""

from __future__ import annotations

from collections.abc import Sequence

from spn.messaging import dead_letters, failpoints, inbox
from spn.messaging.batch import Batch
from spn.messaging.effects import Effects
from spn.messaging.parsing import Item, Unreadable, Work, lane_of
from spn.messaging.policies import Aggregate, Connection, Key
from spn.messaging.steps import Step, is_last_part, marks_of, steps_of
from spn.messaging.tally import Tally


async def transact(connection: Connection, batch: Batch, items: Sequence[Item], *, bypass_inbox: bool) -> Tally:
    """Do all of it but the commit, which is the caller's.

    ``bypass_inbox``: these are known to be due, whatever was seen before.
    """
    steps = [steps_of(i) if isinstance(i, Work) else [] for i in items]
    marks = [m for i, s in zip(items, steps, strict=True) for m in marks_of(i, s)]
    fresh = set(marks) if bypass_inbox else await inbox.claim(connection, marks)
    live = [s for some in steps for s in some if s.mark in fresh]
    if not batch.strict:
        batch.closed_lanes = await _closed_lanes(connection, items)
    aggregates = await _load(connection, batch, live)
    for item, some in zip(items, steps, strict=True):
        batch.run(item, some, fresh)
        if not batch.strict:
            # A replay reads nothing on: the log may have been made anew since, and have a long way to that offset.
            handled(batch.effects, item)
    for aggregate in aggregates:
        if changes := batch.changes(aggregate.name):
            await aggregate.save(connection, changes)
    failpoints.reach(failpoints.MID_TRANSACTION)
    await batch.effects.write(connection)
    return batch.tally


async def _load(connection: Connection, batch: Batch, steps: Sequence[Step]) -> list[Aggregate[object]]:
    """Load and lock what the steps need: aggregates in the order of their names, so that batches cannot deadlock."""
    wanted: dict[str, tuple[Aggregate[object], dict[Key, None]]] = {}
    for step in steps:
        root = step.policy.root
        wanted.setdefault(root.name, (root, {}))[1].update(dict.fromkeys(step.keys))
    ordered = [wanted[name] for name in sorted(wanted)]
    for aggregate, keys in ordered:
        batch.adopt(aggregate.name, await aggregate.load(connection, list(keys)))
    return [aggregate for aggregate, _ in ordered]


async def _closed_lanes(connection: Connection, items: Sequence[Item]) -> set[tuple[str, str]]:
    lanes: dict[str, set[str]] = {}
    for item in items:
        lane = lane_of(item.message) if isinstance(item, Work) else None
        if lane is not None and isinstance(item, Work) and item.message.record:
            lanes.setdefault(item.message.record.topic, set()).add(lane)
    closed = set()
    for topic, some in lanes.items():
        closed |= {(topic, lane) for lane in await dead_letters.open_lanes(connection, topic, sorted(some))}
    return closed


def handled(effects: Effects, item: Item) -> None:
    """With the last part of an item its record needs no further reading."""
    record = item.message.record if isinstance(item, Work | Unreadable) else item.record
    if record is not None and record.partition >= 0 and is_last_part(item):
        effects.handled(record)
