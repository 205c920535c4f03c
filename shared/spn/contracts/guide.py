"""The words of an AsyncAPI document: how to sign in, to ask, to find the answer, and to read what is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spn.contracts.catalogue import ServiceContract
from spn.contracts.published import Contract
from spn.contracts.topics import Topic, Topics

_SCRAM = [{"$ref": "#/components/securitySchemes/scram"}]
_BOOTSTRAP = {"bootstrap": {"default": "localhost:9092", "description": "host:port of a broker."}}

SERVERS: dict[str, Any] = {
    "production": {
        "host": "{bootstrap}",
        "protocol": "kafka-secure",
        "description": "SASL_SSL: SCRAM-SHA-512 over TLS. The operators give you address, user and password.",
        "variables": _BOOTSTRAP,
        "security": _SCRAM,
    },
    "local": {
        "host": "{bootstrap}",
        "protocol": "kafka",
        "description": "SASL_PLAINTEXT, as `make up` starts it; address, users and passwords are in .local/stack.env.",
        "variables": _BOOTSTRAP,
        "security": _SCRAM,
    },
}
SECURITY_SCHEMES: dict[str, Any] = {
    "scram": {
        "type": "scramSha512",
        "description": "A user writes only where a channel names it as a writer, and reads only where it is a reader.",
    }
}

_READING = """\
## To read what it tells

1. Sign in (SCRAM-SHA-512). Your consumer group must begin with your user's name and a dot, for example
   `platform.crm`; any other group is refused. Start at the earliest record, or you miss what was told before you came.
2. Everything about a message is in its headers (CloudEvents 1.0, binary mode); the value is data only, JSON unless
   `content-type` says otherwise. Pass over types and fields that you do not know: within a version optional fields may
   be added, and nothing else.
3. A message may come more than once: remember its `ce_id`, or act on the newest state. Most events carry the whole
   aggregate that `ce_subject` names: keep the one with the highest `ce_sequence` of each aggregate, ignore older ones,
   and act on the difference. `ce_sequence` counts per topic and key; it is zero-padded, so it compares as text too.
   Messages of one key keep their order. No order holds across keys or topics.
"""
_ASKING = """\
## To ask something

1. Sign in (SCRAM-SHA-512) as a user that the channel names as a writer.
2. Produce one record on `{commands}`, with `acks=all`:
   * **key**: the text of the field that the message's key binding names, as UTF-8; it must equal that field;
   * **partition**: your client chooses it, but its partitioner must be **murmur2 of the key**, the default of Java's
     client and aiokafka. librdkafka has another default: set `partitioner=murmur2_random`. A command that lands
     elsewhere is put right, but loses its place in line by that;
   * **headers**, each UTF-8 text: `ce_specversion` is 1.0; `ce_id` a new UUID; `ce_type` for example `{type}`;
     `ce_source` for example /spn/platform. If you like also `content-type`, `ce_subject`, `ce_time`,
     `ce_correlationid`, `traceparent`;
   * **value**: JSON, as in the examples. A field that is not in the schema is refused.

   When you do not know whether it arrived, send it again with the same `ce_id`: it is handled once.
3. The moment of a command is the instant at which the broker appends it to the log (LogAppendTime), not your `ce_time`
   and not a timestamp you give the record. It decides who was first, and what was in time.
4. Find the answer on `{events}`: one record of type `{answer}` whose header `ce_subject` is your `ce_id`. It
   also has your `ce_id` as `ce_causationid`, and your `ce_correlationid` if you gave one. `outcome` is `done`,
   `unchanged` (it was so already) or `refused`; `code` is stable and for programs, the sentences are for people. Start
   to read before you send. There is no answer to a record whose required headers cannot be read; and one that met a
   fault of this service is answered when that has been put right.
"""


def info(
    service: ServiceContract, own: Sequence[Contract], topics: Topics, answers: tuple[str, str] | None
) -> dict[str, Any]:
    """What the service is, and how to talk with it."""
    parts = [f"{service.about}.", _perspective(own, topics)]
    command = next((c for c in own if c.kind == "command"), None)
    if command and answers:
        parts.append(
            _ASKING.format(commands=command.topic, type=command.type, events=answers[0], answer=answers[1]).strip()
        )
    parts.append(_READING.strip())
    return {"title": service.name, "version": service.version, "description": "\n\n".join(parts) + "\n"}


def _perspective(own: Sequence[Contract], topics: Topics) -> str:
    owned = ", ".join(f"`{name}`" for name in topics if any(c.topic == name for c in own))
    return (
        "This document takes the view of the service: what it *receives* is what you may send, what it *sends* is what "
        f"you may read. It owns {owned}. Messages on other topics are shown with the fields that this service uses: "
        "their owner's document has them whole."
    )


def channel_description(topic: Topic, *, asked: bool) -> str:
    """Who may write and read it, how long it keeps what it has, and whose clock counts."""
    readers = ", ".join(topic.readers) or "nobody yet"
    lines = [
        f"Kafka key: {topic.key}. Kept {topic.kept}. Writers: {', '.join(topic.writers)}. Readers: {readers}.",
        "Partitioner: murmur2 of the key, as in Java's client and aiokafka; in librdkafka partitioner=murmur2_random.",
    ]
    if topic.stamps_on_append:
        lines.append(
            "message.timestamp.type is LogAppendTime: the broker stamps each record when it is appended, and that "
            "instant is the moment of a command; a timestamp given by the sender is overwritten."
        )
    if not asked:
        lines.pop(1)
    return "\n".join(lines)


def operation_summary(action: str, contracts: Sequence[Contract]) -> str:
    """What the operation is for."""
    if action == "send":
        return "Told by this service."
    return (
        "Asked of this service; each is answered once." if contracts[0].kind == "command" else "Read by this service."
    )
