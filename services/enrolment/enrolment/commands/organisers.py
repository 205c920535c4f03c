"""What organisers ask of an enrolment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from enrolment.commands import examples
from enrolment.commands.enrolments import EnrolmentCommand
from enrolment.commands.fields import Paragraph
from enrolment.commands.parties import FurtherPayer, OrganisationDetails, PayerDetails, PersonDetails


class ApproveEnrolment(EnrolmentCommand):
    """Choose a request, where the edition has a selection step."""

    types: ClassVar[tuple[str, ...]] = ("enrolment.approve.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.APPROVE,)

    reason: Paragraph


class RejectEnrolment(EnrolmentCommand):
    """Do not choose a request, where the edition has a selection step."""

    types: ClassVar[tuple[str, ...]] = ("enrolment.reject.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.REJECT,)

    reason: Paragraph


class ReorderLine(EnrolmentCommand):
    """Move who waits to another position of the line, 1 being the first; beyond the end is the end."""

    types: ClassVar[tuple[str, ...]] = ("enrolment.reorder.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.REORDER,)

    position: int = Field(ge=1, le=100_000, strict=True)
    reason: Paragraph


class OfferSeat(EnrolmentCommand):
    """Offer a free seat by hand to somebody who waits."""

    types: ClassVar[tuple[str, ...]] = ("enrolment.offer-seat.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.OFFER_SEAT,)

    reason: Paragraph


class CorrectEnrolment(EnrolmentCommand):
    """Correct what is known: the participant's details, the library, or who pays. What is left out stays as it is.

    With ``payer`` or ``further_payers`` all payers are those named now: ``payer`` is needed then.
    """

    types: ClassVar[tuple[str, ...]] = ("enrolment.correct.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.CORRECT,)

    participant: PersonDetails | None = None
    library: OrganisationDetails | None = None
    payer: PayerDetails | None = None
    further_payers: tuple[FurtherPayer, ...] = Field(default=(), max_length=4)
    reason: Paragraph

    @model_validator(mode="after")
    def _corrects_something(self) -> Self:
        if not (self.participant or self.library or self.payer):
            raise ValueError("needs at least one of participant, library and payer")
        if self.further_payers and not self.payer:
            raise ValueError("further_payers need the payer of the rest beside them")
        return self
