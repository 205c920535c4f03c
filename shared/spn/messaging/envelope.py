"""CloudEvents 1.0, binary mode on Kafka: a record on the wire and the message it carries.

Header names have the prefix ``ce_`` (CloudEvents Kafka protocol binding 1.0.2, section 3.2); the value is JSON data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from spn.messaging import ids

SPEC_VERSION = "1.0"
JSON_TYPE = "application/json"
SEQUENCE_DIGITS = 20
HEADER_BYTES_MAX = 1_024
OTHER_HEADERS: Final = frozenset({"content-type", "traceparent"})
"""What is read beside the headers that start with ``ce_``."""
EVENT_NAMESPACE = UUID("6d0c3b1e-55a5-5d5c-9a4e-0a1f6a0f9c11")


class ContractError(Exception):
    """A message that does not keep to its contract: what was wrong, and where."""


class Record(NamedTuple):
    """A record as it came from Kafka: untouched bytes."""

    topic: str
    partition: int
    offset: int
    timestamp: datetime
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()


class Envelope(NamedTuple):
    """The CloudEvents attributes of a message."""

    id: UUID
    type: str
    source: str
    subject: str
    time: datetime
    correlation_id: str
    causation_id: str | None
    sequence: int
    traceparent: str | None
    content_type: str = JSON_TYPE


@dataclass(frozen=True, slots=True)
class Message:
    """A parsed message on its way to a decision."""

    envelope: Envelope
    key: str
    data: Any
    record: Record | None
    moment: datetime
    """Business time: the append time for a command topic, else the time of the batch."""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.envelope.id

    @property
    def type(self) -> str:
        return self.envelope.type


def event_id(topic: str, key: str, sequence: int) -> UUID:
    """The id of the event at this place of its topic and key: telling it again gives the same id."""
    return ids.named(EVENT_NAMESPACE, f"{topic}\n{key}\n{sequence}")


def headers_of(envelope: Envelope) -> dict[str, str]:
    """The headers that carry this envelope, in their fixed order; absent attributes have no header."""
    headers = {
        "ce_specversion": SPEC_VERSION,
        "ce_id": str(envelope.id),
        "ce_type": envelope.type,
        "ce_source": envelope.source,
        "ce_subject": envelope.subject,
        "ce_time": envelope.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "ce_correlationid": envelope.correlation_id,
        "content-type": envelope.content_type,
    }
    if envelope.causation_id:
        headers["ce_causationid"] = envelope.causation_id
    if envelope.sequence:
        headers["ce_sequence"] = str(envelope.sequence).zfill(SEQUENCE_DIGITS)
    if envelope.traceparent:
        headers["traceparent"] = envelope.traceparent
    return headers


def text_headers(record: Record) -> dict[str, str]:
    """The headers as text, the last of a name wins.

    :raises ContractError: a header of ours is null, too long or not UTF-8. A stranger's header is left out instead.
    """
    found: dict[str, str] = {}
    for name, raw in record.headers:
        if name[:3] != "ce_" and name not in OTHER_HEADERS:
            continue
        if raw is None:
            raise ContractError(f"header {name} is null")
        if len(raw) > HEADER_BYTES_MAX:
            raise ContractError(f"header {name} is {len(raw)} bytes, the limit is {HEADER_BYTES_MAX}")
        try:
            found[name] = raw.decode()
        except UnicodeDecodeError:
            raise ContractError(f"header {name} is not UTF-8") from None
    return found


def read_envelope(record: Record) -> Envelope:
    """The envelope of a record.

    :raises ContractError: an attribute that CloudEvents or this system requires is missing or malformed.
    """
    headers = text_headers(record)
    if headers.get("ce_specversion", SPEC_VERSION) != SPEC_VERSION:
        raise ContractError(f"header ce_specversion is not {SPEC_VERSION}")
    id_ = _uuid(headers)
    return Envelope(
        id=id_,
        type=_required(headers, "ce_type"),
        source=_required(headers, "ce_source"),
        subject=headers.get("ce_subject", ""),
        time=_instant(headers.get("ce_time")) or record.timestamp,
        correlation_id=headers.get("ce_correlationid") or str(id_),
        causation_id=headers.get("ce_causationid"),
        sequence=_sequence(headers.get("ce_sequence")),
        traceparent=headers.get("traceparent"),
        content_type=headers.get("content-type", JSON_TYPE),
    )


def read_key(record: Record) -> str:
    """The Kafka key as text; empty when there is none.

    :raises ContractError: it is not UTF-8.
    """
    try:
        return (record.key or b"").decode()
    except UnicodeDecodeError:
        raise ContractError("the Kafka key is not UTF-8") from None


def _required(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "")
    if not value:
        raise ContractError(f"header {name} is missing")
    return value


def _uuid(headers: Mapping[str, str]) -> UUID:
    value = _required(headers, "ce_id")
    try:
        return ids.uuid_of(value)
    except ValueError:
        raise ContractError("header ce_id is not a UUID") from None


def _instant(value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise ContractError("header ce_time is not an RFC 3339 instant") from None
    if instant.tzinfo is None:
        raise ContractError("header ce_time has no time zone")
    return instant


def _sequence(value: str | None) -> int:
    if value is None:
        return 0
    if not (value.isascii() and value.isdigit() and len(value) <= SEQUENCE_DIGITS):
        raise ContractError("header ce_sequence is not a number of at most 20 digits")
    number = int(value)
    if number >= 2**63:
        raise ContractError("header ce_sequence is out of range")
    return number
