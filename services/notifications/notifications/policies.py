"""What notifications does, and when. Each line: message, decision in domain/. Nothing else decides.

Sending is not decided here: a message that waits is taken by the mailer (mailing/), which asks ``domain.concluded``
what follows from the mail server's answer.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from notifications import events_in, events_out
from notifications.domain import (
    ADDRESS,
    AGE_MAX,
    DOCUMENT_EXPIRED,
    about_link,
    announce_documents,
    forget_document,
    keep_document,
    keep_edition,
    know_person,
    remember_failed,
    remember_sent,
    send_link,
    settle_enrolment,
    settle_guest,
    settle_session,
    wanted_of,
)
from notifications.store import AUDIENCES, CONTACTS, DOCUMENTS, EDITIONS, in_session
from spn.messaging.policies import Key, Policies, due, on


def policies(age_max: timedelta = AGE_MAX) -> Policies:
    """The map. Facts older than ``age_max`` build state and send no mail."""
    return Policies(
        on(
            events_in.Person,
            partial(know_person, age_max=age_max),
            root=CONTACTS,
            keys=lambda person: [(str(person.person_id), ADDRESS)],
            name="know_person",
        ),
        # happy path and compensation are one: the newest state says what its people should have been told
        on(
            events_in.Enrolment,
            partial(settle_enrolment, age_max=age_max),
            root=CONTACTS,
            keys=concerned,
            name="settle_enrolment",
        ),
        on(
            events_in.LinkSent,
            partial(send_link, age_max=age_max),
            root=CONTACTS,
            keys=lambda sent: [(str(sent.participant_id), about_link(sent))],
            name="send_link",
        ),
        on(
            events_in.Guest,
            partial(settle_guest, age_max=age_max),
            root=CONTACTS,
            keys=lambda guest: [(str(guest.person_id), str(guest.guest_id))],
            name="settle_guest",
        ),
        on(
            events_in.Session,
            partial(settle_session, age_max=age_max),
            root=AUDIENCES,
            keys=attendees,
            name="settle_session",
            superseded=events_in.Session.types,
        ),
        on(
            events_in.Account,
            partial(announce_documents, age_max=age_max),
            root=CONTACTS,
            keys=payers,
            name="announce_documents",
        ),
        # what mails refer to
        on(events_in.EditionTold, keep_edition, root=EDITIONS, keys=lambda edition: [(edition.edition_id,)]),
        on(events_in.StoredDocument, keep_document, root=DOCUMENTS, keys=lambda document: [(document.sha256,)]),
        due(DOCUMENT_EXPIRED, forget_document, root=DOCUMENTS),
        # what we sent ourselves, before the database was emptied
        on(events_in.SentMessage, remember_sent, root=CONTACTS, keys=lambda told: [(str(told.person_id), told.about)]),
        on(
            events_in.FailedMessage,
            remember_failed,
            root=CONTACTS,
            keys=lambda told: [(str(told.person_id), told.about)],
        ),
        tell=events_out.tell,
    )


def concerned(enrolment: events_in.Enrolment) -> list[Key]:
    """Who takes part, who did before, and who asked for them: their threads about this enrolment."""
    asked = () if enrolment.requester_id is None else (enrolment.requester_id,)
    people = dict.fromkeys((enrolment.participant_id, *enrolment.former_participant_ids, *asked))
    return [(str(person), str(enrolment.enrolment_id)) for person in people]


def attendees(session: events_in.Session) -> list[Key]:
    """The session, with everyone who has or had a place and what each is to be told."""
    gists = {place: wanted_of(session, place).gist for place in set(session.places.values())}
    told = {person: gists[place] for person, place in session.places.items()}
    return [in_session(session.session_id, session.sequence, told)]


def payers(account: events_in.Account) -> list[Key]:
    """The contact of each payer: the threads about that payer's documents."""
    numbers: dict[str, list[str]] = {}
    for document in account.documents:
        numbers.setdefault(str(document.contact_id), []).append(document.number)
    return [(person, *some) for person, some in numbers.items()]


POLICIES = policies()
