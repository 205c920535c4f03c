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
    "requested": "in behandeling",
    "accepted": "aanvaard",
    "waiting": "op de wachtlijst",
    "offered": "een plaats aangeboden",
    "declined": "aanbod afgewezen",
    "lapsed": "aanbod verlopen",
    "left": "van de wachtlijst gehaald",
    "withdrawn": "teruggetrokken",
    "rejected": "afgewezen",
    "closed": "gesloten",
    "completed": "afgerond",
}
"""The status of an enrolment in Dutch words."""
STATUS_EN = {
    "requested": "under consideration",
    "accepted": "accepted",
    "waiting": "on the waiting list",
    "offered": "offered a seat",
    "declined": "offer declined",
    "lapsed": "offer lapsed",
    "left": "taken off the waiting list",
    "withdrawn": "withdrawn",
    "rejected": "rejected",
    "closed": "closed",
    "completed": "completed",
}


def unknown(enrolment_id: UUID) -> Refused:
    """The edition has no such enrolment."""
    nl, en = "Deze inschrijving bestaat niet in deze editie.", "There is no such enrolment in this edition."
    return Refused("unknown-enrolment", nl, en, subject=str(enrolment_id))


def requested(enrolment: Enrolment) -> Answer:
    """An organiser will choose."""
    nl = "De aanvraag is ontvangen. De organisatie kiest uit de aanvragen en laat het weten."
    en = "The request has come in. The organisers choose among the requests and will let you know."
    return _answer("done", "requested", nl, en, enrolment)


def approved_before(enrolment: Enrolment) -> Answer:
    """It needs no choice any more."""
    nl = f"Deze aanvraag was al goedgekeurd ({STATUS_NL[enrolment.status]})."
    en = f"This request was approved already ({STATUS_EN[enrolment.status]})."
    return _answer("unchanged", "already-approved", nl, en, enrolment)


def rejected(enrolment: Enrolment) -> Answer:
    """An organiser chose otherwise."""
    return _answer("done", "rejected", "De aanvraag is afgewezen.", "The request is rejected.", enrolment)


def rejected_before(enrolment: Enrolment) -> Answer:
    """Rejected by an earlier command."""
    nl, en = "De aanvraag was al afgewezen.", "The request was rejected already."
    return _answer("unchanged", "already-rejected", nl, en, enrolment)


def not_to_be_chosen(enrolment: Enrolment) -> Refused:
    """Only a request that waits for a choice can be approved or rejected."""
    nl = f"Over deze inschrijving valt niets te kiezen ({STATUS_NL[enrolment.status]})."
    en = f"There is nothing to choose about this enrolment ({STATUS_EN[enrolment.status]})."
    return _refusal("not-requested", nl, en, enrolment)


def awaits_selection(enrolment: Enrolment) -> Refused:
    """There is no place to take over yet."""
    nl = (
        "Deze aanvraag wacht nog op een keuze; er is nog geen plaats om over te nemen. "
        "Doe voor uw collega een eigen aanvraag."
    )
    en = (
        "This request still waits for a choice; there is no place to take over yet. "
        "Please make a separate request for your colleague."
    )
    return _refusal("awaits-selection", nl, en, enrolment)


def reordered(enrolment: Enrolment, position: int) -> Answer:
    """Moved by hand."""
    nl = f"De inschrijving staat nu op plaats {position} van de wachtlijst."
    en = f"The enrolment is now in position {position} of the waiting list."
    return _answer("done", "reordered", nl, en, enrolment)


def stands_there(enrolment: Enrolment, position: int) -> Answer:
    """It is where it should go."""
    nl, en = f"De inschrijving stond al op plaats {position}.", f"The enrolment was in position {position} already."
    return _answer("unchanged", "already-there", nl, en, enrolment)


def seat_offered(enrolment: Enrolment) -> Answer:
    """A seat is held for it."""
    nl, en = "De plaats is aangeboden.", "The seat is offered."
    return _answer("done", "seat-offered", nl, en, enrolment)


def offered_before(enrolment: Enrolment) -> Answer:
    """A seat was offered already."""
    nl, en = "Er was al een plaats aangeboden.", "A seat was offered already."
    return _answer("unchanged", "already-offered", nl, en, enrolment)


