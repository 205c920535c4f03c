"""Editions and documents: small roots of their own. No mail is locked with them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from notifications.domain import Document, Edition
from spn.messaging.policies import Connection, Key


class Editions:
    """The titles of editions."""

    name = "editions"

    async def load(self, connection: Connection, keys: Sequence[Key]) -> dict[str, Edition]:
        ids = sorted({key[0] for key in keys})
        await connection.execute(
            "INSERT INTO editions (edition_id) SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING", ids
        )
        rows = await connection.fetch(
            "SELECT * FROM editions WHERE edition_id = ANY($1) ORDER BY edition_id FOR UPDATE", ids
        )
        return {
            row["edition_id"]: Edition(
                row["edition_id"], row["sequence"], row["title_nl"], row["title_en"], _themes(row["themes"])
            )
            for row in rows
        }

    async def save(self, connection: Connection, changes: Sequence[tuple[Edition, Edition]]) -> None:
        editions = [after for before, after in changes if after != before]
        await connection.execute(
            "UPDATE editions e SET sequence = r.sequence, title_nl = r.nl, title_en = r.en, themes = r.themes::json "
            "FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[]) "
            "AS r(id, sequence, nl, en, themes) WHERE e.edition_id = r.id",
            [e.edition_id for e in editions],
            [e.sequence for e in editions],
            [e.title_nl for e in editions],
            [e.title_en for e in editions],
            [json.dumps(dict(e.themes)) for e in editions],
        )


class Documents:
    """The bytes of PDFs."""

    name = "documents"

    async def load(self, connection: Connection, keys: Sequence[Key]) -> dict[str, Document]:
        names = sorted({key[0] for key in keys})
        await connection.execute(
            "INSERT INTO documents (sha256) SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING", names
        )
        rows = await connection.fetch(
            "SELECT sha256, content IS NOT NULL AS stored, EXISTS (SELECT FROM messages m "
            "WHERE m.document = d.sha256 AND m.state IN ('waiting', 'sending')) AS needed "
            "FROM documents d WHERE sha256 = ANY($1) ORDER BY sha256 FOR UPDATE OF d",
            names,
        )
        return {row["sha256"]: Document(**row) for row in rows}

    async def save(self, connection: Connection, changes: Sequence[tuple[Document, Document]]) -> None:
        documents = [after for before, after in changes if after.stored != before.stored]
        await connection.execute(
            "UPDATE documents d SET content = r.content FROM unnest($1::text[], $2::bytea[]) AS r(sha256, content) "
            "WHERE d.sha256 = r.sha256",
            [d.sha256 for d in documents],
            [d.content for d in documents],
        )


def _themes(text: str) -> dict[str, tuple[str, str]]:
    return {theme_id: (titles[0], titles[1]) for theme_id, titles in json.loads(text).items()}
