"""The system with one mechanism taken out, each for as long as the context lasts."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import billing.policies
from billing.domain.account import Account
from billing.domain.settle import settle_account
from enrolment.domain.edition import Edition
from spn.decision import Moment
from spn.messaging import dead_letters, inbox, lead, offsets, sequences
from spn.messaging.pipeline import Pipeline
from spn.messaging.places import Places
from spn.messaging.policies import Policies
from tests.simulation import replica as replicas
from tests.simulation.faults import Faults, FaultyConnection


@contextmanager
def without_inbox() -> Iterator[None]:
    """Every message is new."""
    claim = inbox.claim

    async def all_new(connection: Any, wanted: Iterable[inbox.Seen]) -> set[inbox.Seen]:
        pairs = list(wanted)
        await claim(connection, pairs)
        return set(pairs)

    with patch.object(inbox, "claim", all_new):
        yield


@contextmanager
def offset_first() -> Iterator[None]:
    """The position is stored before the effects, in a transaction of its own."""
    handle = Pipeline.handle

    async def stored(self: Pipeline, records: Sequence[Any]) -> Any:
        async with self.pool.acquire() as connection:
            await offsets.save(connection, {(r.topic, r.partition): r.offset + 1 for r in records})
        return await handle(self, records)

    with patch.object(Pipeline, "handle", stored):
        yield


@contextmanager
def without_leader() -> Iterator[None]:
    """Whoever wants to publish does."""

    async def taken(_connection: Any, _slot: str) -> bool:
        return True

    with patch.object(lead, "take", taken):
        yield


@contextmanager
def shared_rows() -> Iterator[None]:
    """Whoever wants to publish does, and two share the rows, as with SKIP LOCKED: every other one for each."""

    numbers = itertools.count()

    class Sharing(FaultyConnection):
        def __init__(self, real: Any, faults: Faults) -> None:
            super().__init__(real, faults)
            self.number = next(numbers)

        async def fetch(self, *arguments: Any, **more: Any) -> Any:
            rows = await super().fetch(*arguments, **more)
            return [row for row in rows if (row[0] - self.number) % 2] if "FROM outbox" in arguments[0] else rows

    with without_leader(), patch.object(replicas, "FaultyConnection", Sharing):
        yield


@contextmanager
def unlocked_sequence() -> Iterator[None]:
    """The last number is read without the lock of its row."""
    draw = sequences.draw

    async def read(connection: Any, counts: Mapping[sequences.Place, int]) -> dict[sequences.Place, int]:
        rows = await connection.fetch("SELECT topic, key, last FROM sequences")
        known = {(row[0], row[1]): row[2] for row in rows}
        await draw(connection, counts)
        return {place: known.get(place, 0) for place in counts}

    with patch.object(sequences, "draw", read):
        yield


@contextmanager
def highest_id() -> Iterator[None]:
    """The relay goes on after the highest id it has seen."""

    class Forgetful(FaultyConnection):
        highest = 0

        async def fetch(self, *arguments: Any, **more: Any) -> Any:
            rows = await super().fetch(*arguments, **more)
            if "FROM outbox" not in arguments[0]:
                return rows
            rows = [row for row in rows if row[0] > Forgetful.highest]
            Forgetful.highest = max((row[0] for row in rows), default=Forgetful.highest)
            return rows

    with patch.object(replicas, "FaultyConnection", Forgetful):
        yield


@contextmanager
def deleted_before_sent() -> Iterator[None]:
    """The relay takes rows away when it has read them."""

    class Hasty(FaultyConnection):
        async def fetch(self, *arguments: Any, **more: Any) -> Any:
            rows = await super().fetch(*arguments, **more)
            if "FROM outbox" in arguments[0]:
                await self.real.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", [row[0] for row in rows])
            return rows

    with patch.object(replicas, "FaultyConnection", Hasty):
        yield


@contextmanager
def without_doubt() -> Iterator[None]:
    """A batch that lies beyond what is handled is taken for the next one."""

    async def joins(_self: Places, _consumer: Any, _records: Any) -> bool:
        return True

    with patch.object(Places, "check", joins):
        yield


@contextmanager
def unlocked_lanes() -> Iterator[None]:
    """Whether a lane is closed is looked up, and may change before it is acted upon."""

    async def looked_up(connection: Any, topic: str, _: Sequence[str]) -> set[str]:
        rows = await connection.fetch("SELECT lane FROM dead_letters WHERE topic = $1 AND lane IS NOT NULL", topic)
        return {row[0] for row in rows}

    with patch.object(dead_letters, "open_lanes", looked_up):
        yield


@contextmanager
def last_in_line_first() -> Iterator[None]:
    """A free seat goes to whoever waits last."""

    def last(self: Edition) -> Any:
        waiting = [e for e in self.enrolments.values() if e.is_waiting]
        return max(waiting, key=lambda e: e.number, default=None)

    with patch.object(Edition, "first_in_line", last):
        yield


@contextmanager
def blind_to_age() -> Iterator[None]:
    """Billing takes what it hears for new, however old it is."""
    known = billing.policies.POLICIES

    def settle(account: Account, told: Any, at: Moment) -> Any:
        return settle_account(replace(account, sequence=0), told, at)

    some = [replace(p, decide=settle) if p.name == "settle_account" else p for p in known.policies]
    with patch.object(billing.policies, "POLICIES", Policies(*some, tell=known.tell)):
        yield
