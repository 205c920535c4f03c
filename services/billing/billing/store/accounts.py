"""Accounts with their drafts and documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from asyncpg import Record
from pydantic import TypeAdapter

from billing.domain.account import Account, Agreement, Document, Draft
from billing.domain.issue import place_of
from spn.messaging.policies import Connection, Key

_AGREEMENT = TypeAdapter(Agreement)
_DRAFT = TypeAdapter(Draft)
_DOCUMENT = TypeAdapter(Document)


class Accounts:
    """The aggregate: an account is locked as a whole, and nothing of it changes but under that lock."""

    name = "account"

    async def load(self, connection: Connection, keys: Sequence[Key]) -> dict[str, Account]:
        ids = sorted({key[0] for key in keys})
        await connection.execute(
            "INSERT INTO accounts (enrolment_id) SELECT * FROM unnest($1::uuid[]) ON CONFLICT DO NOTHING", ids
        )
        rows = await connection.fetch(
            "SELECT enrolment_id, sequence, agreement FROM accounts WHERE enrolment_id = ANY($1::uuid[]) "
            "ORDER BY enrolment_id FOR UPDATE",
            ids,
        )
        return await _with_children(connection, rows)

    async def read(self, connection: Connection, ids: Iterable[UUID]) -> dict[str, Account]:
        """Accounts as they are, unlocked. Of one moment only inside a repeatable-read transaction."""
        rows = await connection.fetch(
            "SELECT enrolment_id, sequence, agreement FROM accounts WHERE enrolment_id = ANY($1::uuid[])", list(ids)
        )
        return await _with_children(connection, rows)

    async def save(self, connection: Connection, changes: Sequence[tuple[Account, Account]]) -> None:
        await _save_agreements(connection, [after for before, after in changes if _agreed(before) != _agreed(after)])
        gone = [d.draft_id for before, after in changes for d in before.drafts if d not in after.drafts]
        if gone:
            await connection.execute("DELETE FROM drafts WHERE draft_id = ANY($1::uuid[])", gone)
        await _insert_drafts(
            connection, [(a.enrolment_id, d) for b, a in changes for d in a.drafts if d not in b.drafts]
        )
        await _insert_documents(
            connection, [(a.enrolment_id, d) for b, a in changes for d in a.documents[len(b.documents) :]]
        )


ACCOUNTS = Accounts()


def _agreed(account: Account) -> tuple[int, Agreement | None]:
    return account.sequence, account.agreement


async def _with_children(connection: Connection, rows: Sequence[Record]) -> dict[str, Account]:
    ids = [row["enrolment_id"] for row in rows]
    drafts: dict[UUID, list[Draft]] = {id_: [] for id_ in ids}
    documents: dict[UUID, list[Document]] = {id_: [] for id_ in ids}
    for row in await connection.fetch(
        "SELECT enrolment_id, body FROM drafts WHERE enrolment_id = ANY($1::uuid[]) ORDER BY place", ids
    ):
        drafts[row["enrolment_id"]].append(_DRAFT.validate_json(row["body"]))
    for row in await connection.fetch(
        "SELECT enrolment_id, body FROM documents WHERE enrolment_id = ANY($1::uuid[]) ORDER BY place", ids
    ):
        documents[row["enrolment_id"]].append(_DOCUMENT.validate_json(row["body"]))
    return {
        str(id_): Account(
            enrolment_id=id_,
            sequence=row["sequence"],
            agreement=_AGREEMENT.validate_json(row["agreement"]) if row["agreement"] else None,
            drafts=tuple(drafts[id_]),
            documents=tuple(documents[id_]),
        )
        for id_, row in zip(ids, rows, strict=True)
    }


async def _save_agreements(connection: Connection, accounts: Sequence[Account]) -> None:
    if not accounts:
        return
    await connection.execute(
        "UPDATE accounts a SET sequence = n.sequence, agreement = n.agreement::jsonb "
        "FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS n(id, sequence, agreement) WHERE a.enrolment_id = n.id",
        [a.enrolment_id for a in accounts],
        [a.sequence for a in accounts],
        [_AGREEMENT.dump_json(a.agreement).decode() if a.agreement else None for a in accounts],
    )


async def _insert_drafts(connection: Connection, drafts: Sequence[tuple[UUID, Draft]]) -> None:
    if not drafts:
        return
    await connection.execute(
        "INSERT INTO drafts (draft_id, enrolment_id, organisation_id, contact_id, body) "
        "SELECT d, e, o, c, b::jsonb FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[]) "
        "WITH ORDINALITY AS r(d, e, o, c, b, n) ORDER BY n",
        [draft.draft_id for _, draft in drafts],
        [enrolment_id for enrolment_id, _ in drafts],
        [draft.organisation_id for _, draft in drafts],
        [draft.contact_id for _, draft in drafts],
        [_DRAFT.dump_json(draft).decode() for _, draft in drafts],
    )


async def _insert_documents(connection: Connection, documents: Sequence[tuple[UUID, Document]]) -> None:
    """New documents, in the order of their numbers; their files must be stored before."""
    if not documents:
        return
    documents = sorted(documents, key=lambda pair: (place_of(pair[1]).year, place_of(pair[1]).ordinal))
    places = [place_of(document) for _, document in documents]
    await connection.execute(
        "INSERT INTO documents "
        "(enrolment_id, number, series, year, ordinal, issued_on, organisation_id, kind, refers_to, sha256, body) "
        "SELECT e, m, s, y, i, o, g, k, r, h, b::jsonb FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], "
        "$5::int[], $6::date[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[]) "
        "WITH ORDINALITY AS r(e, m, s, y, i, o, g, k, r, h, b, n) ORDER BY n",
        [enrolment_id for enrolment_id, _ in documents],
        [place.number for place in places],
        [place.series for place in places],
        [place.year for place in places],
        [place.ordinal for place in places],
        [place.issued_on for place in places],
        [document.organisation_id for _, document in documents],
        [document.kind for _, document in documents],
        [document.refers_to for _, document in documents],
        [document.sha256 for _, document in documents],
        [_DOCUMENT.dump_json(document).decode() for _, document in documents],
    )
