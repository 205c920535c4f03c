"""What may be asked of enrolment: strict, with a limit on every field."""

from __future__ import annotations

from enrolment.commands.editions import (
    AmendEdition,
    CancelEdition,
    CloseEdition,
    OpenEdition,
    PassMilestone,
    PublishEdition,
)
from enrolment.commands.enrolments import (
    AcceptOffer,
    DeclineOffer,
    ExtendOffer,
    LapseOffer,
    LeaveList,
    LeaveNetwork,
    RequestEnrolment,
    SendLink,
    SubstituteParticipant,
    WithdrawEnrolment,
)
from enrolment.commands.guests import ConfirmGuest, DeclineGuest, InviteGuest, LapseGuest
from enrolment.commands.organisers import (
    ApproveEnrolment,
    CorrectEnrolment,
    OfferSeat,
    RejectEnrolment,
    ReorderLine,
)
from enrolment.commands.parties import FurtherPayer, OrganisationDetails, PayerDetails, PersonDetails
from enrolment.commands.people import EndEnrolment, ErasePerson

__all__ = [
    "AcceptOffer",
    "AmendEdition",
    "ApproveEnrolment",
    "CancelEdition",
    "CloseEdition",
    "ConfirmGuest",
    "CorrectEnrolment",
    "DeclineGuest",
    "DeclineOffer",
    "EndEnrolment",
    "ErasePerson",
    "ExtendOffer",
    "FurtherPayer",
    "InviteGuest",
    "LapseGuest",
    "LapseOffer",
    "LeaveList",
    "LeaveNetwork",
    "OfferSeat",
    "OpenEdition",
    "OrganisationDetails",
    "PassMilestone",
    "PayerDetails",
    "PersonDetails",
    "PublishEdition",
    "RejectEnrolment",
    "ReorderLine",
    "RequestEnrolment",
    "SendLink",
    "SubstituteParticipant",
    "WithdrawEnrolment",
]
