"""What enrolment does, and when. Each line: message, decision in domain/. Nothing else decides."""

from __future__ import annotations

from uuid import UUID

from enrolment import commands, domain, events_out, store
from enrolment.domain.turn import EDITION_CLOSE, EDITION_OPEN, OFFER_LAPSE
from enrolment.store import EDITIONS
from spn.messaging.policies import Policies, due_command, on

POLICIES = Policies(
    # an edition's course
    on(commands.PublishEdition, domain.publish_edition, root=EDITIONS, keys=store.the_edition),
    on(commands.OpenEdition, domain.open_edition, root=EDITIONS, keys=store.the_edition),
    on(commands.CloseEdition, domain.close_edition, root=EDITIONS, keys=store.the_edition),
    # happy path: a seat at once, or the waiting list and later an offer
    on(
        commands.RequestEnrolment,
        domain.request_enrolment,
        root=EDITIONS,
        keys=store.the_people_and_organisations,
    ),
    on(commands.AcceptOffer, domain.accept_offer, root=EDITIONS, keys=store.the_enrolment),
    on(
        commands.SubstituteParticipant,
        domain.substitute_participant,
        root=EDITIONS,
        keys=store.the_enrolment_and_substitute,
    ),
    # compensation: each of these may free a seat, which the next in line is offered at once
    on(commands.WithdrawEnrolment, domain.withdraw_enrolment, root=EDITIONS, keys=store.the_enrolment),
    on(commands.DeclineOffer, domain.decline_offer, root=EDITIONS, keys=store.the_enrolment),
    on(commands.LapseOffer, domain.lapse_offer, root=EDITIONS, keys=store.the_enrolment),
    on(commands.LeaveList, domain.leave_list, root=EDITIONS, keys=store.the_enrolment),
    # deadlines: wake-ups on the edition's own log, so that there is one order
    due_command(EDITION_OPEN, lambda due: commands.OpenEdition(edition_id=due.root)),
    due_command(EDITION_CLOSE, lambda due: commands.CloseEdition(edition_id=due.root, when_due=True)),
    due_command(OFFER_LAPSE, lambda due: commands.LapseOffer(edition_id=due.root, enrolment_id=UUID(due.subject))),
    tell=events_out.tell,
    answer=events_out.answer,
)
