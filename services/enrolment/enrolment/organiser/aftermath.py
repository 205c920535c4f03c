"""What will follow from erasing a person, in sentences, before the click."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from enrolment.domain.enrolment import Status
from enrolment.domain.erasures import TOPIC_DAYS
from enrolment.organiser import consequences
from enrolment.organiser.people import WholePerson
from enrolment.pages.words import Words

_WAY: Final[Mapping[Status, str]] = {
    "accepted": "withdraw",
    "offered": "decline",
    "waiting": "leave",
    "requested": "leave",
}
"""The action that ends an enrolment as an erasure does (``end_enrolment``): what follows from it follows here too."""


@dataclass(frozen=True, slots=True)
class End:
    """Something live that ends: in which edition, how it stands, and what follows from its end."""

    edition: str
    status: str
    enrolment_id: str | None
    follows: Sequence[str]


def ends(found: WholePerson, now: datetime, words: Words) -> Iterator[End]:
    """Every enrolment that ends by its own rules, and every invitation that is declined."""
    for one in found.live:
        terms, status = one.edition.terms, one.enrolment.status
        follows = consequences.of_enrolment(_WAY[status], one, now, words)
        follows = [said for said in follows if said != words("follow.final")]  # that is said of all of it
        title = words.either(terms.title_nl, terms.title_en)
        yield End(title, words(f"status.{status}"), str(one.enrolment.enrolment_id), follows)
    for guest in found.coming:
        theme = guest.terms.theme(guest.theme_id)
        name = words.either(theme.title_nl, theme.title_en) if theme else guest.theme_id
        title = words.either(guest.terms.title_nl, guest.terms.title_en)
        yield End(title, words("erase.guest"), None, [words("erase.guest_ends", theme=name)])


def goes(found: WholePerson, words: Words) -> Iterator[str]:
    """What is taken away, and what people should know about where it is not."""
    yield words("erase.words")
    if found.contact_of:
        yield words("erase.contact", count=found.contact_of)
    yield words("erase.topics", days=TOPIC_DAYS)
    yield words("erase.elsewhere")
