"""One topic of a service: FastStream's batch subscriber with the pipeline behind it.

Nothing leaves the handler as an exception: FastStream would log it and go on behind the failed batch. A batch is
given to the pipeline until it is done, or its partitions are sought back; the offset is committed afterwards.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import structlog
from aiokafka import ConsumerRebalanceListener, TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from spn.messaging import failpoints, offsets
from spn.messaging.commits import Commits
from spn.messaging.envelope import Record
from spn.messaging.faults import TransientError
from spn.messaging.intake import Intake, record_of
from spn.messaging.pipeline import Pipeline
from spn.messaging.places import Places
from spn.messaging.progress import Progress
from spn.messaging.tally import Tally

if TYPE_CHECKING:
    from aiokafka import AIOKafkaConsumer, ConsumerRecord

RETRY_SECONDS_MAX = 120.0
RETRY_PAUSE_SECONDS_MAX = 1.0
"""The longest that work stands still after the surroundings are back."""
BACKOFF_SECONDS_MAX = 5.0
BARRIER_SECONDS_MAX = 10.0
LAST_COMMIT_SECONDS_MAX = 2.0
TICK_SECONDS = 1.0

log = structlog.get_logger("consumer")


class Subscription(ConsumerRebalanceListener):
    """Consumes one topic with its own group, ``<service>.<topic>``."""

    def __init__(self, service: str, slot: str, topic: str, pipeline: Pipeline) -> None:
        self.topic = topic
        self.group = f"{service}.{topic}"
        self.instance = f"{service}-{slot}"
        self.pipeline = pipeline
        self.progress = Progress()
        self.places = Places(topic, pipeline.pool)
        self.fatal: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.busy_since: float | None = None
        self.turned_at = time.monotonic()
        """When its client last had nothing, or a batch was over: proof that what it reads comes through."""
        self.stopping = False
        self._turn = asyncio.Lock()
        self._asked_again = False
        self._commits = Commits(topic, self.places)
        self._intake = Intake()
        self._subscriber: Any = None

    def attach(self, broker: KafkaBroker, **arguments: Any) -> None:
        """Register with FastStream."""
        self._subscriber = broker.subscriber(
            self.topic,
            batch=True,
            group_id=self.group,
            group_instance_id=self.instance,
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            listener=self,
            parser=self._parse,
            decoder=_undecoded,
            **arguments,
        )
        self._subscriber(self._handle)
        self._subscriber.get_msg = self._next_batch

    @property
    def consumer(self) -> AIOKafkaConsumer | None:
        """The client behind the subscriber, while it runs."""
        return self._subscriber.consumer if self._subscriber else None

    @property
    def partitions(self) -> list[int]:
        """The partitions assigned to this replica."""
        consumer = self.consumer
        return sorted(p.partition for p in consumer.assignment()) if consumer else []

    @property
    def reads(self) -> bool:
        """Whether FastStream's loop, which asks for batches, is still there."""
        return any(not task.done() for task in self._subscriber.tasks)

    @property
    def is_reassigning(self) -> bool:
        """Whether its group assigns anew: until that is done the client hands over nothing."""
        return self.consumer is None or self.consumer._subscription.reassignment_in_progress

    def partition_count(self) -> int | None:
        """How many partitions the topic has, as far as is known."""
        consumer = self.consumer
        found = consumer.partitions_for_topic(self.topic) if consumer else None
        return len(found) if found else None

    @property
    def spare(self) -> bool:
        """Whether the group, which knows the topic, gave it nothing: as to a replica more than there are partitions."""
        subscribed = self.consumer._subscription.subscription if self.consumer else None
        joined = subscribed is not None and subscribed.assignment is not None
        return joined and not self.partitions and bool(self.partition_count())

    def lag(self) -> int:
        """How many records of the assigned partitions are not handled yet."""
        consumer, lag = self.consumer, 0
        for partition in self.partitions if consumer else ():
            assert consumer is not None
            end = consumer.highwater(TopicPartition(self.topic, partition))
            if end is not None:
                lag += max(0, end - self.places.handled.get(partition, 0)) if partition in self.places else end
        return lag

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Let the batch at hand finish and commit before partitions go: else all of it is read twice."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BARRIER_SECONDS_MAX), self._turn:
                if revoked:  # at its first join a member has nothing to lose
                    failpoints.reach(failpoints.REBALANCE)
                await self._commit()
        self.places.forget()

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:  # noqa: ARG002
        """Whatever was placed since they were revoked, the client begins anew at what the group committed."""
        self.places.forget()

    async def tick(self) -> None:
        """What has to happen without records: check positions, replay dead letters."""
        while True:
            try:
                self._ask_again()
                self._commits.remind()
                async with self._turn:
                    if not self.is_reassigning:
                        await self._place(self.partitions)
                    await self.places.confirm()
                    await self.pipeline.replay_asked(self.topic, self.partitions)
            except offsets.PositionError as error:
                self._stop(error)
            except Exception as error:  # noqa: BLE001 - tried again at the next tick
                log.warning("tick_failed", topic=self.topic, error=type(error).__name__)
            await asyncio.sleep(TICK_SECONDS)

    def _ask_again(self) -> None:
        """Have the group assign anew, once, when it gave nothing.

        A replica that comes back gets what its name had before: nothing, if its topic could not be read then.
        """
        if not self.spare:
            self._asked_again = False
        elif not self._asked_again and self.consumer and self.consumer._coordinator:
            self._asked_again = True
            self.consumer._coordinator.request_rejoin()

    async def commit_forever(self) -> None:
        """Commit to the group what is handled. The database holds the truth; this is for lag and for newcomers."""
        while True:
            await self._commits.wanted()
            await self._commit_what_is_ours()

    async def finish(self) -> None:
        """Stop taking batches, wait for the one at hand, commit."""
        self.stopping = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BARRIER_SECONDS_MAX), self._turn:
                pass
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_COMMIT_SECONDS_MAX):
                await self._commit_what_is_ours()

    async def _next_batch(self, consumer: AIOKafkaConsumer) -> tuple[ConsumerRecord[Any, Any], ...]:
        try:
            records = await self._intake.batch(consumer, self._subscriber.max_records)
        except Exception:
            # The client may have gone on beyond what it never handed over.
            self.places.lose(self.partitions)
            raise
        if not records:
            self.turned_at = time.monotonic()
        return records

    async def _parse(self, raw: tuple[ConsumerRecord[Any, Any], ...]) -> KafkaMessage:
        """Cannot fail. FastStream's own decodes headers and skips the whole batch when one is not UTF-8."""
        return KafkaMessage(raw_message=raw, body=b"", consumer=self.consumer)  # type: ignore[arg-type]

    async def _handle(self, raw: tuple[ConsumerRecord[Any, Any], ...]) -> None:
        async with self._turn:
            self.busy_since = time.monotonic()
            records = [record_of(r) for r in raw]
            try:
                await self._work_off(records)
            except offsets.PositionError as error:
                self._stop(error)
            except Exception as error:  # nothing may leave the handler
                log.exception("batch_failed", topic=self.topic, error=type(error).__name__)
                self._read_again(records)
                await asyncio.sleep(BACKOFF_SECONDS_MAX)
            finally:
                self.busy_since, self.turned_at = None, time.monotonic()

    async def _work_off(self, raw: list[Record]) -> None:
        """Give the batch to the pipeline until it is done, for a bounded time; then read it again later."""
        began, backoff = time.monotonic(), 0.1
        while not self.stopping:
            try:
                joined = await self._joined(raw)
                if joined is None:
                    continue
                raw = joined
                tally = await self.pipeline.handle(raw)
                failpoints.reach(failpoints.AFTER_COMMIT)
            except TransientError as error:
                self.progress.retries += 1
                if time.monotonic() - began > RETRY_SECONDS_MAX:
                    break
                log.warning("batch_retried", topic=self.topic, records=len(raw), error=str(error)[:200])
                await asyncio.sleep(backoff)
                backoff = min(backoff * 2, RETRY_PAUSE_SECONDS_MAX)
            else:
                self._done(raw, tally, time.monotonic() - began)
                return
        self._read_again(raw)

    def _done(self, records: list[Record], tally: Tally, seconds: float) -> None:
        self.places.advance(records)
        self._commits.want()
        self.progress.note(self.topic, len(records), tally, seconds)

    async def _place(self, partitions: Sequence[int], *, at_hand: bool = False) -> set[int]:
        consumer = self.consumer
        sought = await self.places.place(consumer, partitions, at_hand=at_hand) if consumer else set()
        if sought:
            # Whoever had them before stored how far it came, and was killed before it told the group.
            self._commits.want()
        return sought

    async def _joined(self, raw: list[Record]) -> list[Record] | None:
        """The records that can be handled now; None when their partitions have to be placed again."""
        ours = set(self.partitions)
        gone = await self._place(sorted(ours & {r.partition for r in raw}), at_hand=True)
        # What was sought comes again, from the right place on; what is not ours any longer comes to its new owner.
        records = [r for r in raw if r.partition in ours - gone]
        consumer = self.consumer
        return records if consumer is None or await self.places.check(consumer, records) else None

    def _read_again(self, records: Sequence[Record]) -> None:
        """With the next batch or tick we go where the database says: nothing beyond that counts as handled."""
        self.places.lose({r.partition for r in records})

    async def _commit_what_is_ours(self) -> None:
        """Not while the group assigns anew: what was ours may be another's by then, and the group would not know."""
        if self.is_reassigning:
            self._commits.owe()
        else:
            await self._commit()

    async def _commit(self) -> None:
        if self.consumer is not None:
            await self._commits.commit(self.consumer, self.partitions)

    def _stop(self, error: Exception) -> None:
        if not self.fatal.done():
            log.error("position_refused", topic=self.topic, error=str(error))
            self.fatal.set_exception(error)
            self.stopping = True


async def _undecoded(message: KafkaMessage) -> Any:
    return message.raw_message
