"""A bug that comes and goes: while it is there, a service's database refuses some rows, as faulty code would fail.

What fails becomes a dead letter; once the bug is gone, the letter is asked for again and must have its effect.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, TypeAlias, TypeVar

import asyncpg

from spn.messaging import dead_letters

WHERE: Mapping[str, tuple[str, str]] = {
    "enrolment": ("enrolments", "enrolment_id"),
    "billing": ("accounts", "enrolment_id"),
    "scheduling": ("sessions", "edition_id"),
    "notifications": ("threads", "about"),
}
"""Table and column of each service by which rows are refused. Only decisions write there."""
SHARES = 4
ERROR = "stumbled on purpose"

_SETUP = """
CREATE SCHEMA IF NOT EXISTS faults;
CREATE TABLE IF NOT EXISTS faults.stumble (share int PRIMARY KEY);
CREATE OR REPLACE FUNCTION faults.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM faults.stumble WHERE share = abs(hashtext(to_jsonb(NEW) ->> TG_ARGV[0])) % {shares}) THEN
        RAISE EXCEPTION '{error}' USING ERRCODE = '22000';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER stumble BEFORE INSERT OR UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION faults.refuse('{column}');
"""
_LETTERS = "SELECT id FROM dead_letters WHERE error LIKE '%' || $1 || '%' OR parked ORDER BY id"
_MENDED = """SELECT topic, partition, "offset" FROM dead_letter_history WHERE outcome = 'replayed' ORDER BY at"""

T = TypeVar("T")
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


async def _ask(letter: int, connection: Connection) -> bool:
    return await dead_letters.ask_replay(connection, letter, "mended")


class Stumbling:
    """The bug in one service's database."""

    def __init__(self, service: str, url: str) -> None:
        self.service = service
        self._url = url

    async def set_up(self) -> None:
        """Build it in; it is not there yet."""
        table, column = WHERE[self.service]
        await self._do(lambda c: c.execute(_SETUP.format(table=table, column=column, shares=SHARES, error=ERROR)))

    async def begin(self, share: int) -> None:
        """From now on one row in ``SHARES`` is refused."""
        await self._do(lambda c: c.execute("INSERT INTO faults.stumble VALUES ($1) ON CONFLICT DO NOTHING", share))

    async def end(self) -> None:
        """The bug is mended."""
        await self._do(lambda c: c.execute("DELETE FROM faults.stumble"))

    async def letters(self) -> list[int]:
        """What failed because of it, and what waits behind that."""
        return [row["id"] for row in await self._do(lambda c: c.fetch(_LETTERS, ERROR))]

    async def mended_letters(self) -> list[tuple[str, int, int]]:
        """Topic, partition and offset of everything that was tried again with success."""
        return [tuple(row) for row in await self._do(lambda c: c.fetch(_MENDED))]

    async def ask_again(self) -> int:
        """Ask for all of them to be tried again; how many there are."""
        letters = await self.letters()
        for letter in letters:
            await self._do(partial(_ask, letter))
        return len(letters)

    async def _do(self, work: Callable[[Any], Awaitable[T]]) -> T:
        connection = await asyncpg.connect(self._url, timeout=5, command_timeout=10)
        try:
            return await work(connection)
        finally:
            connection.terminate()
