"""Buyers and contacts, each a root of its own: what others told of them, the newest of each."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import TypeAdapter

from billing.domain.parties import Address, Buyer, Contact
from spn.messaging.policies import Connection, Key

_ADDRESS = TypeAdapter(Address)


class Buyers:
    """Organisations that may be a payer."""

    name = "buyer"

    async def load(self, connection: Connection, keys: Sequence[Key]) -> dict[str, Buyer]:
        ids = sorted({key[0] for key in keys})
        await connection.execute(
            "INSERT INTO buyers (organisation_id) SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING", ids
        )
        rows = await connection.fetch(
            "SELECT organisation_id, sequence, address FROM buyers WHERE organisation_id = ANY($1::text[]) "
            "ORDER BY organisation_id FOR UPDATE",
            ids,
        )
        return {
            row[0]: Buyer(row[0], row[1], _ADDRESS.validate_json(row[2]) if row[2] is not None else None)
            for row in rows
        }

    async def save(self, connection: Connection, changes: Sequence[tuple[Buyer, Buyer]]) -> None:
        buyers = [after for before, after in changes if before != after]
        if not buyers:
            return
        await connection.execute(
            "UPDATE buyers b SET sequence = n.sequence, address = n.address::jsonb "
            "FROM unnest($1::text[], $2::bigint[], $3::text[]) AS n(id, sequence, address) "
            "WHERE b.organisation_id = n.id",
            [buyer.organisation_id for buyer in buyers],
            [buyer.sequence for buyer in buyers],
            [_ADDRESS.dump_json(buyer.address).decode() if buyer.address else None for buyer in buyers],
        )


class Contacts:
    """People who may be a payer's contact."""

    name = "contact"

    async def load(self, connection: Connection, keys: Sequence[Key]) -> dict[str, Contact]:
        ids = sorted({key[0] for key in keys})
        await connection.execute(
            "INSERT INTO contacts (person_id) SELECT * FROM unnest($1::uuid[]) ON CONFLICT DO NOTHING", ids
        )
        rows = await connection.fetch(
            "SELECT person_id, sequence, language FROM contacts WHERE person_id = ANY($1::uuid[]) "
            "ORDER BY person_id FOR UPDATE",
            ids,
        )
        return {str(row[0]): Contact(*row) for row in rows}

    async def save(self, connection: Connection, changes: Sequence[tuple[Contact, Contact]]) -> None:
        contacts = [after for before, after in changes if before != after]
        if not contacts:
            return
        await connection.execute(
            "UPDATE contacts c SET sequence = n.sequence, language = n.language "
            "FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS n(id, sequence, language) WHERE c.person_id = n.id",
            [contact.person_id for contact in contacts],
            [contact.sequence for contact in contacts],
            [contact.language for contact in contacts],
        )


BUYERS = Buyers()
CONTACTS = Contacts()
