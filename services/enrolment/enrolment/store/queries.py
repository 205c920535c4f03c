"""What is read: each statement serves any number of commands."""

from __future__ import annotations

LOCK_EDITIONS = """
    SELECT edition_id, state, terms, seats_taken, waiting, last_number, last_moment, journal_entries, journal_head,
        revision
    FROM editions WHERE edition_id = ANY($1::text[]) ORDER BY edition_id FOR UPDATE"""
PEOPLE = "SELECT person_id, name, email, language, revision FROM people WHERE email = ANY($1::text[])"
PEOPLE_BY_ID = "SELECT person_id, name, email, language, revision FROM people WHERE person_id = ANY($1::uuid[])"
ORGANISATIONS = """
    SELECT organisation_id, legal_name, kvk, oin, street, postcode, city, country, poi, province, holiday_region,
        revision
    FROM organisations WHERE organisation_id = ANY($1::text[])"""
NAMED = """
    SELECT e.* FROM unnest($1::text[], $2::uuid[]) AS asked (edition_id, enrolment_id)
    JOIN enrolments e USING (edition_id, enrolment_id)"""
LIVE = """
    SELECT e.* FROM unnest($1::text[], $2::uuid[]) AS asked (edition_id, participant_id)
    JOIN enrolments e USING (edition_id, participant_id)
    WHERE e.status IN ('requested', 'accepted', 'waiting', 'offered')"""
WHOLE = """
    SELECT e.*, EXISTS (
        SELECT FROM journal j WHERE j.enrolment_id = e.enrolment_id AND j.what = 'second-year-started'
    ) AS in_second_year
    FROM enrolments e
    WHERE e.edition_id = ANY($1::text[]) AND e.status IN ('requested', 'accepted', 'waiting', 'offered', 'completed')"""
FIRST_IN_LINE = """
    SELECT e.* FROM unnest($1::text[], $2::bigint[]) AS asked (edition_id, most)
    CROSS JOIN LATERAL (
        SELECT w.*, row_number() OVER (ORDER BY coalesce(w.place, w.number)) AS position
        FROM enrolments w
        WHERE w.edition_id = asked.edition_id AND w.status = 'waiting'
        ORDER BY coalesce(w.place, w.number)
        LIMIT asked.most
    ) e"""
RANKS = """
    SELECT e.edition_id, e.enrolment_id, (
        SELECT count(*) FROM enrolments w
        WHERE w.edition_id = e.edition_id AND w.status = 'waiting'
            AND coalesce(w.place, w.number) <= coalesce(e.place, e.number)
    ) AS position
    FROM enrolments e WHERE e.enrolment_id = ANY($1::uuid[]) AND e.status = 'waiting'"""
GUESTS = "SELECT g.* FROM guests g WHERE g.guest_id = ANY($1::uuid[])"
GUESTS_OF_ENROLMENTS = """
    SELECT g.* FROM guests g
    WHERE g.enrolment_id = ANY($1::uuid[]) AND g.status IN ('invited', 'confirmed')"""
GUESTS_THEMSELVES = """
    SELECT g.* FROM unnest($1::text[], $2::uuid[]) AS asked (edition_id, person_id)
    JOIN guests g USING (edition_id, person_id) WHERE g.status IN ('invited', 'confirmed')"""
GUESTS_OF_EDITIONS = """
    SELECT g.* FROM guests g
    WHERE g.edition_id = ANY($1::text[]) AND g.status IN ('invited', 'confirmed')"""
GUESTS_OF_LIBRARIES = """
    SELECT g.* FROM unnest($1::uuid[], $2::text[]) AS asked (enrolment_id, theme_id)
    JOIN enrolments e USING (enrolment_id)
    JOIN guests g ON g.edition_id = e.edition_id AND g.organisation_id = e.organisation_id
        AND g.theme_id = asked.theme_id AND g.status IN ('invited', 'confirmed')"""
POSITION = """
    SELECT count(*) FROM enrolments
    WHERE edition_id = $1 AND status = 'waiting' AND coalesce(place, number) <= $2"""
"""The rank of who waits at this place of the line."""
