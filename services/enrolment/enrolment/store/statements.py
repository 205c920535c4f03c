"""What is written: each statement serves any number of commands."""

from __future__ import annotations

INSERT_PEOPLE = """
    INSERT INTO people (person_id, email, name, language, revision)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::integer[])"""
UPDATE_PEOPLE = """
    UPDATE people p SET email = new.email, name = new.name, language = new.language, revision = new.revision
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::integer[])
        AS new (person_id, email, name, language, revision, known)
    WHERE p.person_id = new.person_id AND p.revision = new.known
    RETURNING 1"""
INSERT_ORGANISATIONS = """
    INSERT INTO organisations (organisation_id, legal_name, kvk, oin, street, postcode, city, country, poi, province,
        holiday_region, revision)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::text[], $11::text[], $12::integer[])"""
UPDATE_ORGANISATIONS = """
    UPDATE organisations o SET legal_name = new.legal_name, kvk = new.kvk, oin = new.oin, street = new.street,
        postcode = new.postcode, city = new.city, country = new.country, poi = new.poi, province = new.province,
        holiday_region = new.holiday_region, revision = new.revision
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
        $9::text[], $10::text[], $11::text[], $12::integer[], $13::integer[]) AS new (organisation_id, legal_name, kvk,
        oin, street, postcode, city, country, poi, province, holiday_region, revision, known)
    WHERE o.organisation_id = new.organisation_id AND o.revision = new.known
    RETURNING 1"""
INSERT_EDITIONS = """
    INSERT INTO editions (terms, edition_id, state, seats_taken, waiting, last_number, last_moment, journal_entries,
        journal_head, seats, revision)
    SELECT * FROM unnest($1::jsonb[], $2::text[], $3::text[], $4::integer[], $5::integer[], $6::bigint[],
        $7::timestamptz[], $8::bigint[], $9::text[], $10::integer[], $11::bigint[])"""
UPDATE_EDITIONS = """
    UPDATE editions e SET state = new.state, seats_taken = new.seats_taken, waiting = new.waiting,
        last_number = new.last_number, last_moment = new.last_moment, journal_entries = new.journal_entries,
        journal_head = new.journal_head, seats = new.seats, revision = new.revision
    FROM unnest($1::text[], $2::text[], $3::integer[], $4::integer[], $5::bigint[], $6::timestamptz[], $7::bigint[],
        $8::text[], $9::integer[], $10::bigint[])
        AS new (edition_id, state, seats_taken, waiting, last_number, last_moment, journal_entries, journal_head, seats,
        revision)
    WHERE e.edition_id = new.edition_id"""
AMEND_EDITIONS = """
    UPDATE editions e SET terms = new.terms FROM unnest($1::text[], $2::jsonb[]) AS new (edition_id, terms)
    WHERE e.edition_id = new.edition_id"""
UPDATE_ENROLMENTS = """
    UPDATE enrolments e SET status = new.status, participant_id = new.participant_id,
        former_participant_ids = new.former::uuid[], offer_expires_at = new.offer_expires_at, payers = new.payers,
        withdrawal_reason = new.withdrawal_reason, organisation_id = new.organisation_id, place = new.place,
        commitment = new.commitment, commitment_ends_on = new.commitment_ends_on, entry = new.entry,
        link_version = new.link_version, link_sent_at = new.link_sent_at
    FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::timestamptz[], $6::jsonb[], $7::text[],
        $8::text[], $9::bigint[], $10::text[], $11::date[], $12::bigint[], $13::integer[], $14::timestamptz[])
        AS new (enrolment_id, status, participant_id, former, offer_expires_at, payers, withdrawal_reason,
        organisation_id, place, commitment, commitment_ends_on, entry, link_version, link_sent_at)
    WHERE e.enrolment_id = new.enrolment_id"""
INSERT_ENROLMENTS = """
    INSERT INTO enrolments (enrolment_id, status, participant_id, former_participant_ids, offer_expires_at, payers,
        withdrawal_reason, organisation_id, place, commitment, commitment_ends_on, entry, link_version, link_sent_at,
        edition_id, number, requested_at, requester_id, motivation, agreement)
    SELECT enrolment_id, status, participant_id, former::uuid[], offer_expires_at, payers, withdrawal_reason,
        organisation_id, place, commitment, commitment_ends_on, entry, link_version, link_sent_at, edition_id, number,
        requested_at, requester_id, motivation, agreement
    FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::timestamptz[], $6::jsonb[], $7::text[],
        $8::text[], $9::bigint[], $10::text[], $11::date[], $12::bigint[], $13::integer[], $14::timestamptz[],
        $15::text[], $16::bigint[], $17::timestamptz[], $18::uuid[], $19::text[], $20::jsonb[])
        AS new (enrolment_id, status, participant_id, former, offer_expires_at, payers, withdrawal_reason,
        organisation_id, place, commitment, commitment_ends_on, entry, link_version, link_sent_at, edition_id, number,
        requested_at, requester_id, motivation, agreement)"""
INSERT_ENTRIES = """
    INSERT INTO journal (edition_id, entry, what, enrolment_id, request, position, moment, kafka_partition,
        kafka_offset, command_id, who, reason, said, seal)
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::uuid[], $5::bigint[], $6::bigint[],
        $7::timestamptz[], $8::integer[], $9::bigint[], $10::uuid[], $11::text[], $12::text[], $13::text[],
        $14::text[])"""
SAVE_GUESTS = """
    INSERT INTO guests (guest_id, edition_id, enrolment_id, organisation_id, theme_id, person_id, status, invited_at,
        expires_at)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::text[],
        $8::timestamptz[], $9::timestamptz[])
    ON CONFLICT (guest_id) DO UPDATE SET status = EXCLUDED.status, expires_at = EXCLUDED.expires_at"""
