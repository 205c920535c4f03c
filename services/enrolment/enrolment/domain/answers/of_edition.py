"""What is said of an edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enrolment.domain.calendar import when_en, when_nl
from spn.decision import Answer, Refused

if TYPE_CHECKING:
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


def commitment_missing(terms: Terms) -> Refused:
    """The two years are part of the agreement."""
    nl = "Wie meedoet verbindt zich voor ten minste twee jaar aan het lerend netwerk; die toezegging ontbreekt."
    en = "Who takes part commits to the learning network for at least two years; that commitment is missing."
    return Refused("commitment-missing", nl, en, subject=terms.edition_id)
