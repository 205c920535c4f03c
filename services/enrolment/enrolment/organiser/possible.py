"""What an organiser may do about an edition and an enrolment: the command, what it asks, and when it makes sense.

It decides nothing: these are the buttons that are shown. The decision comes with the command, and may be another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from enrolment import commands
from enrolment.commands.editions import EditionCommand
from enrolment.commands.enrolments import EnrolmentCommand
from enrolment.domain.enrolment import Status
from enrolment.organiser.shapes import EditionRow, WholeEnrolment
from enrolment.pages.form.fields import PARTICIPANT, Field

REASON: Final = Field("reason", "paragraph")
WHY: Final = Field("reason", "paragraph", required=False)
POSITION: Final = Field("position", "number", width="short")


@dataclass(frozen=True, slots=True)
class EditionAction:
    """Something to do about an edition; ``grave`` where it cannot be undone.

    ``is_held``: refused when the edition is another by then. Opening is not: time itself does it, and would refuse it.
    """

    command: type[EditionCommand]
    fields: tuple[Field, ...] = ()
    grave: bool = False
    is_held: bool = True


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do about an enrolment of one of these statuses; none: of whichever."""

    command: type[EnrolmentCommand]
    fields: tuple[Field, ...] = ()
    statuses: tuple[Status, ...] = ()
    grave: bool = False


_LIVE: Final[tuple[Status, ...]] = ("requested", "waiting", "offered", "accepted")
EDITION_ACTIONS: Final[Mapping[str, EditionAction]] = {
    "open": EditionAction(commands.OpenEdition, is_held=False),
    "close": EditionAction(commands.CloseEdition, grave=True),
    "cancel": EditionAction(commands.CancelEdition, (REASON,), grave=True),
}
ACTIONS: Final[Mapping[str, Action]] = {
    "approve": Action(commands.ApproveEnrolment, (REASON,), ("requested",)),
    "reject": Action(commands.RejectEnrolment, (REASON,), ("requested",), grave=True),
    "offer": Action(commands.OfferSeat, (REASON,), ("waiting",)),
    "reorder": Action(commands.ReorderLine, (POSITION, REASON), ("waiting",)),
    "accept": Action(commands.AcceptOffer, (), ("offered",)),
    "decline": Action(commands.DeclineOffer, (), ("offered",), grave=True),
    "correct": Action(commands.CorrectEnrolment, (*PARTICIPANT, REASON)),
    "correct-library": Action(commands.CorrectEnrolment, statuses=_LIVE),
    "correct-payers": Action(commands.CorrectEnrolment, statuses=_LIVE),
    "resend": Action(commands.SendLink, (WHY,)),
    "substitute": Action(commands.SubstituteParticipant, (*PARTICIPANT, WHY), ("waiting", "offered", "accepted")),
    "leave": Action(commands.LeaveList, (WHY,), ("requested", "waiting"), grave=True),
    "withdraw": Action(commands.WithdrawEnrolment, (WHY,), ("accepted",), grave=True),
    "leave-network": Action(commands.LeaveNetwork, (WHY,), ("completed",), grave=True),
}
"""Correcting the library and the payers are pages of their own, at the address of the action."""
_OF_SOMEBODY: Final = frozenset({"correct", "resend"})
"""Nothing is corrected of who was erased, and nothing is sent to them."""
BEFORE_THE_START: Final = frozenset({"approve", "offer", "substitute"})


def of_edition(edition: EditionRow, now: datetime) -> tuple[str, ...]:
    """What may be done about an edition now, amending among it."""
    if edition.state == "cancelled" or edition.is_over(now):
        return ()
    states = {"published": ("open", "close"), "open": ("close",)}
    return ("amend", *states.get(edition.state, ()), "cancel")


def of_enrolment(one: WholeEnrolment, now: datetime) -> tuple[str, ...]:
    """What may be done about an enrolment now."""
    return tuple(name for name, action in ACTIONS.items() if _makes_sense(name, action, one, now))


def _makes_sense(name: str, action: Action, one: WholeEnrolment, now: datetime) -> bool:
    enrolment, edition = one.enrolment, one.edition
    if action.statuses and enrolment.status not in action.statuses:
        return False
    if name in _OF_SOMEBODY and one.participant.is_erased:
        return False
    if name in BEFORE_THE_START and now >= edition.terms.starts_at:
        return False
    if name == "offer":
        return edition.free > 0
    if name in {"accept", "substitute"}:
        return not enrolment.is_overdue(now)
    return name != "leave-network" or enrolment.commitment == "running"
