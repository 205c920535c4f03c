"""Guests: people of the library and partners, invited to the days of one theme."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from enrolment.domain import introductions
from enrolment.domain.answers import of_guest
from enrolment.domain.enrolment import Enrolment
from enrolment.domain.facts import GuestConfirmed, GuestDeclined, GuestEnded, GuestInvited
from enrolment.domain.guest import Guest
from enrolment.domain.punctuality import punctual
from enrolment.domain.turn import GUEST_LAPSE, Turn
from spn.decision import Decision

if TYPE_CHECKING:
    from enrolment.commands import ConfirmGuest, DeclineGuest, InviteGuest, LapseGuest
    from enrolment.commands.guests import GuestCommand
    from enrolment.domain.edition import Edition


@punctual()
def invite_guest(turn: Turn, command: InviteGuest) -> Decision[Edition]:
    """Invite somebody to one theme, as long as the library's quota for it lasts."""
    enrolment, terms = turn.enrolment(command.enrolment_id), turn.edition.terms
    if enrolment.status != "accepted":
        raise of_guest.no_seat(enrolment)
    if turn.now >= terms.ends_at:
        raise of_guest.edition_over(terms)
    theme = terms.theme(command.theme_id)
    if theme is None:
        raise of_guest.unknown_theme(terms, command.theme_id)
    known = _coming(turn, enrolment, command)
    if known:
        return turn.answered(of_guest.invited_before(known))
    if turn.edition.live_enrolment_of(command.guest.email):
        raise of_guest.takes_part(enrolment)
    if len(_of_library(turn, enrolment, command.theme_id)) >= theme.guests_per_library:
        raise of_guest.quota_reached(enrolment, theme)
    turn, person = introductions.person(turn, command.guest, "guest")
    expires_at = min(turn.now + timedelta(days=terms.guest_days), terms.ends_at)
    guest = Guest(
        guest_id=turn.at.new_id("guest invited"),
        edition_id=turn.edition.edition_id,
        enrolment_id=enrolment.enrolment_id,
        organisation_id=enrolment.organisation_id,
        theme_id=theme.theme_id,
        person_id=person.person_id,
        status="invited",
        invited_at=turn.now,
        expires_at=expires_at,
    )
    turn = turn.put_guest(guest, GuestInvited).wake(GUEST_LAPSE, expires_at, str(guest.guest_id))
    return turn.answered(of_guest.invited(guest, theme))


def _the_one_named(turn: Turn, command: GuestCommand) -> Turn:
    """The stored instant has the authority over an invitation, not the wake-up."""
    guest = turn.edition.guests.get(command.guest_id)
    if guest is None or not guest.is_overdue(turn.now):
        return turn
    return _quiet(turn.put_guest(guest.now("lapsed"), GuestEnded), guest)


@punctual(_the_one_named)
def confirm_guest(turn: Turn, command: ConfirmGuest) -> Decision[Edition]:
    """The guest comes."""
    guest = _named(turn, command)
    if guest.status == "confirmed":
        return turn.answered(of_guest.confirmed_before(guest))
    if guest.status != "invited":
        raise of_guest.over(guest)
    confirmed = guest.now("confirmed")
    return _quiet(turn.put_guest(confirmed, GuestConfirmed), guest).answered(of_guest.confirmed(confirmed))


@punctual(_the_one_named)
def decline_guest(turn: Turn, command: DeclineGuest) -> Decision[Edition]:
    """The guest does not come, also when that was confirmed before. A place of the quota is free again."""
    guest = _named(turn, command)
    if guest.status == "declined":
        return turn.answered(of_guest.declined_before(guest))
    if not guest.is_coming:
        raise of_guest.over(guest)
    declined = guest.now("declined")
    return _quiet(turn.put_guest(declined, GuestDeclined), guest).answered(of_guest.declined(declined))


@punctual(_the_one_named)
def lapse_guest(turn: Turn, command: LapseGuest) -> Decision[Edition]:
    """Wake up at the end of an invitation. Too early by the log's clock: once more at that instant."""
    guest = _named(turn, command)
    if guest.status == "invited" and guest.expires_at:
        again = turn.wake(GUEST_LAPSE, guest.expires_at, str(guest.guest_id))
        return again.answered(of_guest.lapses_later(guest, guest.expires_at))
    if turn.facts and isinstance(turn.facts[-1], GuestEnded):
        return turn.answered(of_guest.lapsed(guest))
    return turn.answered(of_guest.nothing_to_lapse(guest))


def without_guests(turn: Turn, enrolment: Enrolment) -> Turn:
    """Nobody comes as a guest of this enrolment any more."""
    return _ended(turn, (g for g in _coming_guests(turn) if g.enrolment_id == enrolment.enrolment_id))


def no_guest_any_more(turn: Turn, enrolment: Enrolment) -> Turn:
    """Who takes part is nobody's guest, whoever invited them: their place of the quota is for another."""
    return _ended(turn, (g for g in _coming_guests(turn) if g.person_id == enrolment.participant_id))


def all_ended(turn: Turn) -> Turn:
    """Nobody comes as a guest any more."""
    return _ended(turn, _coming_guests(turn))


def all_over(turn: Turn) -> Turn:
    """The edition is over: an invitation that was not answered has lapsed; who confirmed has been there."""
    for guest in _coming_guests(turn):
        if guest.status == "invited":
            turn = _quiet(turn.put_guest(guest.now("lapsed"), GuestEnded), guest)
    return turn


def _ended(turn: Turn, guests: Iterable[Guest]) -> Turn:
    for guest in guests:
        turn = _quiet(turn.put_guest(guest.now("ended"), GuestEnded), guest)
    return turn


def _quiet(turn: Turn, guest: Guest) -> Turn:
    return turn.wake(GUEST_LAPSE, None, str(guest.guest_id))


def _named(turn: Turn, command: GuestCommand) -> Guest:
    found = turn.edition.guests.get(command.guest_id)
    if found is None:
        raise of_guest.unknown(command.guest_id)
    return found


def _coming(turn: Turn, enrolment: Enrolment, command: InviteGuest) -> Guest | None:
    person = turn.edition.people.get(command.guest.email)
    theirs = _of_library(turn, enrolment, command.theme_id)
    return next((g for g in theirs if person and g.person_id == person.person_id), None)


def _of_library(turn: Turn, enrolment: Enrolment, theme_id: str) -> list[Guest]:
    library = enrolment.organisation_id
    return [
        g
        for g in _coming_guests(turn)
        if g.organisation_id == library and g.theme_id == theme_id and not g.is_overdue(turn.now)
    ]


def _coming_guests(turn: Turn) -> list[Guest]:
    return sorted((g for g in turn.edition.guests.values() if g.is_coming), key=lambda g: (g.invited_at, g.guest_id))
