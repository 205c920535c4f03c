"""Ways to break a running service, each in one place. Applied in memory, before the service's own entry runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from typing import Any


def _put(owner: Any, name: str, new: Any) -> Any:
    """Put something else in a place that must be there; what was there before."""
    old = owner.__dict__[name]
    setattr(owner, name, new)
    return old


def _module(name: str) -> ModuleType:
    return import_module(name)


def inbox_off() -> None:
    """The inbox remembers nothing: what comes again is decided again."""

    async def claim(_: object, wanted: Sequence[Any]) -> set[Any]:
        return set(wanted)

    _put(_module("spn.messaging.inbox"), "claim", claim)


def offset_first() -> None:
    """How far a partition was handled is stored before what was handled."""
    pipeline, offsets = _module("spn.messaging.pipeline").Pipeline, _module("spn.messaging.offsets")

    async def handle(self: Any, records: Sequence[Any]) -> Any:
        async with self.pool.acquire() as connection:
            await offsets.save(connection, {(r.topic, r.partition): r.offset + 1 for r in records})
        return await old(self, records)

    old = _put(pipeline, "handle", handle)


def no_leader() -> None:
    """Every replica takes the lead: all of them publish."""
    lead = _module("spn.messaging.lead")

    async def take(connection: Any, slot: str) -> bool:
        await lead.beat(connection, slot)
        return True

    _put(lead, "take", take)


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


_ACCEPTED = "enrolment.accepted.v1"


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
    producer = _module("aiokafka").AIOKafkaProducer

    async def send(self: Any, topic: str, **arguments: Any) -> Any:
        type_ = dict(arguments.get("headers") or ()).get("ce_type", b"").decode()
        record = {"type": type_, "arguments": {"topic": topic, **arguments}}
        sends = [await one for one in how(lambda **said: old(self, **said), topic, record)]
        if sends:
            return sends[-1]
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    old = _put(producer, "send", send)


def out_of_order() -> None:
    """Two events of one key change places on their way."""
    producer = _module("aiokafka").AIOKafkaProducer
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

    old = _put(producer, "send", send)


def answered_twice() -> None:
    """Every answer is told twice, as two events."""
    batch = _module("spn.messaging.batch").Batch

    def tell(self: Any, *arguments: Any) -> None:
        old(self, *arguments)
        old(self, arguments[0], arguments[1], ())

    old = _put(batch, "_tell_answer", tell)


def offered_takes_no_seat() -> None:
    """A seat that is on offer counts as free."""
    enrolment = _module("enrolment.domain.enrolment").Enrolment
    _put(enrolment, "takes_seat", property(lambda self: self.status == "accepted"))


def last_in_line() -> None:
    """A seat that comes free goes to who came last."""
    load = _module("enrolment.store.load")
    turned = load.FIRST_IN_LINE.replace("ORDER BY w.number", "ORDER BY w.number DESC")
    assert turned != load.FIRST_IN_LINE
    _put(load, "FIRST_IN_LINE", turned)


def credit_too_small() -> None:
    """A credit note gives a cent too little."""
    settle = _module("billing.domain.settle")

    def lines(*arguments: Any) -> tuple[Any, ...]:
        return tuple(replace(line, amount_cents=line.amount_cents - 1) for line in old(*arguments))

    old = _put(settle, "_credit_lines", lines)


def number_skipped() -> None:
    """A number is taken and no document gets it."""
    numbering = _module("billing.store.numbering")

    async def take(connection: Any, first: Any, count: int) -> bool:
        taken: bool = await old(connection, first, count)
        await connection.execute("UPDATE series SET last_ordinal = last_ordinal + 1")
        return taken

    old = _put(numbering, "take", take)


def places_kept() -> None:
    """Who withdraws keeps the places."""
    places = _module("scheduling.domain.places")

    def change(has: Any, person: Any, enrolment: Any) -> Any:
        return None if enrolment is None else old(has, person, enrolment)

    old = _put(places, "_change", change)


def event_passed_over() -> None:
    """Billing passes over what was accepted, as if it had handled it."""
    pipeline, offsets = _module("spn.messaging.pipeline").Pipeline, _module("spn.messaging.offsets")

    async def handle(self: Any, records: Sequence[Any]) -> Any:
        async with self.pool.acquire() as connection:
            await offsets.save(connection, {(r.topic, r.partition): r.offset + 1 for r in records})
        return await old(self, [r for r in records if ("ce_type", _ACCEPTED.encode()) not in r.headers])

    old = _put(pipeline, "handle", handle)


def message_buried() -> None:
    """Some messages that are in order become dead letters."""
    batch = _module("spn.messaging.batch").Batch

    def apply(self: Any, step: Any) -> None:
        if step.message.envelope.sequence % 5 == 1:
            raise ValueError("a bug in a decision")
        old(self, step)

    old = _put(batch, "_apply", apply)


def mail_twice() -> None:
    """Every mail is handed over twice."""
    line = _module("notifications.mailing.line").Line

    async def send(self: Any, recipient: str, mail: bytes) -> Any:
        await old(self, recipient, mail)
        return await old(self, recipient, mail)

    old = _put(line, "send", send)


def mail_forgotten() -> None:
    """An invoice counts as sent and never was."""
    line, delivered = _module("notifications.mailing.line").Line, _module("notifications.domain").Delivered

    async def send(self: Any, recipient: str, mail: bytes) -> Any:
        return delivered() if b"application/pdf" in mail else await old(self, recipient, mail)

    old = _put(line, "send", send)


def told_without_effect() -> None:
    """An enrolment is told and not stored."""
    save = _module("enrolment.store.save")

    async def forget(connection: Any, changes: Any) -> None:
        kept = [[pair for pair in some if pair[1].number != 3] for some in changes]
        await old(connection, kept)

    old = _put(save, "_save_enrolments", forget)


MUTATIONS: Mapping[str, Callable[[], None]] = {
    "inbox-off": inbox_off,
    "offset-first": offset_first,
    "no-leader": no_leader,
    "event-dropped": event_dropped,
    "told-differently": told_differently,
    "out-of-order": out_of_order,
    "answered-twice": answered_twice,
    "offered-takes-no-seat": offered_takes_no_seat,
    "last-in-line": last_in_line,
    "credit-too-small": credit_too_small,
    "number-skipped": number_skipped,
    "places-kept": places_kept,
    "event-passed-over": event_passed_over,
    "message-buried": message_buried,
    "mail-twice": mail_twice,
    "mail-forgotten": mail_forgotten,
    "told-without-effect": told_without_effect,
}


def said(name: str) -> str:
    """What a mutation breaks, in a sentence."""
    return (MUTATIONS[name].__doc__ or "").strip()
