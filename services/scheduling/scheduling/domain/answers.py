"""What the sender of a command is told: a stable code and a sentence in two languages. A code never changes meaning."""

from __future__ import annotations

from collections.abc import Sequence

from scheduling.domain.timetable import Session
from spn.decision import Answer, Refused

NAMED_MAX = 5
"""A sentence names this many sessions at most, then says how many more there are."""


def timetable_planned(sessions: int) -> Answer:
    """The edition had no sessions, now it has."""
    nl = f"Het rooster staat: {_days_nl(sessions)}."
    return Answer("done", "timetable-planned", nl, f"The timetable stands: {_days_en(sessions)}.", state="planned")


def timetable_changed(added: int, moved: int) -> Answer:
    """Sessions came in, or changed."""
    nl = f"Het rooster is bijgewerkt: {_days_nl(added)} erbij, {_days_nl(moved)} gewijzigd."
    en = f"The timetable is updated: {_days_en(added)} added, {_days_en(moved)} changed."
    return Answer("done", "timetable-changed", nl, en, state="planned")


def timetable_unchanged() -> Answer:
    """The plan is what the timetable already was."""
    nl = "Het rooster was al zo. Er is niets veranderd."
    return Answer(
        "unchanged",
        "timetable-unchanged",
        nl,
        "The timetable was like this already. Nothing has changed.",
        state="planned",
    )


def session_moved(session: Session) -> Answer:
    """The session has its new times and venue."""
    nl = f"De bijeenkomst '{session.title_nl}' is verplaatst."
    en = f"The session '{session.title_en}' has been moved."
    return Answer("done", "session-moved", nl, en, session.session_id, session.status)


def session_unchanged(session: Session) -> Answer:
    """The session was there already."""
    nl = f"De bijeenkomst '{session.title_nl}' stond al op deze tijd en plaats."
    en = f"The session '{session.title_en}' was at this time and place already."
    return Answer("unchanged", "session-unchanged", nl, en, session.session_id, session.status)


def session_cancelled(session: Session) -> Answer:
    """The session will not take place."""
    nl = f"De bijeenkomst '{session.title_nl}' is afgezegd."
    en = f"The session '{session.title_en}' has been cancelled."
    return Answer("done", "session-cancelled", nl, en, session.session_id, session.status)


def session_cancelled_already(session: Session) -> Answer:
    """It was cancelled before."""
    nl = f"De bijeenkomst '{session.title_nl}' was al afgezegd."
    en = f"The session '{session.title_en}' was cancelled already."
    return Answer("unchanged", "session-cancelled-already", nl, en, session.session_id, session.status)


def session_is_cancelled(session: Session) -> Refused:
    """People were told that it is off: it does not come back under the same id."""
    nl = f"De bijeenkomst '{session.title_nl}' is afgezegd. Plan een nieuwe, met een ander kenmerk."
    en = f"The session '{session.title_en}' is cancelled. Plan a new one, with another id."
    return Refused("session-is-cancelled", nl, en, subject=session.session_id, state=session.status)


def unknown_session(session_id: str) -> Refused:
    """The edition has no session of this id."""
    nl = f"Deze editie heeft geen bijeenkomst '{session_id}'."
    return Refused("unknown-session", nl, f"This edition has no session '{session_id}'.", subject=session_id)


def session_twice(session_id: str) -> Refused:
    """A plan names one session two times."""
    nl = f"Bijeenkomst '{session_id}' staat twee keer in het rooster."
    return Refused("session-twice", nl, f"Session '{session_id}' is in the plan twice.", subject=session_id)


def session_of_another_edition(session_id: str) -> Refused:
    """An id names one session in the whole programme."""
    nl = f"Bijeenkomst '{session_id}' hoort bij een andere editie. Kies een ander kenmerk."
    en = f"Session '{session_id}' belongs to another edition. Choose another id."
    return Refused("session-of-another-edition", nl, en, subject=session_id)


def sessions_dropped(session_ids: Sequence[str]) -> Refused:
    """People were told of these sessions; leaving them out does not cancel them."""
    nl = f"Al gepland, maar niet in dit rooster: {_named(session_ids, 'en nog')}. Weglaten is niet afzeggen."
    en = f"Planned already, but not in this plan: {_named(session_ids, 'and')}. Leaving out is not cancelling."
    return Refused("sessions-dropped", nl, en, subject=session_ids[0], state="planned")


def session_begun(session: Session) -> Refused:
    """What has begun cannot be moved."""
    nl = f"De bijeenkomst '{session.title_nl}' is al begonnen of voorbij en kan niet meer veranderen."
    en = f"The session '{session.title_en}' has begun or is over and cannot change any more."
    return Refused("session-begun", nl, en, subject=session.session_id, state=session.status)


def ends_before_start(session: Session) -> Refused:
    """A session takes time."""
    nl = f"De bijeenkomst '{session.title_nl}' eindigt niet na het begin."
    en = f"The session '{session.title_en}' does not end after its start."
    return Refused("session-ends-before-start", nl, en, subject=session.session_id)


def too_long(session: Session, hours: int) -> Refused:
    """Longer than any session is: a slip of the pen in a date."""
    nl = f"De bijeenkomst '{session.title_nl}' duurt langer dan {hours} uur."
    en = f"The session '{session.title_en}' takes longer than {hours} hours."
    return Refused("session-too-long", nl, en, subject=session.session_id)


def starts_in_past(session: Session) -> Refused:
    """Nobody can be invited to what has been."""
    nl = f"De bijeenkomst '{session.title_nl}' zou in het verleden beginnen."
    en = f"The session '{session.title_en}' would start in the past."
    return Refused("session-in-past", nl, en, subject=session.session_id)


def _days_nl(count: int) -> str:
    return f"{count} {'bijeenkomst' if count == 1 else 'bijeenkomsten'}"


def _days_en(count: int) -> str:
    return f"{count} {'session' if count == 1 else 'sessions'}"


def _named(session_ids: Sequence[str], more: str) -> str:
    shown = ", ".join(f"'{session_id}'" for session_id in session_ids[:NAMED_MAX])
    hidden = len(session_ids) - NAMED_MAX
    return f"{shown} {more} {hidden}" if hidden > 0 else shown
