"""The sessions that a page shows, theme by theme: when, where, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from enrolment.domain.sessions import Planned, Slot
from enrolment.domain.terms import Terms
from enrolment.pages.words import Words


@dataclass(frozen=True, slots=True)
class Day:
    """A session in words. ``moved_from``: when and where it was to be at first, if that is not what it is now."""

    title: str
    starts_at: str
    when: str
    venue: str
    moved_from: str | None
    is_cancelled: bool


def by_theme(sessions: Sequence[Planned], terms: Terms, words: Words) -> dict[str, list[Day]]:
    """The sessions under the title of their theme, the first first; without a known theme under their own."""
    days: dict[str, list[Day]] = {}
    for session in sessions:
        title = words.either(session.title_nl, session.title_en)
        theme = terms.theme(session.theme_id) if session.theme_id else None
        heading = words.either(theme.title_nl, theme.title_en) if theme else title
        days.setdefault(heading, []).append(_day(session, title, words))
    return days


def _day(session: Planned, title: str, words: Words) -> Day:
    moved_from = session.moved_from
    return Day(
        title=title,
        starts_at=session.slot.starts_at.isoformat(),
        when=span(session.slot, words),
        venue=session.slot.venue,
        moved_from=f"{span(moved_from, words)}, {moved_from.venue}" if moved_from else None,
        is_cancelled=session.is_cancelled,
    )


def span(slot: Slot, words: Words) -> str:
    """``donderdag 11 maart 2027, 9.30 tot 16.30 uur``, by the clocks of the Netherlands; both days if it has two."""
    first, last = words.weekday(slot.starts_at), words.weekday(slot.ends_at)
    if first == last:
        return words("sessions.times", day=first, begin=words.clock(slot.starts_at), end=words.clock(slot.ends_at))
    return words("sessions.nights", begin=words.instant(slot.starts_at), end=words.instant(slot.ends_at))
