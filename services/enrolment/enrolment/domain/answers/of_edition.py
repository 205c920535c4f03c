"""What is said of an edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enrolment.domain.calendar import when_en, when_nl
from spn.decision import Answer, Refused

if TYPE_CHECKING:
    from datetime import datetime

    from enrolment.domain.terms import Terms


def unknown(edition_id: str) -> Refused:
    """Nothing of this name was published."""
    nl = f"Er is geen editie '{edition_id}'."
    return Refused("unknown-edition", nl, f"There is no edition '{edition_id}'.", subject=edition_id)


def published(terms: Terms) -> Answer:
    """The edition is there."""
    nl = f"De editie '{terms.title_nl}' is gepubliceerd; de inschrijving opent op {when_nl(terms.opens_at)}."
    en = f"The edition '{terms.title_en}' is published; enrolment opens on {when_en(terms.opens_at)}."
    return Answer("done", "edition-published", nl, en, terms.edition_id, "published")


def published_before(terms: Terms, state: str) -> Answer:
    """The same terms were published already."""
    nl, en = "Deze editie was al zo gepubliceerd.", "This edition was published like this already."
    return Answer("unchanged", "edition-already-published", nl, en, terms.edition_id, state)


def exists_differently(terms: Terms, state: str) -> Refused:
    """Other terms were published under this name."""
    nl = f"Editie '{terms.edition_id}' is al met andere gegevens gepubliceerd; die blijven gelden."
    en = f"Edition '{terms.edition_id}' was published with other terms already; those stand."
    return Refused("edition-exists", nl, en, subject=terms.edition_id, state=state)


def closing_is_past(terms: Terms) -> Refused:
    """An edition nobody could enrol in."""
    nl = f"De inschrijving zou al op {when_nl(terms.closes_at)} gesloten zijn; kies een later tijdstip."
    en = f"Enrolment would have closed on {when_en(terms.closes_at)} already; choose a later moment."
    return Refused("closing-is-past", nl, en, subject=terms.edition_id)


def opened(terms: Terms) -> Answer:
    """Its moment has come."""
    return Answer(
        "done", "edition-opened", "De inschrijving is geopend.", "Enrolment is open.", terms.edition_id, "open"
    )


def open_already(terms: Terms) -> Answer:
    """A request, or another wake-up, found it open before."""
    nl, en = "De inschrijving was al open.", "Enrolment was open already."
    return Answer("unchanged", "edition-already-open", nl, en, terms.edition_id, "open")


def opens_later(terms: Terms) -> Answer:
    """The stored instant decides, not the wake-up."""
    nl = f"De inschrijving opent pas op {when_nl(terms.opens_at)}."
    en = f"Enrolment does not open before {when_en(terms.opens_at)}."
    return Answer("unchanged", "edition-opens-later", nl, en, terms.edition_id, "published")


def closed(terms: Terms) -> Answer:
    """No more requests."""
    return Answer(
        "done", "edition-closed", "De inschrijving is gesloten.", "Enrolment is closed.", terms.edition_id, "closed"
    )


def closed_already(terms: Terms) -> Answer:
    """It was closed before."""
    nl, en = "De inschrijving was al gesloten.", "Enrolment was closed already."
    return Answer("unchanged", "edition-already-closed", nl, en, terms.edition_id, "closed")


def closes_later(terms: Terms, state: str) -> Answer:
    """The stored deadline fired too early by the log's clock."""
    nl = f"De inschrijving sluit pas op {when_nl(terms.closes_at)}."
    en = f"Enrolment does not close before {when_en(terms.closes_at)}."
    return Answer("unchanged", "edition-closes-later", nl, en, terms.edition_id, state)


def not_open_yet(terms: Terms) -> Refused:
    """A request before the opening instant."""
    nl = f"De inschrijving is nog niet open. Inschrijven kan vanaf {when_nl(terms.opens_at)}."
    en = f"Enrolment is not open yet. It opens on {when_en(terms.opens_at)}."
    return Refused("edition-not-open", nl, en, subject=terms.edition_id, state="published")


