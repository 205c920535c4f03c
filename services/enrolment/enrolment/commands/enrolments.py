"""What people ask of an enrolment, and the wake-up at the end of an offer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from enrolment.commands import examples
from enrolment.commands.editions import TOPIC
from enrolment.commands.fields import Paragraph, Slug
from enrolment.commands.parties import OrganisationDetails, PayerDetails, PersonDetails
from spn.messaging.contract import Command


class RequestEnrolment(Command):
    """Ask for a seat. Anyone may ask for the participant; the same request again is the same enrolment.

    The participant commits to the network for at least two years.
    """

    topic: ClassVar[str] = TOPIC
    key: ClassVar[str] = "edition_id"
    types: ClassVar[tuple[str, ...]] = ("enrolment.request.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.REQUEST, examples.REQUEST_WITH_PAYER)

    edition_id: Slug
    participant: PersonDetails
    library: OrganisationDetails
    payer: PayerDetails
    two_year_commitment: bool = Field(strict=True)

    @property
    def lane(self) -> str:
        """The enrolment it asks for: edition and participant. The address is hashed, since lanes are kept."""
        return f"{self.edition_id}/{hashlib.sha256(self.participant.email.encode()).hexdigest()[:32]}"


class EnrolmentCommand(Command):
    """A command about an enrolment that is there."""

    topic: ClassVar[str] = TOPIC
    key: ClassVar[str] = "edition_id"

    edition_id: Slug
    enrolment_id: UUID

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


class SubstituteParticipant(EnrolmentCommand):
    """Let a colleague of the same library take the enrolment over."""

    types: ClassVar[tuple[str, ...]] = ("enrolment.substitute.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.SUBSTITUTE,)

    participant: PersonDetails


class LapseOffer(EnrolmentCommand):
    """Enrolment's own wake-up at the end of an offer. Without authority: before it, nothing happens."""

    types: ClassVar[tuple[str, ...]] = ("offer.lapse.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.ABOUT_ONE,)
