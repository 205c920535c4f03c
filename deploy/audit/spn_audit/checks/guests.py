"""Guests: no more than the quota of their library for the theme, and none without somebody who takes part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from spn_audit import programme
from spn_audit.checks.seats import TAIL, placed, whole_plays
from spn_audit.evidence import Evidence
from spn_audit.result import Check, Findings

TABLE = "database of enrolment, table guests, {}"


def guests_within_quota(seen: Evidence) -> Check:
    """The table now, and the log at each invitation.

    An amendment sends nobody away: so those who are coming now are held against the largest quota that was ever told
    for their theme, and each invitation against the one of its decision.
    """
    found = Findings()
    for what, where in (*_astray(seen), *_too_many_now(seen)):
        found.add(what, TABLE.format(where))
    invitations = 0
    for edition, play in whole_plays(seen):
        invitations += len(play.guests.invitations)
        terms = placed(seen, edition)
        for what in play.guests.astray:
            found.add(f"edition {edition}: {what}", f"topic {programme.ENROLMENTS}", TAIL)
        for one in play.guests.invitations:
            number = play.number_of(one.decision)
            quotas = [e.quotas.get(one.theme, 0) for e in terms.at(number)] if number is not None else []
            if quotas and one.coming > max(quotas):
                what = f"with guest {one.guest} {one.organisation} had {one.coming} coming to '{one.theme}'"
                where = f"topic {programme.ENROLMENTS}, guest {one.guest}"
                found.add(f"edition {edition}: {what}, and may have {max(quotas)}", where, TAIL)
    coming = sum(guest.status in programme.COMING for guest in seen.enrolment.guests.values())
    counted = {"guests": len(seen.enrolment.guests), "coming": coming, "invitations told": invitations}
    sentence = "No library has more guests coming to a theme than its quota, and each comes by somebody who takes part."
    return Check("guests-within-quota", sentence, counted, found.all(), len(seen.enrolment.guests))


def _astray(seen: Evidence) -> Iterator[tuple[str, str]]:
    for id_, guest in seen.enrolment.guests.items():
        by = seen.enrolment.enrolments.get(guest.enrolment)
        if by is None or by.edition != guest.edition:
            yield f"guest {id_} hangs on enrolment {guest.enrolment}, which is not there", f"guest_id {id_}"
        elif guest.status in programme.COMING and by.status not in programme.TAKING_PART:
            yield f"guest {id_} is {guest.status}, by enrolment {guest.enrolment}, {by.status}", f"guest_id {id_}"


def _too_many_now(seen: Evidence) -> Iterator[tuple[str, str]]:
    """Without the topics nobody knows what the quota was before an amendment: then this is left out."""
    coming: Counter[tuple[str, str, str]] = Counter()
    for guest in seen.enrolment.guests.values():
        edition = seen.enrolment.editions.get(guest.edition)
        over = edition is not None and guest.expires_at is not None and guest.expires_at <= edition.last_moment
        if guest.status in programme.COMING and not over:
            coming[guest.edition, guest.organisation, guest.theme] += 1
    for (edition_id, organisation, theme), count in coming.items():
        terms = seen.log.terms.get(edition_id) if seen.log else None
        quota = terms.quota(theme) if terms else None
        if quota is not None and count > quota:
            what = f"edition {edition_id}: {organisation} has {count} guests coming to '{theme}', and may have {quota}"
            yield what, f"edition_id {edition_id}, organisation_id {organisation}, theme_id {theme}"
