"""What is said of an enrolment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enrolment.domain.calendar import when_en, when_nl
from spn.decision import Answer, Outcome, Refused

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from enrolment.domain.enrolment import Enrolment
    from enrolment.domain.terms import Terms

STATUS_NL = {
    "accepted": "aanvaard",
    "waiting": "op de wachtlijst",
    "offered": "een plaats aangeboden",
    "declined": "aanbod afgewezen",
    "lapsed": "aanbod verlopen",
    "left": "van de wachtlijst gehaald",
    "withdrawn": "teruggetrokken",
}
"""The status of an enrolment in Dutch words."""
STATUS_EN = {
    "accepted": "accepted",
    "waiting": "on the waiting list",
    "offered": "offered a seat",
    "declined": "offer declined",
    "lapsed": "offer lapsed",
    "left": "taken off the waiting list",
    "withdrawn": "withdrawn",
}


def unknown(enrolment_id: UUID) -> Refused:
    """The edition has no such enrolment."""
    nl, en = "Deze inschrijving bestaat niet in deze editie.", "There is no such enrolment in this edition."
    return Refused("unknown-enrolment", nl, en, subject=str(enrolment_id))


def accepted(enrolment: Enrolment) -> Answer:
    """A request that got a seat at once."""
    nl, en = "De inschrijving is aanvaard: er is een plaats.", "The enrolment is accepted: there is a seat."
    return _answer("done", "accepted", nl, en, enrolment)


def waitlisted(enrolment: Enrolment, position: int) -> Answer:
    """A request that found no free seat."""
    nl = f"Alle plaatsen zijn bezet. De inschrijving staat op de wachtlijst, op plaats {position}."
    en = f"All seats are taken. The enrolment is on the waiting list, in position {position}."
    return _answer("done", "waitlisted", nl, en, enrolment)


def enrolled_already(enrolment: Enrolment) -> Answer:
    """The same request again is the same enrolment."""
    nl = f"Deze deelnemer is al ingeschreven ({STATUS_NL[enrolment.status]}); er is niets veranderd."
    en = f"This participant is enrolled already ({STATUS_EN[enrolment.status]}); nothing has changed."
    return _answer("unchanged", "already-enrolled", nl, en, enrolment)


def offer_accepted(enrolment: Enrolment) -> Answer:
    """The offered seat was taken in time."""
    nl, en = "De aangeboden plaats is aangenomen.", "The offered seat is accepted."
    return _answer("done", "offer-accepted", nl, en, enrolment)


def accepted_before(enrolment: Enrolment) -> Answer:
    """There is a seat already, so there is nothing to accept."""
    nl, en = "Deze inschrijving had al een plaats.", "This enrolment had a seat already."
    return _answer("unchanged", "already-accepted", nl, en, enrolment)


def offer_declined(enrolment: Enrolment) -> Answer:
    """The seat goes to the next in line."""
    nl, en = "De aangeboden plaats is afgewezen.", "The offered seat is declined."
    return _answer("done", "offer-declined", nl, en, enrolment)


def declined_before(enrolment: Enrolment) -> Answer:
    """The offer was declined by an earlier command."""
    nl, en = "De aangeboden plaats was al afgewezen.", "The offered seat was declined already."
    return _answer("unchanged", "already-declined", nl, en, enrolment)


def no_offer(enrolment: Enrolment) -> Refused:
    """There is no offer to accept or decline, or there is one no more."""
    if enrolment.status == "lapsed":
        nl, en = "Het aanbod is verlopen; de plaats is vrijgegeven.", "The offer has lapsed; the seat was released."
        return _refusal("offer-lapsed", nl, en, enrolment)
    nl = f"Er staat geen plaats aangeboden ({STATUS_NL[enrolment.status]})."
    return _refusal("no-offer", nl, f"No seat is on offer ({STATUS_EN[enrolment.status]}).", enrolment)


def offer_lapsed(enrolment: Enrolment) -> Answer:
    """The deadline has passed without an answer."""
    nl, en = "Het aanbod is verlopen; de plaats komt vrij.", "The offer has lapsed; the seat comes free."
    return _answer("done", "offer-lapsed", nl, en, enrolment)


def offer_lapses_later(enrolment: Enrolment, until: datetime) -> Answer:
    """The stored instant decides, not the wake-up."""
    nl, en = f"Het aanbod geldt nog tot {when_nl(until)}.", f"The offer stands until {when_en(until)}."
    return _answer("unchanged", "offer-lapses-later", nl, en, enrolment)


def offer_gone(enrolment: Enrolment) -> Answer:
    """The wake-up comes after the offer was answered."""
    nl = f"Er is geen aanbod dat kan verlopen ({STATUS_NL[enrolment.status]})."
    en = f"There is no offer that could lapse ({STATUS_EN[enrolment.status]})."
    return _answer("unchanged", "offer-gone", nl, en, enrolment)


def list_left(enrolment: Enrolment) -> Answer:
    """Out of the line, as asked."""
    nl, en = "De inschrijving is van de wachtlijst gehaald.", "The enrolment is taken off the waiting list."
    return _answer("done", "list-left", nl, en, enrolment)


def left_before(enrolment: Enrolment) -> Answer:
    """Out of the line since an earlier command."""
    nl = "De inschrijving was al van de wachtlijst gehaald."
    return _answer("unchanged", "already-left", nl, "The enrolment was off the waiting list already.", enrolment)


def not_waiting(enrolment: Enrolment) -> Refused:
    """Only who waits can leave the line."""
    nl = f"Deze inschrijving staat niet op de wachtlijst ({STATUS_NL[enrolment.status]})."
    en = f"This enrolment is not on the waiting list ({STATUS_EN[enrolment.status]})."
    return _refusal("not-waiting", nl, en, enrolment)


def withdrawn(enrolment: Enrolment, percent: int) -> Answer:
    """The seat is given up."""
    nl = f"De inschrijving is teruggetrokken. Verschuldigd blijft {percent} % van de prijs."
    en = f"The enrolment is withdrawn. {percent} % of the price remains owed."
    return _answer("done", "withdrawn", nl, en, enrolment)


def withdrawn_before(enrolment: Enrolment) -> Answer:
    """The seat was given up by an earlier command."""
    nl, en = "De inschrijving was al teruggetrokken.", "The enrolment was withdrawn already."
    return _answer("unchanged", "already-withdrawn", nl, en, enrolment)


def not_accepted(enrolment: Enrolment) -> Refused:
    """There is no seat to give up: an offer is declined, a line is left."""
    nl = f"Terugtrekken kan alleen met een plaats ({STATUS_NL[enrolment.status]})."
    en = f"Only an accepted enrolment can be withdrawn ({STATUS_EN[enrolment.status]})."
    return _refusal("not-accepted", nl, en, enrolment)


def substituted(enrolment: Enrolment) -> Answer:
    """The colleague takes part from now on."""
    nl, en = "De plaats is overgenomen door een collega.", "A colleague has taken the place over."
    return _answer("done", "substituted", nl, en, enrolment)


def participant_already(enrolment: Enrolment) -> Answer:
    """Who was to take over takes part already."""
    nl, en = "Deze persoon was al de deelnemer.", "This person was the participant already."
    return _answer("unchanged", "already-participant", nl, en, enrolment)


def substitute_has_seat(enrolment: Enrolment, other: Enrolment) -> Refused:
    """One person, one seat."""
    nl = f"De vervanger heeft in deze editie zelf al een plaats ({STATUS_NL[other.status]})."
    en = f"The substitute has a seat in this edition already ({STATUS_EN[other.status]})."
    return _refusal("substitute-has-seat", nl, en, enrolment)


def has_ended(enrolment: Enrolment) -> Refused:
    """An ended enrolment cannot be taken over."""
    nl = f"Deze inschrijving is al afgelopen ({STATUS_NL[enrolment.status]})."
    return _refusal("enrolment-ended", nl, f"This enrolment has ended ({STATUS_EN[enrolment.status]}).", enrolment)


def has_started(enrolment: Enrolment, terms: Terms) -> Refused:
    """What can only be done before the first day."""
    nl = f"Overnemen kan niet meer: de editie is begonnen op {when_nl(terms.starts_at)}."
    en = f"A place can no longer be taken over: the edition started on {when_en(terms.starts_at)}."
    return _refusal("edition-started", nl, en, enrolment)


def _answer(outcome: Outcome, code: str, nl: str, en: str, enrolment: Enrolment) -> Answer:
    return Answer(outcome, code, nl, en, str(enrolment.enrolment_id), enrolment.status)


def _refusal(code: str, nl: str, en: str, enrolment: Enrolment) -> Refused:
    return Refused(code, nl, en, subject=str(enrolment.enrolment_id), state=enrolment.status)
