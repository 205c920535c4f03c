"""The rules of enrolment: pure. State in; state, facts, deadlines and an answer out."""

from __future__ import annotations

from enrolment.domain.amendments import amend_edition, cancel_edition
from enrolment.domain.corrections import correct_enrolment
from enrolment.domain.departures import end_enrolment, leave_list, leave_network, withdraw_enrolment
from enrolment.domain.edition import Edition
from enrolment.domain.editions import close_edition, open_edition, publish_edition
from enrolment.domain.erasures import erase_person, finish_erasure
from enrolment.domain.guests import confirm_guest, decline_guest, invite_guest, lapse_guest
from enrolment.domain.milestones import pass_milestone
from enrolment.domain.offers import accept_offer, decline_offer, extend_offer, lapse_offer, offer_seat
from enrolment.domain.personal_links import send_link
from enrolment.domain.reorderings import reorder_line
from enrolment.domain.requests import request_enrolment
from enrolment.domain.selections import approve_enrolment, reject_enrolment
from enrolment.domain.sessions import note_session
from enrolment.domain.substitutions import substitute_participant

__all__ = [
    "Edition",
    "accept_offer",
    "amend_edition",
    "approve_enrolment",
    "cancel_edition",
    "close_edition",
    "confirm_guest",
    "correct_enrolment",
    "decline_guest",
    "decline_offer",
    "end_enrolment",
    "erase_person",
    "extend_offer",
    "finish_erasure",
    "invite_guest",
    "lapse_guest",
    "lapse_offer",
    "leave_list",
    "leave_network",
    "note_session",
    "offer_seat",
    "open_edition",
    "pass_milestone",
    "publish_edition",
    "reject_enrolment",
    "reorder_line",
    "request_enrolment",
    "send_link",
    "substitute_participant",
    "withdraw_enrolment",
]
