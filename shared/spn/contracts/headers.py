"""The CloudEvents headers of a message, as a schema and in examples. They are made by the code that sends them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5
from zlib import crc32

from spn.contracts.published import Contract, Example
from spn.messaging.envelope import HEADER_BYTES_MAX, SEQUENCE_DIGITS, SPEC_VERSION, Envelope, event_id, headers_of

COMMANDS, EVENTS = "CommandHeaders", "EventHeaders"

_NAMESPACE = UUID("3f0e2f3f-2c9b-5d10-8a2b-6c2f1a5f7e90")
_TOLD_AT = datetime(2027, 1, 14, 9, 0, 0, 120_000, tzinfo=UTC)
_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"

_TEXT = {"type": "string", "maxLength": HEADER_BYTES_MAX}
_ATTRIBUTES: dict[str, dict[str, Any]] = {
    "ce_specversion": {"const": SPEC_VERSION, "description": "The version of CloudEvents."},
    "ce_id": {
        "format": "uuid",
        "description": "A UUID that names this message, for ever: what comes twice with one id is handled once.",
    },
    "ce_type": {"description": "The type, with its version; it says what the value is."},
    "ce_source": {"description": "Who sends it, as a URI reference: /spn/<user>.", "examples": ["/spn/platform"]},
    "ce_subject": {"description": "The id of the aggregate that the message is about."},
    "ce_time": {"format": "date-time", "description": "When it happened, as its sender says (RFC 3339, with a zone)."},
    "ce_correlationid": {"description": "The same in all messages that follow from one first message."},
    "ce_causationid": {"description": "The ce_id of the message that led to this one."},
    "ce_sequence": {
        "pattern": f"^[0-9]{{{SEQUENCE_DIGITS}}}$",
        "description": "Counts per topic and Kafka key, so that a gap shows. Compare it to know which of two is newer.",
    },
    "traceparent": {
        "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
        "description": "W3C Trace Context; the trace goes on through everything that follows.",
    },
    "content-type": {"description": "The media type of the value. Left out it means application/json."},
}
_ASKED = ("ce_specversion", "ce_id", "ce_type", "ce_source")
_TOLD = (*_ASKED, "ce_subject", "ce_time", "ce_correlationid", "ce_sequence", "content-type")
_OF_COMMANDS = tuple(name for name in _ATTRIBUTES if name != "ce_sequence")


def header_schemas() -> dict[str, Any]:
    """What all commands, and all events, have in common. Each header is UTF-8 text."""
    note = f"Each header is UTF-8 text of at most {HEADER_BYTES_MAX} bytes. Headers not named here are passed over."
    return {
        COMMANDS: _schema(_OF_COMMANDS, _ASKED, note),
        EVENTS: _schema(tuple(_ATTRIBUTES), _TOLD, note),
    }


def _schema(names: tuple[str, ...], required: tuple[str, ...], note: str) -> dict[str, Any]:
    attributes = {name: {**_TEXT, **_ATTRIBUTES[name]} for name in names}
    return {"type": "object", "description": note, "required": list(required), "properties": attributes}


def headers_schema(contract: Contract, place: str) -> dict[str, Any]:
    """The headers of one type; what they have in common is at ``place``."""
    own = {"ce_type": {"const": contract.type}, "content-type": {"const": contract.content_type}}
    if contract.kind == "event":
        own["ce_source"] = {"const": f"/spn/{contract.owner}"}
    common = COMMANDS if contract.kind == "command" else EVENTS
    return {"type": "object", "allOf": [{"$ref": f"{place}{common}"}], "properties": own}


def example_headers(contract: Contract, example: Example, number: int) -> dict[str, str]:
    """The headers of the ``number``-th example of a contract."""
    return headers_of(
        _asked(contract, example, number) if contract.kind == "command" else _told(contract, example, number)
    )


def _asked(contract: Contract, example: Example, number: int) -> Envelope:
    id_ = uuid5(_NAMESPACE, f"{contract.name} {number}")
    return Envelope(
        id=id_,
        type=contract.type,
        source="/spn/platform",
        subject=example.subject,
        time=_TOLD_AT,
        correlation_id=str(id_),
        causation_id=None,
        sequence=0,
        traceparent=_traceparent(id_),
    )


def _told(contract: Contract, example: Example, number: int) -> Envelope:
    # Of one aggregate each example is another event, so each has a place of its own.
    sequence = crc32(contract.type.encode()) % 1_000 * 10 + number
    id_ = event_id(contract.topic, example.key, sequence)
    # An answer follows from the command that it names.
    answered = example.payload.get("command_id") if isinstance(example.payload, dict) else None
    cause = answered or uuid5(_NAMESPACE, f"cause of {contract.name} {number}")
    return Envelope(
        id=id_,
        type=contract.type,
        source=f"/spn/{contract.owner}",
        subject=example.subject,
        time=_TOLD_AT,
        correlation_id=str(cause),
        causation_id=str(cause),
        sequence=sequence,
        traceparent=_traceparent(id_),
        content_type=contract.content_type,
    )


def _traceparent(id_: UUID) -> str:
    return f"00-{_TRACE}-{id_.hex[:16]}-01"
