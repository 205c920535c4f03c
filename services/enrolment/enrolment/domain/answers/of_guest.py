"""What is said of a guest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enrolment.domain.answers.of_enrolment import STATUS_EN, STATUS_NL
from enrolment.domain.calendar import when_en, when_nl
from spn.decision import Answer, Outcome, Refused

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from enrolment.domain.enrolment import Enrolment
    from enrolment.domain.guest import Guest
    from enrolment.domain.terms import Terms, Theme

GUEST_NL = {
    "invited": "uitgenodigd",
    "confirmed": "komt",
    "declined": "komt niet",
    "lapsed": "uitnodiging verlopen",
    "ended": "uitnodiging vervallen",
}
"""The status of a guest in Dutch words."""
GUEST_EN = {
    "invited": "invited",
    "confirmed": "coming",
    "declined": "not coming",
    "lapsed": "invitation lapsed",
    "ended": "invitation withdrawn",
}


def unknown(guest_id: UUID) -> Refused:
    """The edition has no such guest."""
    nl, en = "Deze uitnodiging bestaat niet in deze editie.", "There is no such invitation in this edition."
    return Refused("unknown-guest", nl, en, subject=str(guest_id))


def invited(guest: Guest, theme: Theme) -> Answer:
    """Somebody may come to one theme."""
    nl = f"De gast is uitgenodigd voor {theme.title_nl}."
    return _answer("done", "guest-invited", nl, f"The guest is invited to {theme.title_en}.", guest)


def invited_before(guest: Guest) -> Answer:
    """The same guest for the same theme is one invitation."""
    nl = f"Deze gast was al uitgenodigd voor dit thema ({GUEST_NL[guest.status]})."
    en = f"This guest was invited to this theme already ({GUEST_EN[guest.status]})."
    return _answer("unchanged", "guest-already-invited", nl, en, guest)


def confirmed(guest: Guest) -> Answer:
    """The guest comes."""
    return _answer("done", "guest-confirmed", "De gast komt.", "The guest is coming.", guest)


def confirmed_before(guest: Guest) -> Answer:
    """Confirmed by an earlier command."""
    nl, en = "De gast had al toegezegd.", "The guest had confirmed already."
    return _answer("unchanged", "guest-already-confirmed", nl, en, guest)


def declined(guest: Guest) -> Answer:
    """The guest does not come."""
    return _answer("done", "guest-declined", "De gast komt niet.", "The guest is not coming.", guest)


def declined_before(guest: Guest) -> Answer:
    """Declined by an earlier command."""
    nl, en = "De gast had al afgezegd.", "The guest had declined already."
    return _answer("unchanged", "guest-already-declined", nl, en, guest)


def lapsed(guest: Guest) -> Answer:
    """The invitation was not answered in time."""
    nl, en = "De uitnodiging is verlopen.", "The invitation has lapsed."
    return _answer("done", "guest-lapsed", nl, en, guest)


def lapses_later(guest: Guest, until: datetime) -> Answer:
    """The stored instant decides, not the wake-up."""
    nl, en = f"De uitnodiging geldt nog tot {when_nl(until)}.", f"The invitation stands until {when_en(until)}."
    return _answer("unchanged", "guest-lapses-later", nl, en, guest)


def nothing_to_lapse(guest: Guest) -> Answer:
    """The wake-up comes after the invitation was answered."""
    nl = f"Er is geen uitnodiging die kan verlopen ({GUEST_NL[guest.status]})."
    en = f"There is no invitation that could lapse ({GUEST_EN[guest.status]})."
    return _answer("unchanged", "guest-answered", nl, en, guest)


def over(guest: Guest) -> Refused:
    """There is no invitation any more."""
    nl = f"Deze uitnodiging geldt niet meer ({GUEST_NL[guest.status]})."
    en = f"This invitation no longer stands ({GUEST_EN[guest.status]})."
    return Refused("invitation-over", nl, en, subject=str(guest.guest_id), state=guest.status)


def no_seat(enrolment: Enrolment) -> Refused:
    """Guests come by somebody who takes part."""
    nl = f"Alleen wie een plaats heeft kan gasten uitnodigen ({STATUS_NL[enrolment.status]})."
    en = f"Only someone who has a seat can invite guests ({STATUS_EN[enrolment.status]})."
    return _refusal("not-accepted", nl, en, enrolment)


def edition_over(terms: Terms) -> Refused:
    """There is nothing left to come to."""
    return Refused("edition-over", "Deze editie is afgelopen.", "This edition is over.", subject=terms.edition_id)


def unknown_theme(terms: Terms, theme_id: str) -> Refused:
    """The edition does not work on this theme."""
    nl, en = f"Deze editie heeft geen thema '{theme_id}'.", f"This edition has no theme '{theme_id}'."
    return Refused("unknown-theme", nl, en, subject=terms.edition_id)


def takes_part(enrolment: Enrolment) -> Refused:
    """Who takes part, or waits for it, is no guest."""
    nl = "Deze persoon is zelf ingeschreven voor deze editie en kan er geen gast zijn."
    en = "This person is enrolled in this edition and cannot be a guest of it."
    return _refusal("guest-takes-part", nl, en, enrolment)


def quota_reached(enrolment: Enrolment, theme: Theme) -> Refused:
    """Each library may bring so many guests to a theme."""
    quota = theme.guests_per_library
    so_many_nl = "1 gast" if quota == 1 else f"{quota} gasten"
    so_many_en = "1 guest" if quota == 1 else f"{quota} guests"
    nl = f"Uw bibliotheek kan voor {theme.title_nl} ten hoogste {so_many_nl} uitnodigen; dat aantal is bereikt."
    en = f"Your library can invite {so_many_en} to {theme.title_en} at most; that number has been reached."
    return _refusal("guest-quota-reached", nl, en, enrolment)


def _answer(outcome: Outcome, code: str, nl: str, en: str, guest: Guest) -> Answer:
    return Answer(outcome, code, nl, en, str(guest.guest_id), guest.status)


def _refusal(code: str, nl: str, en: str, enrolment: Enrolment) -> Refused:
    return Refused(code, nl, en, subject=str(enrolment.enrolment_id), state=enrolment.status)
