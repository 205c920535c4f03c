"""Drafts as the issuer sees them: what is ready, what waits for whom, what failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from asyncpg import Record
from pydantic import TypeAdapter

from billing.domain.account import Account, Draft, Language
from billing.domain.parties import Address
from billing.store.accounts import ACCOUNTS
from spn.messaging.policies import Connection

_ADDRESS = TypeAdapter(Address)
BACKOFF_SECONDS_MIN = 5
BACKOFF_SECONDS_MAX = 3_600
_KNOWN = "FROM drafts d LEFT JOIN buyers b USING (organisation_id) LEFT JOIN contacts c ON c.person_id = d.contact_id "


@dataclass(frozen=True, slots=True)
class Ready:
    """A draft of which everything is known that a document needs. Read without a lock: it may be gone by now."""

    account: Account
    draft: Draft
    address: Address
    language: Language


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many drafts are ready (among them those that failed and are tried again), and how many lack something."""

    ready: int
    failed: int
    without_address: int
    without_language: int


async def ready(connection: Connection, limit: int) -> list[Ready]:
    """The first drafts in line that are ready and not waiting to be tried again, with their accounts."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        rows = await connection.fetch(
            "SELECT d.draft_id, d.enrolment_id, b.address, c.language " + _KNOWN + "WHERE b.address IS NOT NULL "
            "AND c.language IS NOT NULL AND (d.retry_at IS NULL OR d.retry_at <= now()) ORDER BY d.place LIMIT $1",
            limit,
        )
        accounts = await ACCOUNTS.read(connection, {row["enrolment_id"] for row in rows})
    return [_ready(row, accounts[str(row["enrolment_id"])]) for row in rows]


def _ready(row: Record, account: Account) -> Ready:
    draft = next(d for d in account.drafts if d.draft_id == row["draft_id"])
    return Ready(account, draft, _ADDRESS.validate_json(row["address"]), row["language"])


async def waiting(connection: Connection) -> Waiting:
    """What waits, and for what."""
    row = await connection.fetchrow(
        "SELECT count(*) FILTER (WHERE b.address IS NOT NULL AND c.language IS NOT NULL), "
        "count(*) FILTER (WHERE d.attempts > 0), count(*) FILTER (WHERE b.address IS NULL), "
        "count(*) FILTER (WHERE b.address IS NOT NULL AND c.language IS NULL) " + _KNOWN
    )
    assert row is not None
    return Waiting(*row)


async def put_off(connection: Connection, errors: Mapping[UUID, str]) -> None:
    """Note why drafts could not become documents, and try them later: each time twice as late, up to an hour."""
    await connection.execute(
        "UPDATE drafts d SET attempts = attempts + 1, error = f.error, "
        "retry_at = now() + least($3, $4 * 2 ^ least(attempts, 20)) * interval '1 second' "
        "FROM unnest($1::uuid[], $2::text[]) AS f(id, error) WHERE d.draft_id = f.id",
        list(errors),
        [error[:500] for error in errors.values()],
        BACKOFF_SECONDS_MAX,
        BACKOFF_SECONDS_MIN,
    )
