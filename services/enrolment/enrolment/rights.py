"""Who may ask what of enrolment over HTTP: the roles of each command. One that is not here keeps it from starting."""

from __future__ import annotations

from enrolment import commands
from spn.commands_http import Posters
from spn.rights.roles import Role

_PLATFORM = frozenset({Role.PLATFORM})
_ORGANISERS_TOO = frozenset({Role.PLATFORM, Role.ORGANISER})

POSTERS: Posters = {
    # an edition's course
    commands.PublishEdition: _ORGANISERS_TOO,
    commands.OpenEdition: _ORGANISERS_TOO,
    commands.CloseEdition: _ORGANISERS_TOO,
    # what people ask, who have no account: the platform asks it for them
    commands.RequestEnrolment: _PLATFORM,
    commands.AcceptOffer: _PLATFORM,
    commands.DeclineOffer: _PLATFORM,
    commands.LeaveList: _PLATFORM,
    commands.WithdrawEnrolment: _PLATFORM,
    commands.SubstituteParticipant: _PLATFORM,
    # a wake-up of our own, without authority: the decision looks at the stored instant
    commands.LapseOffer: _PLATFORM,
}

READERS = frozenset({Role.ORGANISER, Role.PLATFORM, Role.AUDITOR})
"""Who may see what became of any command."""
