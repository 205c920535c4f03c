"""What people ask of an enrolment, and the wake-up at the end of an offer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic import Field, model_validator

from enrolment.commands import examples
from enrolment.commands.editions import TOPIC
from enrolment.commands.fields import Author, Instant, Paragraph, Slug
from enrolment.commands.parties import FurtherPayer, OrganisationDetails, PayerDetails, PersonDetails, payer_id
from spn.messaging.contract import Command


class RequestEnrolment(Command):
    """Ask for a seat. Anyone may ask for the participant; the same request again is the same enrolment.

    The participant commits to the network for at least two years. ``payer`` pays what ``further_payers`` leave.
    """

    topic: ClassVar[str] = TOPIC
    key: ClassVar[str] = "edition_id"
    types: ClassVar[tuple[str, ...]] = ("enrolment.request.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.REQUEST, examples.REQUEST_WITH_PAYER)

    edition_id: Slug
    participant: PersonDetails
    library: OrganisationDetails
    payer: PayerDetails
    further_payers: tuple[FurtherPayer, ...] = Field(default=(), max_length=4)
    requester: PersonDetails | None = None
    motivation: Paragraph | None = None
    two_year_commitment: bool = Field(strict=True)
    by: Author | None = None

    @model_validator(mode="after")
    def _names_each_payer_once(self) -> Self:
        """Payers are told apart by their legal number; who else pays is not the library a second time."""
        names = [payer_id(self.library, self.payer), *(p.organisation.organisation_id for p in self.further_payers)]
        if len(set(names)) < len(names):
            raise ValueError("further_payers must not name an organisation that pays already")
        return self

    @property
    def lane(self) -> str:
        """The enrolment it asks for: edition and participant. The address is hashed, since lanes are kept."""
        return f"{self.edition_id}/{hashlib.sha256(self.participant.email.encode()).hexdigest()[:32]}"


class EnrolmentCommand(Command):
    """A command about an enrolment that is there.

    ``by``: who sends it. ``if_entry``: the ``journal_entry`` last seen of it; refused when there is a newer one by now.
    ``if_participant``: whose it is to be; refused when somebody else has taken it over by now.
    """

    topic: ClassVar[str] = TOPIC
    key: ClassVar[str] = "edition_id"

    edition_id: Slug
    enrolment_id: UUID
    by: Author | None = None
    if_entry: int | None = Field(default=None, ge=0, le=2**53, strict=True)
    if_participant: UUID | None = None

    @property
    def lane(self) -> str:
        """The enrolment it is about."""
        return f"{self.edition_id}/{self.enrolment_id}"


class WithdrawEnrolment(EnrolmentCommand):
    """Give up a seat. The reason stays with enrolment and is told to nobody."""

    types: ClassVar[tuple[str, ...]] = ("enrolment.withdraw.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.WITHDRAW,)

    reason: Paragraph | None = None


class AcceptOffer(EnrolmentCommand):
    """Take the offered seat."""

    types: ClassVar[tuple[str, ...]] = ("enrolment.accept-offer.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.ABOUT_ONE,)


class DeclineOffer(EnrolmentCommand):
    """Leave the offered seat to the next in line."""

    types: ClassVar[tuple[str, ...]] = ("enrolment.decline-offer.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.ABOUT_ONE,)


class LeaveList(EnrolmentCommand):
    """Give up waiting."""

    types: ClassVar[tuple[str, ...]] = ("enrolment.leave-list.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.ABOUT_ONE,)

    reason: Paragraph | None = None


class LeaveNetwork(EnrolmentCommand):
    """Leave the network after the edition, before the two years are over."""

    types: ClassVar[tuple[str, ...]] = ("enrolment.leave-network.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.WITHDRAW,)

    reason: Paragraph | None = None


class SendLink(EnrolmentCommand):
    """Send the participant a fresh personal link, to the known address; those before it open nothing any more."""

    types: ClassVar[tuple[str, ...]] = ("enrolment.send-link.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.ABOUT_ONE,)

    reason: Paragraph | None = None


class SubstituteParticipant(EnrolmentCommand):
    """Let a colleague of the same library take the enrolment over."""

    types: ClassVar[tuple[str, ...]] = ("enrolment.substitute.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.SUBSTITUTE,)

    participant: PersonDetails
    reason: Paragraph | None = None


class ExtendOffer(EnrolmentCommand):
    """Enrolment's own: an outage lay over the end of an offer, which stands until ``until`` now."""

    types: ClassVar[tuple[str, ...]] = ("offer.extend.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.EXTEND,)

    until: Instant


class LapseOffer(EnrolmentCommand):
    """Enrolment's own wake-up at the end of an offer. Without authority: before it, nothing happens."""

    types: ClassVar[tuple[str, ...]] = ("offer.lapse.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.ABOUT_ONE,)