def no_free_seat(enrolment: Enrolment) -> Refused:
    """Nothing to offer."""
    nl, en = "Er is geen vrije plaats om aan te bieden.", "There is no free seat to offer."
    return _refusal("no-free-seat", nl, en, enrolment)


def corrected(enrolment: Enrolment, *, moved: bool) -> Answer:
    """It is known as it was said now; ``moved``: mails go to another address."""
    nl, en = "De gegevens zijn gecorrigeerd.", "The details are corrected."
    if moved:
        nl += " Eerdere persoonlijke links werken niet meer. Een nieuwe sturen wij op verzoek naar het nieuwe adres."
        en += " Earlier personal links no longer work. We send a new one to the new address when asked."
    return _answer("done", "corrected", nl, en, enrolment)


def corrected_before(enrolment: Enrolment) -> Answer:
    """It was known like this."""
    nl, en = "De gegevens waren al zo.", "The details were like this already."
    return _answer("unchanged", "already-corrected", nl, en, enrolment)


def payer_twice(enrolment: Enrolment) -> Refused:
    """Payers are told apart by their legal number."""
    nl = "Een organisatie staat twee keer onder de betalers. Geef iedere betaler één keer op, met het hele deel."
    en = "An organisation is named as a payer twice. Name each payer once, with the whole of its part."
    return _refusal("payer-twice", nl, en, enrolment)


def participant_erased(enrolment: Enrolment) -> Refused:
    """Nobody comes back by a correction."""
    nl = "De gegevens van deze deelnemer zijn gewist en worden niet opnieuw ingevuld."
    en = "This participant's data was erased and is not filled in again."
    return _refusal("participant-erased", nl, en, enrolment)


def address_in_use(enrolment: Enrolment) -> Refused:
    """An address is a person: whose it is, and whether that is the sender as well, takes a person to see."""
    nl = "Dit e-mailadres is bij ons al bekend. Neem contact met ons op, dan passen wij het aan."
    en = "This e-mail address is known to us already. Please contact us, and we will change it."
    return _refusal("address-in-use", nl, en, enrolment)


def link_sent(enrolment: Enrolment) -> Answer:
    """A mail with it is on its way."""
    nl = "Er is een nieuwe persoonlijke link verstuurd naar het bekende e-mailadres. Eerdere links werken niet meer."
    en = "A fresh personal link was sent to the known e-mail address. Earlier links no longer work."
    return _answer("done", "link-sent", nl, en, enrolment)


def link_sent_before(enrolment: Enrolment) -> Answer:
    """Pressed twice."""
    nl = "Er is kort geleden al een nieuwe link verstuurd; kijk ook bij de ongewenste mail."
    en = "A fresh link was sent a short while ago; please look among unwanted mail as well."
    return _answer("unchanged", "link-sent-already", nl, en, enrolment)


def ended_for_erasure(enrolment: Enrolment) -> Answer:
    """Its participant is to be erased."""
    return _answer("done", "ended", "De inschrijving is beëindigd.", "The enrolment is ended.", enrolment)


def ended_before(enrolment: Enrolment) -> Answer:
    """Nothing left to end."""
    nl, en = "De inschrijving was al beëindigd.", "The enrolment had ended already."
    return _answer("unchanged", "already-ended", nl, en, enrolment)


def changed_meanwhile(enrolment: Enrolment) -> Refused:
    """It is not as the sender saw it any more."""
    nl = f"De inschrijving is intussen veranderd ({STATUS_NL[enrolment.status]}). Bekijk haar opnieuw en besluit dan."
    en = f"The enrolment has changed meanwhile ({STATUS_EN[enrolment.status]}). Look at it again, and decide then."
    return _refusal("changed-meanwhile", nl, en, enrolment)


def network_left(enrolment: Enrolment) -> Answer:
    """Before the two years were over."""
    nl, en = "De deelname aan het netwerk is beëindigd.", "Taking part in the network has ended."
    return _answer("done", "network-left", nl, en, enrolment)


def network_left_before(enrolment: Enrolment) -> Answer:
    """Left by an earlier command."""
    nl, en = "De deelname was al beëindigd.", "Taking part had ended already."
    return _answer("unchanged", "already-left-network", nl, en, enrolment)


