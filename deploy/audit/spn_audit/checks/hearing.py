"""Whether each reader knows the newest of everything it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spn_audit import programme
from spn_audit.evidence import Evidence
from spn_audit.reading.mechanism import Told
from spn_audit.result import Check, Findings
from spn_audit.states import Account, Enrolment, Guest, Session


def heard_by_readers(seen: Evidence) -> Check:
    """The number that a reader keeps of each aggregate is that of its newest event."""
    found, examined = Findings(), 0
    for service, table, what, told, heard in _pairs(seen):
        examined += 1
        if heard != told:
            behind = "never heard of" if heard is None else f"is at number {heard} of"
            ahead = heard is not None and heard > told
            found.add(
                f"{service} {behind} {what}, whose newest event has number {told}",
                f"database of {service}, table {table}",
                f"spn dead-letters list {service}",
                # Further on, it is another finding: only what stands still counts.
                key=f"{service} {table} {what} {heard}{' ahead' if ahead else ''}",
            )
    sentence = "Every reader knows the newest event of everything it reads."
    return Check("heard-by-readers", sentence, {"states compared": examined}, found.all(), examined)


def _pairs(seen: Evidence) -> Iterator[tuple[str, str, str, int, int | None]]:
    """Service, table, what, the number told and the number heard."""
    yield from _plain("billing", "buyers", seen.told(programme.ORGANISATIONS), seen.billing.buyers)
    # Who was erased is known to nobody under the newest number: there is nothing to know.
    people = {id_: told for id_, told in seen.told(programme.PEOPLE).items() if told.type != programme.ERASED}
    yield from _plain("billing", "contacts", people, seen.billing.contacts)
    yield from _plain("notifications", "contacts", people, seen.notifications.contacts)
    yield from _plain("notifications", "editions", seen.told(programme.EDITIONS), seen.notifications.editions)
    enrolments = seen.told_enrolments()
    accounts = {id_: row.sequence for id_, row in seen.billing.accounts.items()}
    yield from _plain("billing", "accounts", enrolments, accounts)
    members = {id_: row.sequence for id_, row in seen.scheduling.members.items()}
    yield from _plain("scheduling", "members", enrolments, members)
    yield from _plain("enrolment", "sessions", seen.told(programme.SESSIONS), seen.enrolment.sessions)
    yield from _threads(seen)
    for subject, told in seen.told(programme.SESSIONS).items():
        if isinstance(told.state, Session) and told.state.attendees:
            yield "notifications", "sessions", subject, told.state.sequence, seen.notifications.sessions.get(subject)


def _plain(
    service: str, table: str, told: Mapping[str, Told], heard: Mapping[str, int]
) -> Iterator[tuple[str, str, str, int, int | None]]:
    for subject, newest in told.items():
        yield service, table, subject, newest.sequence, heard.get(subject)


def _threads(seen: Evidence) -> Iterator[tuple[str, str, str, int, int | None]]:
    """Notifications keeps a number for each person that an aggregate concerns."""
    for person, about, sequence in _concerned(seen):
        thread = seen.notifications.threads.get((person, about))
        heard = thread.sequence if thread else None
        yield "notifications", "threads", f"{about} for person {person}", sequence, heard


def _concerned(seen: Evidence) -> Iterator[tuple[str, str, int]]:
    """Whom the newest events concern: person, subject, number.

    Of an enrolment whose newest event is a fresh link, what was told before that is heard under an older number.
    """
    for subject, told in seen.told_enrolments().items():
        state = told.state
        if isinstance(state, Enrolment) and told.type != programme.LINK_SENT:
            yield from ((person, subject, told.sequence) for person in dict.fromkeys(state.people))
        elif isinstance(state, Enrolment) and state.sealed and state.linked:
            yield state.participant, programme.about_link(subject, state.sealed.entry), told.sequence
    for subject, told in seen.told_guests().items():
        if isinstance(told.state, Guest):
            yield told.state.person, subject, told.sequence
    for told in seen.told(programme.ACCOUNTS).values():
        if isinstance(told.state, Account):
            yield from ((document.contact, document.number, told.sequence) for document in told.state.documents)
