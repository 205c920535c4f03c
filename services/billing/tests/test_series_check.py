"""The proof of a series, and the two commands of `spn billing`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from billing.cli import app
from billing.series_check import Counter, Taken, check
from services.billing.tests.builders import LIBRARY
from services.billing.tests.desk import RealDesk, agreed, issue_all, known

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
GOOD = [Taken("LN", 2027, n, date(2027, 1, 13 + n), intact=True) for n in (1, 2, 3)]
LAST = Counter("LN", 2027, 3, date(2027, 1, 16))


def wrong(taken: list[Taken], *counters: Counter) -> list[str]:
    return [line for finding in check(taken, counters) for line in finding.wrong]


def test_a_sound_series_has_nothing_wrong_in_whatever_order_it_is_read() -> None:
    (finding,) = check(reversed(GOOD), [LAST])
    assert (finding.series, finding.year, finding.documents, finding.wrong) == ("LN", 2027, 3, ())


def test_a_gap_is_found() -> None:
    assert wrong([GOOD[0], GOOD[2]], LAST) == ["number 2 is missing: found 3 in its place"]
    assert wrong(GOOD[1:], LAST) == ["number 1 is missing: found 2 in its place"]


def test_a_missing_last_document_is_found() -> None:
    assert wrong(GOOD[:2], LAST) == ["the last number given is 3, the last document 2"]
    assert wrong([], LAST) == ["the last number given is 3, the last document 0"]


def test_a_date_that_goes_back_is_found() -> None:
    back = replace(GOOD[2], issued_on=date(2027, 1, 1))
    assert wrong([*GOOD[:2], back], LAST) == ["number 3 is dated 2027-01-01, before 2027-01-15 of 2"]


def test_a_date_of_another_year_is_found() -> None:
    other = replace(GOOD[2], issued_on=date(2028, 1, 1))
    assert wrong([*GOOD[:2], other], LAST) == ["number 3 is dated 2028-01-01, in another year than its series"]


def test_a_file_that_was_changed_is_found() -> None:
    broken = replace(GOOD[1], intact=False)
    assert wrong([GOOD[0], broken, GOOD[2]], LAST) == ["the file of number 2 is not the one that was issued"]


def test_numbers_without_the_row_that_gives_them_are_found() -> None:
    assert wrong(GOOD) == ["the row that gives its numbers is missing"]


async def run(url: str, *words: str) -> Result:
    """The command in a thread: it brings a loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, app, [*words, "--database-url", url])


async def test_the_command_proves_what_was_issued_and_fails_when_a_document_is_gone(
    pool: Pool, database_url: str
) -> None:
    assert (await run(database_url, "check-series")).output == "no numbers given yet\n"
    await known(pool, LIBRARY)
    for number in range(4):
        await agreed(pool, number, {LIBRARY: {"course": 100}})
    await issue_all(RealDesk(pool))

    sound = await run(database_url, "check-series")
    assert (sound.exit_code, sound.output) == (0, "LN-2027: 4 documents, sound\n")

    await pool.execute("DELETE FROM documents WHERE number = 'LN-2027-0002'")
    gap = await run(database_url, "check-series")
    assert gap.exit_code == 1
    assert "number 2 is missing: found 3 in its place" in gap.output


async def test_the_command_finds_a_file_that_differs_from_its_digest(pool: Pool, database_url: str) -> None:
    await known(pool, LIBRARY)
    await agreed(pool, 1, {LIBRARY: {"course": 100}})
    await issue_all(RealDesk(pool))
    await pool.execute("ALTER TABLE document_files DISABLE TRIGGER files_are_final")
    await pool.execute("UPDATE document_files SET content = 'another'")

    assert (await run(database_url, "check-series")).exit_code == 1


async def test_a_document_is_fetched_exactly_as_it_was_issued(
    pool: Pool, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await known(pool, LIBRARY)
    await agreed(pool, 1, {LIBRARY: {"course": 100}})
    await issue_all(RealDesk(pool))
    content = await pool.fetchval("SELECT content FROM document_files")

    assert (await run(database_url, "invoice", "LN-2027-0001")).exit_code == 0
    assert (tmp_path / "LN-2027-0001.pdf").read_bytes() == content
    assert (await run(database_url, "invoice", "LN-2027-0001", "--out", "other.pdf")).exit_code == 0
    assert (tmp_path / "other.pdf").read_bytes() == content


async def test_a_number_that_was_never_given_is_an_error(database_url: str) -> None:
    result = await run(database_url, "invoice", "LN-2027-0001")
    assert (result.exit_code, result.output) == (1, "there is no document LN-2027-0001\n")
