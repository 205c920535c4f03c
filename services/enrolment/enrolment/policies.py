"""What enrolment does, and when. Each line: message, decision in domain/. Nothing else decides."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from enrolment import commands, domain, events_in, events_out, store
from enrolment.domain.erasures import ERASURE_END, ERASURE_END_GUEST, ERASURE_FINISH
from enrolment.domain.turn import EDITION_CLOSE, EDITION_OPEN, GUEST_LAPSE, OFFER_LAPSE, WAKE_UPS
from enrolment.store import EDITIONS, ERASURES, SESSIONS
from spn.messaging.policies import DueData, Policies, due, due_command
from spn.messaging.policies import on as on_any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from enrolment.domain.terms import Milestone
    from enrolment.links import Links
    from spn.messaging.contract import Command
    from spn.messaging.policies import Key, Policy


def on(reads: type[Command], decide: Callable[..., Any], keys: Callable[[Any], Iterable[Key]]) -> Policy:
    """What is asked is decided on an edition."""
    return on_any(reads, decide, root=EDITIONS, keys=keys)


def passing(milestone: Milestone, due: DueData) -> commands.PassMilestone:
    """Time itself changes an edition on this day."""
    return commands.PassMilestone(edition_id=due.root, milestone=milestone)


def policies(links: Links | None = None) -> Policies:
    """The map. With ``links``, events carry the way to people's own pages."""
    return Policies(
        # an edition's course
        on(commands.PublishEdition, domain.publish_edition, store.the_edition),
        on(commands.OpenEdition, domain.open_edition, store.the_edition),
        on(commands.CloseEdition, domain.close_edition, store.the_edition),
        on(commands.AmendEdition, domain.amend_edition, store.the_whole_edition),
        on(commands.CancelEdition, domain.cancel_edition, store.the_whole_edition),
        on(commands.PassMilestone, domain.pass_milestone, store.the_whole_edition),
        # happy path: a seat at once, after a selection, or from the waiting list by an offer
        on(commands.RequestEnrolment, domain.request_enrolment, store.the_people_and_organisations),
        on(commands.ApproveEnrolment, domain.approve_enrolment, store.the_enrolment_and_the_line),
        on(commands.RejectEnrolment, domain.reject_enrolment, store.the_enrolment),
        on(commands.AcceptOffer, domain.accept_offer, store.the_enrolment),
        on(commands.SubstituteParticipant, domain.substitute_participant, store.the_enrolment_and_substitute),
        on(commands.CorrectEnrolment, domain.correct_enrolment, store.the_enrolment_and_all_named),
        # by hand, for a reason
        on(commands.OfferSeat, domain.offer_seat, store.the_enrolment_and_the_line),
        on(commands.ReorderLine, domain.reorder_line, store.the_enrolment_and_the_line),
        # compensation: each of these may free a seat, which the next in line is offered at once
        on(commands.WithdrawEnrolment, domain.withdraw_enrolment, store.the_enrolment_and_its_guests),
        on(commands.DeclineOffer, domain.decline_offer, store.the_enrolment),
        on(commands.LapseOffer, domain.lapse_offer, store.the_enrolment),
        on(commands.ExtendOffer, domain.extend_offer, store.the_enrolment),
        on(commands.LeaveList, domain.leave_list, store.the_enrolment),
        on(commands.LeaveNetwork, domain.leave_network, store.the_enrolment),
        # people find their own pages
        on(commands.SendLink, domain.send_link, store.the_enrolment_and_its_rank),
        # a person is erased: what is live ends on the log of its edition, then the words go
        on_any(commands.ErasePerson, domain.erase_person, root=ERASURES, keys=lambda erase: [(str(erase.person_id),)]),
        due(ERASURE_FINISH, domain.finish_erasure, root=ERASURES),
        on(commands.EndEnrolment, domain.end_enrolment, store.the_enrolment_and_its_guests),
        # guests of a theme
        on(commands.InviteGuest, domain.invite_guest, store.the_enrolment_and_guest),
        on(commands.ConfirmGuest, domain.confirm_guest, store.the_guest),
        on(commands.DeclineGuest, domain.decline_guest, store.the_guest),
        on(commands.LapseGuest, domain.lapse_guest, store.the_guest),
        # what people's own pages show of scheduling: the newest state of each session
        on_any(
            events_in.Session,
            domain.note_session,
            root=SESSIONS,
            keys=lambda session: [(session.session_id,)],
            superseded=events_in.Session.types,
        ),
        # deadlines: wake-ups on the edition's own log, so that there is one order
        due_command(EDITION_OPEN, lambda due: commands.OpenEdition(edition_id=due.root)),
        due_command(EDITION_CLOSE, lambda due: commands.CloseEdition(edition_id=due.root, when_due=True)),
        *(due_command(kind, partial(passing, milestone)) for milestone, kind in WAKE_UPS.items()),
        due_command(
            OFFER_LAPSE,
            lambda due: commands.LapseOffer(edition_id=due.root, enrolment_id=UUID(due.subject)),
            # nobody could reach us when it would have ended: an hour more, instead
            excused=lambda due, until: commands.ExtendOffer(
                edition_id=due.root, enrolment_id=UUID(due.subject), until=until
            ),
        ),
        due_command(
            ERASURE_END, lambda due: commands.EndEnrolment(edition_id=due.root, enrolment_id=UUID(due.subject))
        ),
        due_command(
            ERASURE_END_GUEST, lambda due: commands.DeclineGuest(edition_id=due.root, guest_id=UUID(due.subject))
        ),
        due_command(GUEST_LAPSE, lambda due: commands.LapseGuest(edition_id=due.root, guest_id=UUID(due.subject))),
        tell=partial(events_out.tell, links=links),
        answer=events_out.answer,
    )


POLICIES = policies()
