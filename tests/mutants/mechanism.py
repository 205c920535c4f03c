"""Ways to break the messaging core."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

from tests.mutants.places import module, put

_ACCEPTED = "enrolment.accepted.v1"


def inbox_off() -> None:
    """The inbox remembers nothing: what comes again is decided again."""

    async def claim(_: object, wanted: Sequence[Any]) -> set[Any]:
        return set(wanted)

    put(module("spn.messaging.inbox"), "claim", claim)


def offset_first() -> None:
    """How far a partition was handled is stored before what was handled; and it is commands that are lost by it.

    An event that is lost is made up for by the next one of its subject: that would be no fault to be found.
    """
    pipeline, offsets = module("spn.messaging.pipeline").Pipeline, module("spn.messaging.offsets")
    failpoints = module("spn.messaging.failpoints")
    of_commands = ContextVar("of_commands", default=False)

    async def handle(self: Any, records: Sequence[Any]) -> Any:
        of_commands.set(records[0].topic.endswith(".commands"))
        async with self.pool.acquire() as connection:
            await offsets.save(connection, {(r.topic, r.partition): r.offset + 1 for r in records})
        return await old(self, records)

    def reach(name: str) -> None:
        if of_commands.get():
            old_reach(name)

    old = put(pipeline, "handle", handle)
    old_reach = put(failpoints, "reach", reach)


def no_leader() -> None:
    """Every replica takes the lead: all of them publish."""
    lead = module("spn.messaging.lead")

    async def take(connection: Any, slot: str) -> bool:
        await lead.beat(connection, slot)
        return True

    put(lead, "take", take)


def event_dropped() -> None:
    """One event counts as sent and never was."""
    accepted: list[str] = []

    def drop(send: Callable[..., Any], topic: str, record: dict[str, Any]) -> list[Any]:
        if topic == "spn.enrolment.events" and record["type"] == _ACCEPTED:
            accepted.append(topic)
            if len(accepted) == 2:
                return []
        return [send(**record["arguments"])]

    _send_with(drop)


def told_differently() -> None:
    """Organisations are told twice, the second time with a space more."""

    def twice(send: Callable[..., Any], topic: str, record: dict[str, Any]) -> list[Any]:
        arguments = record["arguments"]
        sent = [send(**arguments)]
        if topic == "spn.enrolment.organisations":
            sent.append(send(**{**arguments, "value": arguments["value"] + b" "}))
        return sent

    _send_with(twice)


def _send_with(how: Callable[[Callable[..., Any], str, dict[str, Any]], list[Any]]) -> None:
    """Let ``how`` make the sends of a record, none or more; whoever sent it hears of success."""
    producer = module("aiokafka").AIOKafkaProducer

    async def send(self: Any, topic: str, **arguments: Any) -> Any:
        type_ = dict(arguments.get("headers") or ()).get("ce_type", b"").decode()
        record = {"type": type_, "arguments": {"topic": topic, **arguments}}
        sends = [await one for one in how(lambda **said: old(self, **said), topic, record)]
        if sends:
            return sends[-1]
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    old = put(producer, "send", send)


def out_of_order() -> None:
    """Two events of one key change places on their way."""
    producer = module("aiokafka").AIOKafkaProducer
    held: dict[bytes, tuple[asyncio.Future[Any], str, dict[str, Any]]] = {}

    tasks: set[asyncio.Future[None]] = set()

    async def send(self: Any, topic: str, **arguments: Any) -> Any:
        key = arguments.get("key") or b""
        if topic != "spn.enrolment.events":
            return await old(self, topic, **arguments)
        if key not in held:
            waits: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            held[key] = (waits, topic, arguments)
            asyncio.get_running_loop().call_later(0.2, lambda: tasks.add(asyncio.ensure_future(let_go(self, key))))
            return waits
        sent = await old(self, topic, **arguments)
        await let_go(self, key)
        return sent

    async def let_go(self: Any, key: bytes) -> None:
        if key in held:
            waits, topic, arguments = held.pop(key)
            waits.set_result(await (await old(self, topic, **arguments)))

    old = put(producer, "send", send)


def answered_twice() -> None:
    """Every answer is told twice, as two events."""
    batch = module("spn.messaging.batch").Batch

    def tell(self: Any, *arguments: Any) -> None:
        old(self, *arguments)
        old(self, arguments[0], arguments[1], ())

    old = put(batch, "_tell_answer", tell)


def event_passed_over() -> None:
    """Billing passes over what was accepted, as if it had handled it."""
    pipeline, offsets = module("spn.messaging.pipeline").Pipeline, module("spn.messaging.offsets")

    async def handle(self: Any, records: Sequence[Any]) -> Any:
        async with self.pool.acquire() as connection:
            await offsets.save(connection, {(r.topic, r.partition): r.offset + 1 for r in records})
        return await old(self, [r for r in records if ("ce_type", _ACCEPTED.encode()) not in r.headers])

    old = put(pipeline, "handle", handle)


def message_buried() -> None:
    """Some messages that are in order become dead letters."""
    batch = module("spn.messaging.batch").Batch

    def apply(self: Any, step: Any) -> None:
        if step.message.envelope.sequence % 5 == 1:
            raise ValueError("a bug in a decision")
        old(self, step)

    old = put(batch, "_apply", apply)
