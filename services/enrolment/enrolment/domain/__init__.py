"""The rules of enrolment: pure. State in; state, facts, deadlines and an answer out."""

from __future__ import annotations

from enrolment.domain.departures import leave_list, withdraw_enrolment
from enrolment.domain.edition import Edition
from enrolment.domain.editions import close_edition, open_edition, publish_edition
from enrolment.domain.offers import accept_offer, decline_offer, lapse_offer
from enrolment.domain.requests import request_enrolment
from enrolment.domain.substitutions import substitute_participant

__all__ = [
    "Edition",
    "accept_offer",
    "close_edition",
    "decline_offer",
    "lapse_offer",
    "leave_list",
    "open_edition",
    "publish_edition",
    "request_enrolment",
    "substitute_participant",
    "withdraw_enrolment",
]
