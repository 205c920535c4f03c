"""What may be asked of enrolment: strict, with a limit on every field."""

from __future__ import annotations

from enrolment.commands.editions import CloseEdition, OpenEdition, PublishEdition
from enrolment.commands.enrolments import (
    AcceptOffer,
    DeclineOffer,
    LapseOffer,
    LeaveList,
    RequestEnrolment,
    SubstituteParticipant,
    WithdrawEnrolment,
)
from enrolment.commands.parties import OrganisationDetails, PayerDetails, PersonDetails

__all__ = [
    "AcceptOffer",
    "CloseEdition",
    "DeclineOffer",
    "LapseOffer",
    "LeaveList",
    "OpenEdition",
    "OrganisationDetails",
    "PayerDetails",
    "PersonDetails",
    "PublishEdition",
    "RequestEnrolment",
    "SubstituteParticipant",
    "WithdrawEnrolment",
]
