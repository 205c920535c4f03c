"""What notifications reads of others, and of itself: only the fields that mails need."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, WithJsonSchema

from spn.messaging.contract import Reading


class Part(BaseModel):
    """A part of a reading: as tolerant as the reading itself."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Person(Reading):
    """A person's name, address and language. The only place where they are read."""

    topic: ClassVar[str] = "spn.enrolment.people"
    types: ClassVar[tuple[str, ...]] = ("person.registered.v1", "person.corrected.v1")

    person_id: UUID
    name: str
    email: str
    language: str


class Theme(Part):
    """One of the themes of an edition."""

    theme_id: str
    title_nl: str
    title_en: str


class EditionTold(Reading):
    """The titles of an edition and its themes."""

    topic: ClassVar[str] = "spn.enrolment.editions"
    types: ClassVar[tuple[str, ...]] = (
        "edition.published.v1",
        "edition.opened.v1",
        "edition.closed.v1",
        "edition.amended.v1",
        "edition.cancelled.v1",
    )

    edition_id: str
    title_nl: str
    title_en: str
    themes: tuple[Theme, ...]


class Line(Part):
    """The price of a line, and what is owed of it now. Cents, excluding VAT."""

    unit_price_cents: int
    owed_cents: int


class Payer(Part):
    """What one payer pays for. Who it is, mails to the participant do not say."""

    lines: tuple[Line, ...]


class Enrolment(Reading):
    """An enrolment as it now is. A status that is not known here asks for no mail."""

    topic: ClassVar[str] = "spn.enrolment.events"
    types: ClassVar[tuple[str, ...]] = (
        "enrolment.accepted.v1",
        "enrolment.waitlisted.v1",
        "enrolment.seat-offered.v1",
        "enrolment.offer-declined.v1",
        "enrolment.offer-lapsed.v1",
        "enrolment.left.v1",
        "enrolment.withdrawn.v1",
        "enrolment.substituted.v1",
        "enrolment.requested.v1",
        "enrolment.rejected.v1",
        "enrolment.reordered.v1",
        "enrolment.offer-extended.v1",
        "enrolment.closed.v1",
        "enrolment.corrected.v1",
        "enrolment.completed.v1",
        "enrolment.second-year-started.v1",
        "enrolment.commitment-ended.v1",
    )

    enrolment_id: UUID
    edition_title_nl: str
    edition_title_en: str
    number: int | str
    status: str
    participant_id: UUID
    former_participant_ids: tuple[UUID, ...] = ()
    requester_id: UUID | None = None
    position: int | None = None
    offer_expires_at: AwareDatetime | None = None
    starts_on: date
    ends_on: date
    currency: str
    payers: tuple[Payer, ...] = ()
    journal_entry: int | None = None
    journal_seal: str | None = None
    link_nl: str | None = None
    link_en: str | None = None


class LinkSent(Reading):
    """A fresh personal link for a participant. ``link_version`` is not told: each such event is a link of its own."""

    topic: ClassVar[str] = "spn.enrolment.events"
    types: ClassVar[tuple[str, ...]] = ("enrolment.link-sent.v1",)

    enrolment_id: UUID
    edition_title_nl: str
    edition_title_en: str
    number: int | str
    participant_id: UUID
    journal_entry: int
    link_nl: str | None = None
    link_en: str | None = None


class Guest(Reading):
    """An invitation of somebody to one theme, as it now is. A status that is not known here asks for no mail."""

    topic: ClassVar[str] = "spn.enrolment.events"
    types: ClassVar[tuple[str, ...]] = (
        "enrolment.guest-invited.v1",
        "enrolment.guest-confirmed.v1",
        "enrolment.guest-declined.v1",
        "enrolment.guest-ended.v1",
    )

    guest_id: UUID
    edition_title_nl: str
    edition_title_en: str
    theme_title_nl: str
    theme_title_en: str
    person_id: UUID
    status: str
    expires_at: AwareDatetime | None = None
    starts_on: date
    ends_on: date
    link_nl: str | None = None
    link_en: str | None = None


class BillingDocument(Part):
    """An invoice or credit note; its PDF comes by itself."""

    number: str
    kind: str
    refers_to: str | None = None
    contact_id: UUID
    issued_on: date
    due_on: date | None = None
    total_excl_cents: int
    vat_cents: int
    total_cents: int
    sha256: str


class Account(Reading):
    """All invoices and credit notes of an enrolment."""

    topic: ClassVar[str] = "spn.billing.events"
    types: ClassVar[tuple[str, ...]] = ("billing.invoice-issued.v1", "billing.credit-note-issued.v1")

    edition_id: str
    currency: str
    documents: tuple[BillingDocument, ...]


class StoredDocument(Reading):
    """A PDF, as raw bytes. The Kafka key is the SHA-256 of it."""

    raw: ClassVar[bool] = True
    topic: ClassVar[str] = "spn.billing.documents"
    types: ClassVar[tuple[str, ...]] = ("billing.document.v1",)

    content: bytes
    sha256: str


PersonText = Annotated[
    str,
    StringConstraints(pattern=r"^(?i:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$", to_lower=True),
    WithJsonSchema({"type": "string", "format": "uuid"}),
]
"""A person's id as the text that keys are made of: everybody in a session is told with each place in it."""


class Attendee(Part):
    """Who is expected at a session, or no longer."""

    person_id: PersonText
    status: str


class Session(Reading):
    """A session as it now is, with everyone who has or had a place."""

    topic: ClassVar[str] = "spn.scheduling.events"
    types: ClassVar[tuple[str, ...]] = (
        "scheduling.session-planned.v1",
        "scheduling.session-moved.v1",
        "scheduling.session-cancelled.v1",
        "scheduling.place-given.v1",
        "scheduling.place-withdrawn.v1",
    )

    session_id: str
    edition_id: str
    theme_id: str | None = None
    title_nl: str
    title_en: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    venue: str
    status: Literal["planned", "cancelled"]
    sequence: int
    attendees: tuple[Attendee, ...]

    @cached_property
    def places(self) -> dict[str, str]:
        """By person: the status of the place."""
        return {a.person_id: a.status for a in self.attendees}


class _OwnMessage(Reading):
    """A message of ours, by the key that makes it unique."""

    topic: ClassVar[str] = "spn.notifications.events"

    person_id: UUID
    purpose: str
    about: str
    version: int
    uid: str | None = None
    sequence: int | None = None
    says: str | None = None


class SentMessage(_OwnMessage):
    """A message that was sent: our own memory, kept on the topic for ever."""

    types: ClassVar[tuple[str, ...]] = ("notifications.message-sent.v1",)


class FailedMessage(_OwnMessage):
    """A message that will not be sent."""

    types: ClassVar[tuple[str, ...]] = ("notifications.message-failed.v1",)
