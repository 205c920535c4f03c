"""The way of a batch through one transaction, or through several when one does not go.

A batch that the database refuses because of its data is halved, in order, until the culprit stands alone. What is the
fault of the surroundings is raised as ``TransientError`` with nothing done.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import asyncpg
import structlog

from spn.clock import Clock
from spn.messaging import dead_letters, failpoints, inbox
from spn.messaging import deadlines as stored
from spn.messaging.batch import Batch, bury
from spn.messaging.dead_letters import Letter
from spn.messaging.deadlines import Due
from spn.messaging.effects import Effects
from spn.messaging.envelope import Envelope, Message, Record
from spn.messaging.faults import TransientError, is_conflict, is_transient
from spn.messaging.parsing import Item, Parser, Work
from spn.messaging.policies import DueData, Policies
from spn.messaging.steps import is_last_part, marks_of, steps_of
from spn.messaging.tally import Tally
from spn.messaging.transaction import handled, transact

REPLAY_SECONDS_MAX = 5.0

log = structlog.get_logger("pipeline")


class Pipeline:
    """Handles the messages of one service on its database."""

    def __init__(
        self, service: str, policies: Policies, pool: asyncpg.Pool[asyncpg.Record], clock: Clock, parser: Parser
    ) -> None:
        self.source = f"/spn/{service}"
        self.policies = policies
        self.pool = pool
        self.clock = clock
        self.parser = parser
        self.bells: list[asyncio.Event] = []
        """Set after each batch: there may be work for whoever waits for one."""

    async def handle(self, records: Sequence[Record]) -> Tally:
        """Handle these records; when it returns, their effects are committed.

        :raises TransientError: nothing of what was not yet committed is done; the same records may be given again.
        """
        tally = Tally()
        with _surroundings():
            await self._narrow(self.parser.parse_batch(records), tally)
        for bell in self.bells:
            bell.set()
        return tally

    async def fire(self, dues: Sequence[Due]) -> Tally:
        """Decide on deadlines that are due. One that another replica took is left out.

        :raises TransientError: as in ``handle``.
        """
        tally = Tally()
        with _surroundings():
            await self._narrow([self._due_item(d) for d in dues], tally, {d.id: d for d in dues})
        return tally

    async def replay(self, letter: Letter) -> bool:
        """Try a dead letter again, in the handler that failed; whether it is done with.

        :raises TransientError: as in ``handle``.
        """
        with _surroundings():
            try:
                await self._replay(letter)
            except Exception as error:
                if is_transient(error):
                    raise
                async with self.pool.acquire() as connection:
                    await dead_letters.failed_again(connection, letter.id, f"{type(error).__name__}: {error}")
                return False
        return True

    async def _replay(self, letter: Letter) -> None:
        item = self._letter_item(letter)
        async with self.pool.acquire() as connection, connection.transaction():
            if not await dead_letters.lock(connection, letter.id):
                return
            again = letter.handler != dead_letters.ANY_HANDLER
            await transact(connection, self._batch(strict=True), [item], bypass_inbox=again)
            failpoints.reach(failpoints.REPLAY)
            await dead_letters.close(connection, letter.id, "replayed", None)

    async def replay_asked(self, topic: str, partitions: Sequence[int]) -> None:
        """Try the dead letters of these partitions that someone asked for, oldest first, for a bounded time.

        Each that is done with asks for the one that waits behind it; until the last one their lane stays closed.

        :raises TransientError: as in ``handle``.
        """
        until = time.monotonic() + REPLAY_SECONDS_MAX
        while time.monotonic() < until:
            with _surroundings():
                async with self.pool.acquire() as connection:
                    letters = await dead_letters.asked(connection, topic, partitions)
            if not letters:
                return
            for letter in letters:
                done = await self.replay(letter)
                log.info("replayed", topic=topic, letter=letter.id, done=done)

    async def _narrow(self, items: list[Item], tally: Tally, dues: Mapping[UUID, Due] | None = None) -> None:
        """Commit the items in one transaction if that goes, else in halves, always in their order."""
        if not items:
            return
        try:
            tally.add(await self._commit(items, dues))
        except Exception as error:
            if is_transient(error):
                raise
            if is_conflict(error) and len(items) == 1:
                await self._once_more(items[0], tally, dues)
            else:
                await self._divide(items, error, tally, dues)

    async def _divide(
        self, items: list[Item], error: BaseException, tally: Tally, dues: Mapping[UUID, Due] | None
    ) -> None:
        """Go on with the parts of what failed; what has no parts is buried."""
        parts = _halves(items)
        if len(parts) == 1:
            tally.add(await self._commit_letter(items[0], error, dues))
            return
        for part in parts:
            await self._narrow(part, tally, dues)

    async def _once_more(self, item: Item, tally: Tally, dues: Mapping[UUID, Due] | None) -> None:
        """After a conflict: a message by itself on fresh state, before the conflict counts as its own fault."""
        try:
            tally.add(await self._commit([item], dues))
        except Exception as error:
            if is_transient(error):
                raise
            await self._divide([item], error, tally, dues)

    async def _commit(self, items: Sequence[Item], dues: Mapping[UUID, Due] | None) -> Tally:
        async with self.pool.acquire() as connection, connection.transaction():
            if dues is not None:
                wanted = [dues[i.message.id] for i in items if isinstance(i, Work)]
                taken = {d.id for d in await stored.take(connection, wanted)}
                items = [i for i in items if isinstance(i, Work) and i.message.id in taken]
            return await transact(connection, self._batch(), items, bypass_inbox=dues is not None)

    async def _commit_letter(self, item: Item, error: BaseException, dues: Mapping[UUID, Due] | None) -> Tally:
        """A transaction that holds nothing but the dead letter of one item, and that it was handled."""
        effects = Effects(self.source, self.clock.now())
        letter = bury(item, error)
        async with self.pool.acquire() as connection, connection.transaction():
            if dues is not None and isinstance(item, Work):
                await stored.take(connection, [dues[item.message.id]])
            elif isinstance(item, Work):
                await inbox.claim(connection, marks_of(item, steps_of(item)))
            effects.letters.append(letter)
            handled(effects, item)
            await effects.write(connection)
        return Tally(messages=is_last_part(item), dead_letters=1, errors=[f"{letter.handler}: {type(error).__name__}"])

    def _batch(self, *, strict: bool = False) -> Batch:
        return Batch(self.policies, Effects(self.source, self.clock.now()), strict=strict)

    def _due_item(self, due: Due) -> Item:
        now = self.clock.now()
        envelope = Envelope(due.id, due.kind, self.source, due.subject, due.due_at, str(due.id), None, 0, None)
        data = DueData(kind=due.kind, root=due.root, subject=due.subject)
        return Work(Message(envelope, due.root, data, None, now), self.policies.of(None, due.kind))

    def _letter_item(self, letter: Letter) -> Item:
        if letter.record.topic == dead_letters.DEADLINES:
            data = DueData.model_validate_json(letter.record.value or b"")
            item = self._due_item(Due(data.kind, data.root, data.subject, letter.record.timestamp))
        else:
            # The inbox knows it already: sent to another partition, it would be dropped there.
            item = self.parser.parse(letter.record, in_place=letter.handler != dead_letters.ANY_HANDLER)
        if isinstance(item, Work) and letter.handler != dead_letters.ANY_HANDLER:
            return replace(item, policies=[p for p in item.policies if p.name == letter.handler] or item.policies)
        return item


@contextlib.contextmanager
def _surroundings() -> Iterator[None]:
    """Say of an error that it is the fault of the surroundings, wherever it comes from: a letter's transaction too."""
    try:
        yield
    except Exception as error:
        if is_transient(error) and not isinstance(error, TransientError):
            raise TransientError(f"{type(error).__name__}: {error}") from error
        raise


def _halves(items: list[Item]) -> list[list[Item]]:
    """The two halves of a batch; of one message with several policies a part each; of one step itself."""
    if len(items) > 1:
        middle = len(items) // 2
        return [items[:middle], items[middle:]]
    item = items[0]
    if isinstance(item, Work) and len(item.policies) > 1:
        last = item.policies[-1]
        return [[replace(item, policies=[p], final=item.final and p is last)] for p in item.policies]
    return [items]
