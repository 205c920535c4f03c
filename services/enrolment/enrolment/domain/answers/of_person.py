"""What is said of a person."""

from __future__ import annotations

from uuid import UUID

from spn.decision import Answer, Refused


def unknown(person_id: UUID) -> Refused:
    """Nobody by this id."""
    nl, en = "Deze persoon is hier niet bekend.", "This person is not known here."
    return Refused("unknown-person", nl, en, subject=str(person_id))


def erasure_begun(person_id: UUID) -> Answer:
    """What is live ends first."""
    nl = "De gegevens worden gewist; lopende inschrijvingen worden eerst beëindigd. Daarna volgt een ontvangstbewijs."
    en = "The data is being erased; live enrolments are ended first. A receipt follows."
    return Answer("done", "erasure-begun", nl, en, str(person_id), "erasing")


def erasure_under_way(person_id: UUID) -> Answer:
    """Asked before."""
    nl, en = "De gegevens worden al gewist.", "The data is being erased already."
    return Answer("unchanged", "erasure-under-way", nl, en, str(person_id), "erasing")


def erased_before(person_id: UUID) -> Answer:
    """Erased by an earlier command."""
    nl, en = "De gegevens waren al gewist.", "The data was erased already."
    return Answer("unchanged", "already-erased", nl, en, str(person_id), "erased")
