"""`spn enrolment verify-waiting-list` on a real database."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from enrolment.app import main
from enrolment.commands import WithdrawEnrolment
from enrolment.domain.journal import SEAL_OF_NOTHING
from enrolment.proof.reading import stored
from services.enrolment.tests.fold import Pool, an_edition, handle, sent
from services.enrolment.tests.season import EDITION, OPENS

NAMES = ("anna", "bram", "cora", "dirk")


class Proof:
    """The command, over a season in a database and what was told of it as `spn tail --json` writes that."""

    def __init__(self, url: str, told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told = told
        settings = {
            "DATABASE_URL": url,
            "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
            "KAFKA_SECURITY_PROTOCOL": "PLAINTEXT",
            "SPN_PROFILE": "local",
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)

    async def __call__(self, *arguments: str, edition: str = EDITION) -> Result:
        words = ["verify-waiting-list", edition, "--no-topics", *arguments]
        return await asyncio.to_thread(CliRunner().invoke, main, words)

    async def with_told(self) -> Result:
        return await self("--told", str(self.told))


@pytest.fixture
async def proof(pool: Pool, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Proof:
    anna, *_ = await an_edition(pool, "anna", "bram", "cora", "dirk", seats=1)
    withdraw = WithdrawEnrolment(edition_id=EDITION, enrolment_id=anna)
    await handle(pool, sent(withdraw, now=OPENS + timedelta(hours=1)))
    rows = await pool.fetch("SELECT entry, seal FROM journal ORDER BY entry")
    lines = [{"value": {"edition_id": EDITION, "journal_entry": r[0], "journal_seal": r[1]}} for r in rows]
    told = tmp_path / "told.jsonl"
    told.write_text("\n".join(json.dumps(line) for line in lines))
    return Proof(database_url, told, monkeypatch)


async def test_a_sound_list_is_proved(proof: Proof) -> None:
    result = await proof.with_told()
    assert result.exit_code == 0, result.output
    assert "compared with 6 seals that were told" in result.output
    assert "request 2, before request 1 gave its seat up" in result.output
    assert "The journal is sound, and is the one that was told." in result.output


async def test_without_anything_that_was_told_nothing_is_proved(proof: Proof) -> None:
    result = await proof()
    assert result.exit_code == 2
    assert "that proves no order" in result.output


@pytest.mark.parametrize(
    "by_hand",
    [
        "UPDATE journal SET moment = moment - interval '1 hour' WHERE entry = 3",
        "UPDATE journal SET request = 1 WHERE entry = 4",
        "UPDATE enrolments SET place = 0 WHERE number = 4",
        "UPDATE enrolments SET status = 'accepted' WHERE number = 3",
        "DELETE FROM journal WHERE entry = 2",
        "UPDATE editions SET journal_head = 'x'",
    ],
)
async def test_a_row_changed_by_hand_makes_it_fail(proof: Proof, pool: Pool, by_hand: str) -> None:
    await pool.execute(by_hand)
    result = await proof.with_told()
    assert result.exit_code == 1, result.output
    assert "WRONG" in result.output


async def test_it_fails_also_when_all_later_seals_are_made_anew(proof: Proof, pool: Pool) -> None:
    await pool.execute("UPDATE journal SET moment = moment - interval '1 second' WHERE entry = 2")
    async with pool.acquire() as connection:
        found = await stored(connection, EDITION)  # type: ignore[arg-type]
    assert found is not None
    before = SEAL_OF_NOTHING
    for entry in found.entries:
        before = entry.sealed(EDITION, before).seal
        await pool.execute("UPDATE journal SET seal = $2 WHERE entry = $1", entry.number, before)
    await pool.execute("UPDATE editions SET journal_head = $1", before)
    result = await proof.with_told()
    assert result.exit_code == 1
    assert "entry 2 was told with another seal" in result.output
    last = found.entries[-1]
    result = await proof("--seal", f"{last.number}:{last.seal[:16]}")
    assert result.exit_code == 1
    assert "(given by hand)" in result.output


@pytest.mark.parametrize(
    ("arguments", "edition", "said"),
    [
        (["--seal", "geen-bewijs"], EDITION, "is not ENTRY:SEAL"),
        ([], "no-such-edition", "there is no edition no-such-edition"),
        (["--told", "/no/such/file"], EDITION, "cannot be proved"),
    ],
)
async def test_what_cannot_be_proved_is_said_and_leaves_with_2(
    proof: Proof, arguments: list[str], edition: str, said: str
) -> None:
    result = await proof(*arguments, edition=edition)
    assert result.exit_code == 2
    assert said in result.output