def not_committed(enrolment: Enrolment) -> Refused:
    """Before the end of the edition it is a withdrawal; after two years there is nothing to leave."""
    nl = f"Er is geen lopende deelname aan het netwerk om te beëindigen ({STATUS_NL[enrolment.status]})."
    en = f"There is no running commitment to leave ({STATUS_EN[enrolment.status]})."
    return _refusal("not-committed", nl, en, enrolment)


def accepted(enrolment: Enrolment) -> Answer:
    """A request that got a seat at once."""
    nl, en = "De inschrijving is aanvaard: er is een plaats.", "The enrolment is accepted: there is a seat."
    return _answer("done", "accepted", nl, en, enrolment)


def waitlisted(enrolment: Enrolment, position: int, *, is_full: bool) -> Answer:
    """A request that found no free seat, or others who wait for the one that is free."""
    why_nl = "Alle plaatsen zijn bezet." if is_full else "Er wachten al anderen op een plaats."
    why_en = "All seats are taken." if is_full else "Others are waiting for a seat already."
    nl = f"{why_nl} De inschrijving staat op de wachtlijst, op plaats {position}."
    en = f"{why_en} The enrolment is on the waiting list, in position {position}."
    return _answer("done", "waitlisted", nl, en, enrolment)


def enrolled_already(enrolment: Enrolment, now: datetime) -> Answer:
    """The same request again is the same enrolment, also while an offer that is over has not lapsed yet."""
    if enrolment.is_overdue(now):
        nl = (
            "Deze deelnemer is al ingeschreven, maar de termijn van het aanbod is voorbij. "
            "Vraag opnieuw aan zodra het aanbod is vervallen."
        )
        en = (
            "This participant is enrolled already, but the time to answer the offer is over. "
            "Please ask again once the offer has lapsed."
        )
        return _answer("unchanged", "already-enrolled", nl, en, enrolment)
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


def offer_overdue(enrolment: Enrolment) -> Refused:
    """Too late, though the seat was not passed on yet."""
    nl = "Het aanbod is verlopen: de termijn om te antwoorden is voorbij."
    en = "The offer has lapsed: the time to answer is over."
    return _refusal("offer-lapsed", nl, en, enrolment)


def offer_extended(enrolment: Enrolment, until: datetime) -> Answer:
    """The seat is held for longer."""
    nl, en = f"Het aanbod geldt nu tot {when_nl(until)}.", f"The offer stands until {when_en(until)} now."
    return _answer("done", "offer-extended", nl, en, enrolment)


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
    owed_nl = f"Verschuldigd blijft {percent} % van de prijs." if percent else "U bent niets verschuldigd."
    owed_en = f"{percent} % of the price remains owed." if percent else "Nothing is owed."
    nl, en = f"De inschrijving is teruggetrokken. {owed_nl}", f"The enrolment is withdrawn. {owed_en}"
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


def too_late_to_take_over(enrolment: Enrolment, terms: Terms) -> Refused:
    """Who takes part is settled by the first day."""
    return _has_started(enrolment, terms, "Overnemen kan niet meer", "A place can no longer be taken over")


def too_late_to_approve(enrolment: Enrolment, terms: Terms) -> Refused:
    """Who was not chosen by the first day has no seat."""
    return _has_started(enrolment, terms, "Goedkeuren kan niet meer", "A request can no longer be approved")


def too_late_to_offer(enrolment: Enrolment, terms: Terms) -> Refused:
    """Nobody could accept it before the first day."""
    return _has_started(enrolment, terms, "Een plaats aanbieden kan niet meer", "A seat can no longer be offered")


def _has_started(enrolment: Enrolment, terms: Terms, nl: str, en: str) -> Refused:
    """What can only be done before the first day."""
    nl = f"{nl}: de editie is begonnen op {when_nl(terms.starts_at)}."
    en = f"{en}: the edition started on {when_en(terms.starts_at)}."
    return _refusal("edition-started", nl, en, enrolment)


def _answer(outcome: Outcome, code: str, nl: str, en: str, enrolment: Enrolment) -> Answer:
    return Answer(outcome, code, nl, en, str(enrolment.enrolment_id), enrolment.status)


def _refusal(code: str, nl: str, en: str, enrolment: Enrolment) -> Refused:
    return Refused(code, nl, en, subject=str(enrolment.enrolment_id), state=enrolment.status)
