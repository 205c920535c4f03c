"""What an erasure keeps, and why, in words for the person."""

from __future__ import annotations

from enrolment.domain.facts import ErasureReceipt
from enrolment.events_out import models

ENROLMENTS = models.Kept(
    what="enrolments",
    why_nl="De inschrijving, zonder naam of adres: de administratie moet zeven jaar te volgen zijn (AWR, artikel 52).",
    why_en="The enrolment itself, without name or address: the books must be kept for seven years (AWR, article 52).",
)
JOURNAL = models.Kept(
    what="waiting-list-journal",
    why_nl="Het bewijs van de wachtlijst: nummers, momenten en zegels, zonder namen of woorden.",
    why_en="The proof of the waiting list: numbers, moments and seals, without names or words.",
)
TOMBSTONE = models.Kept(
    what="tombstone",
    why_nl="Een willekeurig nummer, zodat wat later nog binnenkomt niets terugbrengt. Opnieuw inschrijven kan altijd.",
    why_en="A random number, so that what comes in later brings nothing back. Enrolling again is always possible.",
)


def receipt(fact: ErasureReceipt) -> models.ErasureReceipt:
    """The receipt of an erasure."""
    kept = (ENROLMENTS, JOURNAL, TOMBSTONE) if fact.has_enrolments else (TOMBSTONE,)
    return models.ErasureReceipt(
        person_id=fact.person_id,
        asked_at=fact.asked_at,
        erased_at=fact.erased_at,
        kept=kept,
        topics_until=fact.topics_until,
    )
