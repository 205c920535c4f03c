"""The series of numbers and the files of documents."""

from __future__ import annotations

from collections.abc import Mapping

from billing.domain.issue import Place
from spn.messaging.policies import Connection


async def newest(connection: Connection, series: str) -> Place | None:
    """The last place taken in the series, over all years; not locked."""
    row = await connection.fetchrow(
        "SELECT year, last_ordinal, last_on FROM series WHERE series = $1 ORDER BY year DESC LIMIT 1", series
    )
    return Place(series, row["year"], row["last_ordinal"], row["last_on"]) if row else None


async def take(connection: Connection, first: Place, count: int) -> bool:
    """Take ``count`` places from ``first`` on, if that is still the next one; the series stays locked.

    False when somebody came between: nothing was taken, and the caller rolls back. A rollback leaves no gap.
    """
    await connection.execute(
        "INSERT INTO series (series, year, last_ordinal, last_on) VALUES ($1, $2, 0, $3) ON CONFLICT DO NOTHING",
        first.series,
        first.year,
        first.issued_on,
    )
    taken = await connection.execute(
        "UPDATE series SET last_ordinal = last_ordinal + $3, last_on = $4 "
        "WHERE series = $1 AND year = $2 AND last_ordinal = $5 AND last_on <= $4",
        first.series,
        first.year,
        count,
        first.issued_on,
        first.ordinal - 1,
    )
    return taken == "UPDATE 1"


async def store_files(connection: Connection, files: Mapping[str, bytes]) -> None:
    """Keep the exact bytes of documents under their SHA-256."""
    await connection.execute(
        "INSERT INTO document_files (sha256, content) SELECT * FROM unnest($1::text[], $2::bytea[])",
        list(files),
        list(files.values()),
    )


async def file_of(connection: Connection, number: str) -> bytes | None:
    """The file of a document; None when there is no such number."""
    content: bytes | None = await connection.fetchval(
        "SELECT f.content FROM documents JOIN document_files f USING (sha256) WHERE number = $1", number
    )
    return content
