"""Every row that is tampered with, and the check that must find it."""

from __future__ import annotations

from tests.mutants.forging import FORGERIES, Forgery
from tests.mutants.tampering import Tampering

_ENROLMENT = (
    Tampering(
        *("an enrolment is deleted", "enrolment", "enrolments", "enrolment_id"),
        where="status = 'waiting'",
        caught_by="stored-as-told",
    ),
    Tampering(
        *("who withdrew has a seat again", "enrolment", "enrolments", "edition_id"),
        where="status = 'withdrawn'",
        to="status = 'accepted'",
        caught_by="seats-now",
    ),
    Tampering(
        *("a counter of seats is wrong", "enrolment", "editions", "edition_id"),
        where="true",
        to="seats_taken = 1",
        caught_by="seats-now",
    ),
    Tampering(
        *("the newest event is not the one that was told", "enrolment", "told", "subject"),
        where="topic = 'spn.enrolment.events'",
        to="headers = ARRAY[replace(headers[1]::text, 'enrolment.', 'enrolment.re-')::json]",
        caught_by="newest-told",
    ),
    Tampering(
        *("what a guest was told is passed off as something else", "enrolment", "told", "subject"),
        where="topic = 'spn.enrolment.events' AND headers[1]::text LIKE '%.guest-%'",
        to="headers = ARRAY[replace(headers[1]::text, 'enrolment.guest-', 'enrolment.')::json]",
        caught_by="newest-told",
    ),
    Tampering(
        *("a number was given and nothing told", "enrolment", "sequences", "key"),
        where="topic LIKE '%.events'",
        to="last = last + 1",
        caught_by="told-complete",
    ),
    Tampering(
        *("an entry of a journal is changed", "enrolment", "journal", "edition_id"),
        where="entry = 3",
        to="request = request + 1",
        caught_by="journal-sealed",
    ),
    Tampering(
        *("the reason of an entry is changed", "enrolment", "journal", "edition_id"),
        where="reason IS NOT NULL AND command_id IS NOT NULL",
        to="reason = 'Zomaar'",
        caught_by="journal-sealed",
    ),
    Tampering(
        *("an entry of a journal is deleted", "enrolment", "journal", "edition_id"),
        where="entry = 3",
        caught_by="journal-sealed",
    ),
    Tampering(
        *("a guest over the quota is coming", "enrolment", "guests", "edition_id"),
        where="status = 'declined'",
        to="status = 'confirmed'",
        caught_by="guests-within-quota",
    ),
    Tampering(
        *("a guest is deleted", "enrolment", "guests", "guest_id"),
        where="status = 'confirmed'",
        caught_by="stored-as-told",
    ),
    Tampering(
        *("seats are amended below what is taken", "enrolment", "editions", "edition_id"),
        where="seats_taken > 1",
        to="terms = jsonb_set(terms, '{seats}', '1')",
        caught_by="seats-now",
    ),
    Tampering(
        *("who has a seat owes another payer's part too", "enrolment", "enrolments", "enrolment_id"),
        where="status = 'accepted' AND jsonb_array_length(payers) > 1",
        to="payers = jsonb_set(payers, '{1,lines,0,owed_cents}', payers #> '{0,lines,0,owed_cents}')",
        caught_by="owed-by-seat",
    ),
    Tampering(
        *("a session that people see is behind", "enrolment", "sessions", "session_id"),
        where="heard > 1",
        to="heard = 1",
        caught_by="heard-by-readers",
    ),
)
_BILLING = (
    Tampering(
        *("an account is deleted", "billing", "accounts", "enrolment_id"),
        where="sequence > 0",
        caught_by="heard-by-readers",
    ),
    Tampering(
        *("an account is behind", "billing", "accounts", "enrolment_id"),
        where="sequence > 1",
        to="sequence = 1",
        caught_by="heard-by-readers",
    ),
    Tampering(
        *("one payer owes a cent more, and another a cent less", "billing", "accounts", "enrolment_id"),
        where="json_array_length(agreement::json -> 'payers') > 1",
        to="agreement = jsonb_set(jsonb_set(agreement::jsonb,"
        " '{payers,0,lines,0,owed_cents}', to_jsonb((agreement::jsonb #> '{payers,0,lines,0,owed_cents}')::int + 1)),"
        " '{payers,1,lines,0,owed_cents}', to_jsonb((agreement::jsonb #> '{payers,1,lines,0,owed_cents}')::int - 1))",
        caught_by="agreements-agree",
    ),
    Tampering(
        *("an invoice is deleted", "billing", "documents", "enrolment_id"),
        where="kind = 'invoice'",
        caught_by="owed-is-invoiced",
    ),
    Tampering(
        *("a number is used for nothing", "billing", "series", "series"),
        where="true",
        to="last_ordinal = last_ordinal + 1",
        caught_by="numbers-consecutive",
    ),
    Tampering(
        *("a file is changed", "billing", "document_files", "sha256"),
        where="true",
        to="content = content || '\\x00'",
        caught_by="files-intact",
    ),
)
_SCHEDULING = (
    Tampering(
        *("a place is deleted", "scheduling", "places", "person_id"),
        where="status = 'confirmed'",
        caught_by="places-given",
    ),
    Tampering(
        *("a member is deleted", "scheduling", "members", "enrolment_id"),
        where="accepted",
        caught_by="heard-by-readers",
    ),
    Tampering(
        *("a session is changed and nothing told", "scheduling", "sessions", "session_id"),
        where="true",
        to="sequence = sequence + 1",
        caught_by="sessions-as-told",
    ),
    Tampering(
        *("a session is deleted", "scheduling", "sessions", "session_id"),
        where="sequence > 0",
        caught_by="sessions-as-told",
    ),
)
_NOTIFICATIONS = (
    Tampering(
        *("a contact is deleted", "notifications", "contacts", "person_id"),
        where="sequence > 0",
        caught_by="heard-by-readers",
    ),
    Tampering(
        *("a message is deleted", "notifications", "messages", "about"),
        where="purpose = 'invoice'",
        caught_by="everybody-told",
    ),
    Tampering(
        *("a thread is deleted", "notifications", "threads", "about"),
        where="wanted ->> 'entry' IS NOT NULL",
        caught_by="everybody-told",
    ),
    Tampering(
        *("what was sent before is forgotten", "notifications", "messages", "id"),
        where="state = 'sent' AND purpose = 'waitlisted'",
        caught_by="sent-once",
    ),
    Tampering(
        *("a mail that was sent counts as failed", "notifications", "messages", "id"),
        where="state = 'sent'",
        to="state = 'failed'",
        caught_by="mails-arrived",
    ),
    Tampering(
        *("a reader is behind", "notifications", "consumer_offsets", "topic"),
        where="next_offset > 1",
        to="next_offset = 1",
        caught_by="read-to-the-end",
    ),
)
TAMPERINGS: tuple[Tampering | Forgery, ...] = (*_ENROLMENT, *_BILLING, *_SCHEDULING, *_NOTIFICATIONS, *FORGERIES)
