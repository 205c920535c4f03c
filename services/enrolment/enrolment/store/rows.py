"""From rows to the domain's words. Nested parts are JSON, written and read by pydantic."""

from __future__ import annotations

from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from enrolment.domain.edition import Edition
from enrolment.domain.enrolment import Agreement, Enrolment, Payer
from enrolment.domain.guest import Guest
from enrolment.domain.journal import Journal
from enrolment.domain.parties import Organisation, Person
from enrolment.domain.terms import Terms

TERMS = TypeAdapter(Terms)
PAYERS = TypeAdapter(tuple[Payer, ...])
AGREEMENT = TypeAdapter(Agreement)


def edition(row: asyncpg.Record) -> Edition:
    """An edition without its children."""
    return Edition(
        edition_id=row["edition_id"],
        published=TERMS.validate_json(row["terms"]),
        state=row["state"],
        seats_taken=row["seats_taken"],
        waiting=row["waiting"],
        last_number=row["last_number"],
        last_moment=row["last_moment"],
        revision=row["revision"],
        journal=Journal(row["journal_entries"], row["journal_head"]),
    )


def person(row: asyncpg.Record) -> Person:
    """A person: the columns are the fields."""
    return Person(**row)


def organisation(row: asyncpg.Record) -> Organisation:
    """An organisation: the columns are the fields."""
    return Organisation(**row)


def guest(row: asyncpg.Record) -> Guest:
    """A guest: the columns are the fields."""
    return Guest(**row)


def enrolment(row: asyncpg.Record) -> Enrolment:
    """An enrolment."""
    return Enrolment(
        enrolment_id=row["enrolment_id"],
        edition_id=row["edition_id"],
        number=row["number"],
        status=row["status"],
        participant_id=row["participant_id"],
        organisation_id=row["organisation_id"],
        requested_at=row["requested_at"],
        payers=PAYERS.validate_json(row["payers"]),
        former_participant_ids=tuple(row["former_participant_ids"]),
        offer_expires_at=row["offer_expires_at"],
        withdrawal_reason=row["withdrawal_reason"],
        entry=row["entry"],
        link_version=row["link_version"],
        link_sent_at=row["link_sent_at"],
        place=row["place"] or row["number"],
        requester_id=row["requester_id"],
        motivation=row["motivation"],
        agreement=AGREEMENT.validate_json(row["agreement"]) if row["agreement"] else None,
        commitment=row["commitment"],
        commitment_ends_on=row["commitment_ends_on"],
        in_second_year=row.get("in_second_year", False),
    )


def uuids(ids: tuple[UUID, ...]) -> str:
    """An array of ids as PostgreSQL writes it: ``unnest`` would flatten an array of arrays."""
    return "{" + ",".join(str(i) for i in ids) + "}"
