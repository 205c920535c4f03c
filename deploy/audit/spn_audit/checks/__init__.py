"""The checks, in the order in which a person reads them: the promises first, how it is at rest last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from spn_audit.checks import (
    at_rest,
    commands,
    enrolments,
    guests,
    hearing,
    journals,
    letters,
    mails,
    messages,
    money,
    owing,
    places,
    seats,
    series,
    telling,
)
from spn_audit.evidence import Evidence
from spn_audit.result import Check

CHAPTERS: dict[str, tuple[Callable[[Evidence], Check], ...]] = {
    "Nothing is lost": (
        commands.answered_once,
        telling.told_complete,
        telling.newest_told,
        hearing.heard_by_readers,
        messages.everybody_told,
        letters.dead_letters,
    ),
    "Nothing happens twice, and everything in its order": (
        telling.in_order,
        telling.same_bytes,
        telling.owners_only,
        seats.one_live_enrolment,
        messages.told_once,
        mails.sent_once,
        mails.mails_arrived,
    ),
    "The rules of the programme are kept": (
        seats.seats_now,
        seats.seats_always,
        seats.first_in_line,
        journals.journal_sealed,
        journals.line_as_sealed,
        guests.guests_within_quota,
        owing.owed_by_seat,
        money.owed_is_invoiced,
        series.numbers_consecutive,
        series.files_intact,
        money.papers_sound,
        places.places_given,
    ),
    "The services agree with each other": (
        enrolments.as_told,
        money.agreements_agree,
        money.accounts_as_told,
        places.members_agree,
        places.sessions_as_told,
    ),
    "Nothing is left to be done": (
        at_rest.read_to_the_end,
        at_rest.outbox_empty,
        at_rest.work_done,
        at_rest.deadlines_kept,
        at_rest.http_answered,
        at_rest.one_publisher,
    ),
}


def judge(seen: Evidence) -> list[Check]:
    """All of them."""
    return [replace(check(seen), chapter=chapter) for chapter, some in CHAPTERS.items() for check in some]
