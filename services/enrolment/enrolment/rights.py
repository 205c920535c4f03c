"""Who may ask what of enrolment over HTTP: the roles of each command. One that is not here keeps it from starting."""

from __future__ import annotations

from enrolment import commands
from spn.posting import Posters
from spn.rights.roles import Role

_PLATFORM = frozenset({Role.PLATFORM})
_ORGANISERS_TOO = frozenset({Role.PLATFORM, Role.ORGANISER})
_ORGANISERS = frozenset({Role.ORGANISER})

POSTERS: Posters = {
    # an edition's course
    commands.PublishEdition: _ORGANISERS_TOO,
    commands.OpenEdition: _ORGANISERS_TOO,
    commands.CloseEdition: _ORGANISERS_TOO,
    commands.AmendEdition: _ORGANISERS,
    commands.CancelEdition: _ORGANISERS,
    # what people ask, who have no account: the platform asks it for them, an organiser on the telephone
    commands.RequestEnrolment: _ORGANISERS_TOO,
    commands.AcceptOffer: _ORGANISERS_TOO,
    commands.DeclineOffer: _ORGANISERS_TOO,
    commands.LeaveList: _ORGANISERS_TOO,
    commands.WithdrawEnrolment: _ORGANISERS_TOO,
    commands.SubstituteParticipant: _ORGANISERS_TOO,
    commands.LeaveNetwork: _ORGANISERS_TOO,
    commands.SendLink: _ORGANISERS_TOO,
    commands.InviteGuest: _ORGANISERS_TOO,
    commands.ConfirmGuest: _ORGANISERS_TOO,
    commands.DeclineGuest: _ORGANISERS_TOO,
    # by hand, for a reason
    commands.ApproveEnrolment: _ORGANISERS,
    commands.RejectEnrolment: _ORGANISERS,
    commands.ReorderLine: _ORGANISERS,
    commands.OfferSeat: _ORGANISERS,
    commands.CorrectEnrolment: _ORGANISERS_TOO,
    commands.ErasePerson: _ORGANISERS_TOO,
    # wake-ups of our own, without authority: the decision looks at the stored instant
    commands.PassMilestone: _PLATFORM,
    commands.LapseOffer: _PLATFORM,
    commands.LapseGuest: _PLATFORM,
    # of our own, and with authority: nobody's over HTTP
    commands.ExtendOffer: frozenset(),
    commands.EndEnrolment: frozenset(),
}

READERS = frozenset({Role.ORGANISER, Role.PLATFORM, Role.AUDITOR})
"""Who may see what became of any command."""