def is_closed(terms: Terms) -> Refused:
    """Too late: to enrol, or to open the edition again."""
    nl, en = "De inschrijving is gesloten.", "Enrolment is closed."
    return Refused("edition-closed", nl, en, subject=terms.edition_id, state="closed")


def is_cancelled(terms: Terms) -> Refused:
    """It will not take place."""
    nl, en = "Deze editie gaat niet door.", "This edition has been cancelled."
    return Refused("edition-cancelled", nl, en, subject=terms.edition_id, state="cancelled")


def cancelled(terms: Terms) -> Answer:
    """It will not take place, from now on."""
    nl = "De editie is geannuleerd; wie een plaats had, is niets verschuldigd."
    en = "The edition is cancelled; whoever had a seat owes nothing."
    return Answer("done", "edition-cancelled", nl, en, terms.edition_id, "cancelled")


def cancelled_before(terms: Terms) -> Answer:
    """It was cancelled by an earlier command."""
    nl, en = "De editie was al geannuleerd.", "The edition was cancelled already."
    return Answer("unchanged", "edition-already-cancelled", nl, en, terms.edition_id, "cancelled")


def changed_meanwhile(terms: Terms, state: str) -> Refused:
    """It is not as the sender saw it any more."""
    nl = "De editie is intussen veranderd. Bekijk haar opnieuw en besluit dan."
    en = "The edition has changed meanwhile. Look at it again, and decide then."
    return Refused("changed-meanwhile", nl, en, subject=terms.edition_id, state=state)


def amended(terms: Terms, state: str) -> Answer:
    """Other terms hold for those to come."""
    nl = "De editie is gewijzigd; wat eerder is afgesproken, blijft gelden."
    en = "The edition is amended; what was agreed before stands."
    return Answer("done", "edition-amended", nl, en, terms.edition_id, state)


def amended_before(terms: Terms, state: str) -> Answer:
    """The terms were these already."""
    nl, en = "De editie was al zo.", "The edition was like this already."
    return Answer("unchanged", "edition-already-amended", nl, en, terms.edition_id, state)


def is_over(terms: Terms) -> Refused:
    """Its last day is past."""
    nl, en = "Deze editie is afgelopen.", "This edition is over."
    return Refused("edition-over", nl, en, subject=terms.edition_id)


def has_begun(terms: Terms) -> Refused:
    """The first day cannot move once it is there."""
    nl = f"De editie is begonnen op {when_nl(terms.starts_at)}; de eerste dag staat vast."
    en = f"The edition started on {when_en(terms.starts_at)}; its first day stands."
    return Refused("edition-started", nl, en, subject=terms.edition_id)


def start_is_past(terms: Terms) -> Refused:
    """A first day that was is none."""
    nl = f"De editie zou al op {when_nl(terms.starts_at)} begonnen zijn; kies een latere dag."
    en = f"The edition would have started on {when_en(terms.starts_at)} already; choose a later day."
    return Refused("start-is-past", nl, en, subject=terms.edition_id)


def offers_stand(terms: Terms, offers: int, until: datetime) -> Refused:
    """Nobody gets a seat after the start, and an offer is not cut short."""
    if offers == 1:
        nl = (
            f"Er staat nog 1 aanbod open tot {when_nl(until)}, na het nieuwe begin. "
            "Laat het eerst aflopen of wijs het af."
        )
        en = f"1 offer stands until {when_en(until)}, after the new start. Let it end first, or decline it."
    else:
        nl = (
            f"Er staan nog {offers} aanbiedingen open, tot uiterlijk {when_nl(until)}, na het nieuwe begin. "
            "Laat ze eerst aflopen of wijs ze af."
        )
        en = (
            f"{offers} offers stand, until {when_en(until)} at the latest, after the new start. "
            "Let them end first, or decline them."
        )
    return Refused("offers-stand", nl, en, subject=terms.edition_id)


