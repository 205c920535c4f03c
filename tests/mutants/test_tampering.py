from __future__ import annotations

from collections.abc import Iterator

import asyncpg
import pytest

from spn_audit import Audit, Ledger, Sources, audit
from spn_local.config import SERVICE_NAMES, ServiceConfig
from spn_local.stack import Stack
from tests.faults.ledger import Ledger as Written
from tests.faults.wire import Wire
from tests.mutants.forging import Forgery
from tests.mutants.story import Story
from tests.mutants.tampering import Tampering, tampered
from tests.mutants.tamperings import TAMPERINGS

pytestmark = [pytest.mark.stack, pytest.mark.slow]


@pytest.fixture(scope="module")
def at_rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, Ledger]]:
    """A stack on which a story was played to its end, and what was asked in it."""
    written = Written(tmp_path_factory.mktemp("ledger") / "ledger.jsonl")
    with Stack(services=[ServiceConfig(name) for name in SERVICE_NAMES]) as stack:
        wire = Wire(stack, written)
        Story(wire, ("tampered-1", "tampered-2")).play()
        wire.close()
        written.close()
        yield stack, Ledger.read(written.file)


async def audited(stack: Stack, ledger: Ledger, wait_seconds: float = 0) -> Audit:
    return await audit(Sources.of_stack(stack.addresses, mails=stack.mail_dir), ledger, wait_seconds)


async def test_a_system_that_was_let_be_agrees_in_everything(at_rest: tuple[Stack, Ledger]) -> None:
    found = await audited(*at_rest, wait_seconds=60)

    assert [one.sentence for check in found.checks for one in check.findings] == []
    assert not [check.name for check in found.checks if check.skipped]
    idle = {check.name for check in found.checks if not check.examined}
    assert idle <= {"dead-letters", "http-answered", "deadlines-kept"}


@pytest.mark.parametrize("table", ["journal", "guests", "enrolments", "editions"])
async def test_the_auditor_reads_the_tables_of_enrolment_and_changes_none(
    table: str, at_rest: tuple[Stack, Ledger]
) -> None:
    auditor = await asyncpg.connect(at_rest[0].addresses.auditor_database_url("enrolment"))
    try:
        assert await auditor.fetchval(f"SELECT count(*) FROM {table}") > 0
        for change in (f"DELETE FROM {table}", f"UPDATE {table} SET edition_id = ''", f"TRUNCATE {table}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await auditor.execute(change)
    finally:
        await auditor.close()


@pytest.mark.parametrize("one", TAMPERINGS, ids=[one.name for one in TAMPERINGS])
async def test_a_row_that_was_tampered_with_is_found_and_named(
    one: Tampering | Forgery, at_rest: tuple[Stack, Ledger]
) -> None:
    stack, ledger = at_rest
    assert (await audited(stack, ledger, wait_seconds=60)).red == [], "before, or not put back by the one before"

    async with tampered(stack, one) as id_:
        found = await audited(stack, ledger)

    wrong = {check.name: check.wrong for check in found.checks if check.wrong}
    assert one.caught_by in wrong
    assert any(id_ in f"{finding.sentence} {finding.where}" for finding in wrong[one.caught_by])
