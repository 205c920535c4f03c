"""The personal learning track: one's goals, progress and reflections, what others share, and the coach's link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi.responses import Response

from enrolment.domain.terms import Terms
from enrolment.needs import deleted_at, deleted_on
from enrolment.pages.needs import changeable
from enrolment.pages.opened import expired, own_of, purpose, shown_page
from enrolment.pages.reading import OwnEnrolment
from enrolment.pages.visit import Visit, see_other
from enrolment.pages.words import Language, Words
from enrolment.reflections import GOALS, TAKING_PART, THEME, Shared, of_cohort

_WORDS: dict[Language, tuple[str, str]] = {"nl": ("doelen", "thema-"), "en": ("goals", "theme-")}
"""How the address of a part is made: that of the goals, and how that of a theme begins."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a learning track: its name in the table, its address in each language, and what it is called."""

    name: str
    title: str
    nl: str
    en: str

    def here(self, language: Language) -> str:
        """The part of its address in this language."""
        return self.nl if language == "nl" else self.en

    def other(self, language: Language) -> str:
        """The part of its address in the other language."""
        return self.en if language == "nl" else self.nl


def parts_of(terms: Terms, words: Words) -> Sequence[Part]:
    """The parts of everybody's learning track in this edition: goals, then the themes in their order."""
    goals = Part(GOALS, words("track.goals"), _WORDS["nl"][0], _WORDS["en"][0])
    themes = [
        Part(
            THEME + theme.theme_id,
            words.either(theme.title_nl, theme.title_en),
            _WORDS["nl"][1] + theme.theme_id,
            _WORDS["en"][1] + theme.theme_id,
        )
        for theme in terms.themes
    ]
    return [goals, *themes]


def writable(visit: Visit, own: OwnEnrolment) -> bool:
    """Whether this person has a learning track: with a seat, until the two years are over."""
    lasts = visit.desk.clock.now() < deleted_at(own.edition.terms, "goals")
    return own.is_participant and own.enrolment.status in TAKING_PART and lasts


async def show(visit: Visit) -> Response:
    """All of it on one page."""
    own = await own_of(visit)
    if own is None:
        return await expired(visit)
    code = visit.part("code")
    if not writable(visit, own):
        return see_other(visit.to("personal", code=code))
    edition_id, person_id = own.enrolment.edition_id, own.person.person_id
    now = visit.desk.clock.now()
    others = await visit.desk.read(lambda connection: of_cohort(connection, edition_id, person_id, now))
    parts = parts_of(own.edition.terms, visit.words)
    return shown_page(
        visit,
        "track",
        own,
        visit.elsewhere("personal_track", code=code),
        parts=parts,
        goals=next((need.text for need in own.needs if need.kind == "goals"), None),
        asks_goals="goals" in changeable(visit, own),
        others=shared_by_part(parts, others),
        fresh=visit.desk.tickets.form(purpose(visit, "fresh")),
        coach=coach_link(visit, own),
        deleted=deleted_on(own.edition.terms, "goals"),
    )


def shared_by_part(parts: Sequence[Part], shared: Sequence[Shared]) -> Sequence[tuple[Part, Sequence[Shared]]]:
    """What is shared, in the order of the parts; of parts that the edition has no more, nothing."""
    found = [(part, [one for one in shared if one.part == part.name]) for part in parts]
    return [(part, some) for part, some in found if some]


def coach_link(visit: Visit, own: OwnEnrolment) -> str:
    """The page that the participant may let a coach read. It ends with the participant's own link, or after 60 days."""
    one = own.enrolment
    now = visit.desk.clock.now()
    made = visit.desk.links.addresses("coach", one.enrolment_id, one.participant_id, one.link_version, now)
    return made.nl if visit.words.language == "nl" else made.en
