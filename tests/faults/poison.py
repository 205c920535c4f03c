"""What nobody should send, and what must come of it. The outcomes are written down here by hand, not asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from confluent_kafka import Message

from spn_local.config import SERVICE_NAMES
from tests.faults.ledger import command, ignored, poison
from tests.faults.season import example
from tests.faults.seeds import uuid_of
from tests.faults.wire import Put, headers_for, text_of

LARGE_BYTES = 1_020_000
NOT_UTF8 = b"\xff\xfe\x80"
SERVICES = tuple(f"/spn/{name}" for name in SERVICE_NAMES)


@dataclass(frozen=True)
class Channel:
    """A topic, a type that is read there, its owner's example, and who must bury what is spoiled."""

    topic: str
    owner: str
    type: str
    readers: tuple[str, ...]
    is_json: bool = True

    @property
    def takes_commands(self) -> bool:
        """A command whose envelope can be read is answered, not buried."""
        return self.topic.endswith(".commands")


CHANNELS = (
    Channel("spn.enrolment.commands", "enrolment", "enrolment.request.v1", ("enrolment",)),
    Channel("spn.scheduling.commands", "scheduling", "session.move.v1", ("scheduling",)),
    Channel("spn.enrolment.editions", "enrolment", "edition.published.v1", ("notifications",)),
    Channel("spn.enrolment.organisations", "enrolment", "organisation.registered.v1", ("billing",)),
    Channel("spn.enrolment.people", "enrolment", "person.registered.v1", ("billing", "notifications")),
    Channel("spn.enrolment.events", "enrolment", "enrolment.accepted.v1", ("billing", "scheduling", "notifications")),
    Channel("spn.billing.events", "billing", "billing.invoice-issued.v1", ("notifications",)),
    Channel("spn.billing.documents", "billing", "billing.document.v1", ("notifications",), is_json=False),
    Channel("spn.scheduling.events", "scheduling", "scheduling.place-given.v1", ("enrolment", "notifications")),
    Channel("spn.notifications.events", "notifications", "notifications.message-sent.v1", ("notifications",)),
)

# The envelope cannot be read: buried by whoever reads the topic, on every topic.
ENVELOPE = (
    "no ce_id", "no ce_type", "no ce_source", "ce_id no UUID", "header not UTF-8", "header null", "key not UTF-8",
    "no headers",
)  # fmt: skip
# The content cannot be read: a command is answered as refused, an event is buried.
CONTENT = ("not JSON", "wrong types", "not an object", "null value", "1 MB")
# Nothing is wrong but that nobody knows it: a command is answered as refused, an event has no effect.
STRANGE = ("unknown type", "future version")


def spoiled(rng: Random, channel: Channel, what: str) -> Put:
    """A record of this kind."""
    id_, key = uuid_of(rng), f"stranger-{rng.randrange(40)}"
    headers = headers_for(id_, channel.type, key)
    record = Put(channel.topic, key.encode(), _value(channel), (), ())
    if what in ENVELOPE:
        lines = tuple(poison(reader, what) for reader in channel.readers)
        return replace(_without_envelope(record, headers, what), lines=lines)
    if what in STRANGE:
        headers["ce_type"] = "enrolment.dreamt.v1" if what == "unknown type" else channel.type.replace(".v1", ".v99")
    type_ = str(headers["ce_type"])
    if channel.takes_commands:
        record = replace(record, lines=(command(id_, type_, key),))
    elif what in STRANGE:
        record = replace(record, lines=(ignored(what),))
    else:
        record = replace(record, lines=tuple(poison(reader, what) for reader in channel.readers))
    return replace(record, value=_content(channel, what), headers=list(headers.items()))


def _without_envelope(record: Put, headers: dict[str, Any], what: str) -> Put:
    if what == "key not UTF-8":
        return replace(record, key=NOT_UTF8, headers=list(headers.items()))
    if what == "no headers":
        return record
    if what == "ce_id no UUID":
        headers["ce_id"] = "17"
    elif what == "header not UTF-8":
        headers["ce_subject"] = NOT_UTF8
    elif what == "header null":
        headers["ce_correlationid"] = None
    else:
        del headers[what.removeprefix("no ")]
    return replace(record, headers=list(headers.items()))


def _value(channel: Channel) -> bytes:
    return json.dumps(example(channel.owner, channel.type)).encode() if channel.is_json else b"%PDF-1.7"


def _content(channel: Channel, what: str) -> bytes | None:
    if what == "not JSON":
        return b'{"edition_id": '
    if what == "not an object":
        return b'["edition_id"]'
    if what == "null value":
        return None
    if what == "wrong types":
        return json.dumps({name: [17] for name in example(channel.owner, channel.type)}).encode()
    if what == "1 MB":
        return json.dumps({**example(channel.owner, channel.type), "padding": "x" * LARGE_BYTES}).encode()
    return _value(channel)


def kinds_of(channel: Channel) -> Sequence[str]:
    """What can be spoiled here. A document is bytes: of those only size and absence can be wrong."""
    return (*ENVELOPE, *STRANGE, *(CONTENT if channel.is_json else ("null value",)))


def any_spoiled(rng: Random, told: Sequence[Message]) -> Put:
    """Something of any kind on any topic; now and then an old event as it was."""
    replayable = [m for m in told if text_of(m, "ce_source") in SERVICES]
    if replayable and rng.random() < 0.2:
        return replayed(rng.choice(replayable))
    channel = rng.choice(CHANNELS)
    return spoiled(rng, channel, rng.choice(kinds_of(channel)))


def deadly(rng: Random, service: str) -> Put:
    """Something that this service must bury."""
    channel = rng.choice([c for c in CHANNELS if service in c.readers])
    return spoiled(rng, channel, rng.choice(ENVELOPE))


def replayed(message: Message) -> Put:
    """The same record once more, at the end of its partition."""
    return Put(
        message.topic(), message.key(), message.value(), message.headers() or (), (ignored("replay"),),
        message.partition(),
    )  # fmt: skip