def choices_await(terms: Terms, requests: int) -> Refused:
    """Who came first is not put behind those who ask after it."""
    if requests == 1:
        nl = "Er wacht nog 1 aanvraag op een keuze; beslis daar eerst over."
        en = "1 request still awaits a choice; decide about it first."
    else:
        nl = f"Er wachten nog {requests} aanvragen op een keuze; beslis daar eerst over."
        en = f"{requests} requests still await a choice; decide about them first."
    return Refused("choices-await", nl, en, subject=terms.edition_id)


def opened_before(terms: Terms) -> Refused:
    """The opening instant cannot move once it is past."""
    nl = f"De inschrijving is al geopend op {when_nl(terms.opens_at)}; dat tijdstip staat vast."
    en = f"Enrolment opened on {when_en(terms.opens_at)} already; that instant stands."
    return Refused("edition-open-already", nl, en, subject=terms.edition_id)


def seats_are_taken(terms: Terms, taken: int) -> Refused:
    """Nobody loses a seat to an amendment."""
    are_nl = "is al 1 plaats" if taken == 1 else f"zijn al {taken} plaatsen"
    are_en = "1 seat is" if taken == 1 else f"{taken} seats are"
    nl = f"Er {are_nl} bezet of aangeboden; minder kan niet."
    en = f"{are_en} taken or offered already; there cannot be fewer."
    return Refused("seats-taken", nl, en, subject=terms.edition_id)


def nothing_to_do(terms: Terms, state: str) -> Answer:
    """Nobody is concerned by this milestone, or it was passed before."""
    nl, en = "Er is niets veranderd.", "Nothing has changed."
    return Answer("unchanged", "milestone-without-effect", nl, en, terms.edition_id, state)


def milestone_later(terms: Terms, at: datetime, state: str) -> Answer:
    """The stored day decides, not the wake-up."""
    nl, en = f"Dat is pas op {when_nl(at)}.", f"That is not before {when_en(at)}."
    return Answer("unchanged", "milestone-later", nl, en, terms.edition_id, state)


def milestone_passed(terms: Terms, state: str) -> Answer:
    """Its day has come."""
    nl, en = "De editie is bijgewerkt tot deze dag.", "The edition is brought up to this day."
    return Answer("done", "milestone-passed", nl, en, terms.edition_id, state)


def too_many_payers(terms: Terms) -> Refused:
    """The edition says among how many the price may be split."""
    most, is_one = terms.payers_max, terms.payers_max == 1
    nl = f"De prijs kan over ten hoogste {most} {'betaler' if is_one else 'betalers'} worden verdeeld."
    en = f"The price can be split among {most} {'payer' if is_one else 'payers'} at most."
    return Refused("too-many-payers", nl, en, subject=terms.edition_id)


def shares_exceed_price(terms: Terms) -> Refused:
    """Somebody has to pay the rest."""
    nl = "De andere betalers betalen samen al de hele prijs of meer; er moet iets overblijven voor de eerste betaler."
    en = (
        "The other payers already pay the whole price or more between them; "
        "something has to be left for the first payer."
    )
    return Refused("shares-exceed-price", nl, en, subject=terms.edition_id)


def motivation_missing(terms: Terms) -> Refused:
    """Organisers choose by it."""
    nl, en = "Deze editie vraagt om een motivatie.", "This edition asks for a motivation."
    return Refused("motivation-missing", nl, en, subject=terms.edition_id)


def commitment_missing(terms: Terms) -> Refused:
    """The two years are part of the agreement."""
    nl = "Wie meedoet verbindt zich voor ten minste twee jaar aan het lerend netwerk; die toezegging ontbreekt."
    en = "Anyone who takes part commits to the learning network for at least two years; that commitment is missing."
    return Refused("commitment-missing", nl, en, subject=terms.edition_id)
