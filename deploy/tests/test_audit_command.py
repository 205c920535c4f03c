from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from spn_audit import CannotAuditError, Ledger, LedgerError, Sources, app, audit
from spn_audit.result import Audit, Check, Finding, Findings
from spn_local.config import SERVICE_NAMES

RUNNER = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
KEPT = Check("seats-now", "There are seats.", {"seats": 12}, examined=12, chapter="The rules of the programme are kept")
READ = {"rows and records": 1_234, "records": 99}
WRONG = Finding("person <b>b1</b> has no place", "table places", "spn status")
WAITS = Finding("a letter waits", "table dead_letters", severity="attention")


def audit_of(*findings: Finding) -> Audit:
    broken = Check("places-given", "Everybody has a place.", {"places": 3}, list(findings), 3, chapter=KEPT.chapter)
    return Audit([KEPT, broken], looks=2, seconds=1.5, in_flight=4, read=READ, at="2027-02-01T12:00:00+00:00")


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Audit | Exception]:
    """What the audit comes to, whatever it is asked to look at."""
    coming: list[Audit | Exception] = []

    async def look(*_: object) -> Audit:
        if isinstance(coming[0], Exception):
            raise coming[0]
        return coming[0]

    monkeypatch.setattr(app, "audit", look)
    monkeypatch.setattr(app, "of_surroundings", lambda _: Sources({}, readers={}))
    return coming


@pytest.mark.parametrize(
    ("what", "code", "verdict"),
    [
        (audit_of(), 0, "Everything agrees"),
        (audit_of(WRONG), 1, "1 of 2 promises is not kept"),
        (audit_of(WAITS), 1, "1 thing waits for a person"),
        (CannotAuditError("billing's database cannot be reached"), 2, ""),
    ],
)
def test_the_exit_code_says_what_it_came_to(
    found: list[Audit | Exception], what: Audit | Exception, code: int, verdict: str
) -> None:
    found.append(what)

    done = RUNNER.invoke(app.app, [])

    assert done.exit_code == code
    assert verdict in done.stdout
    assert "person <b>b1</b> has no place" in done.stdout or code != 1 or what == audit_of(WAITS)


def test_a_page_and_json_are_left_where_they_were_asked_for(found: list[Audit | Exception], tmp_path: Path) -> None:
    found.append(audit_of(WRONG, WAITS))

    done = RUNNER.invoke(app.app, ["--html", str(tmp_path / "a" / "p.html"), "--json", str(tmp_path / "b" / "p.json")])

    page, told = (tmp_path / "a" / "p.html").read_text(), json.loads((tmp_path / "b" / "p.json").read_text())
    assert done.exit_code == 1
    assert "1 of 2 promises is not kept" in page
    assert "person &lt;b&gt;b1&lt;/b&gt; has no place" in page
    assert "ul.checks > li" in page, "the style is no text of a stranger"
    assert told["ok"] is False
    assert [one["sentence"] for one in told["checks"][1]["findings"]] == [WRONG.sentence, WAITS.sentence]


def test_without_a_system_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPN_HOME", str(tmp_path))
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    (tmp_path / "deploy").mkdir()

    done = RUNNER.invoke(app.app, ["--stack", "nobody"])

    assert done.exit_code == 2


async def test_a_database_that_cannot_be_reached_is_no_disagreement() -> None:
    nowhere = dict.fromkeys(SERVICE_NAMES, "postgresql://auditor@127.0.0.1:1/none")

    with pytest.raises(CannotAuditError, match="the database of notifications cannot be reached"):
        await audit(Sources(nowhere, readers={}), wait_seconds=0)


def test_an_auditors_own_address_wins_from_a_services() -> None:
    environment = {f"DATABASE_URL_{name.upper()}": f"own-{name}" for name in SERVICE_NAMES}
    environment["DATABASE_URL_BILLING_AUDITOR"] = "auditor-billing"
    environment["DATABASE_URL_AUDIT_ENROLMENT"] = "audit-enrolment"

    sources = Sources.of_environment(environment)

    assert sources.databases == {
        "enrolment": "audit-enrolment",
        "billing": "auditor-billing",
        "scheduling": "own-scheduling",
        "notifications": "own-notifications",
    }
    assert sources.kafka is None


def test_a_missing_address_is_named() -> None:
    with pytest.raises(CannotAuditError, match="DATABASE_URL_AUDIT_SCHEDULING"):
        Sources.of_environment({"DATABASE_URL_BILLING": "x"})


@pytest.mark.parametrize(
    "line", ["no JSON", '{"kind": "rumour", "topic": "t", "partition": 0, "offset": 1}', '{"kind": "command"}', "[]"]
)
def test_a_line_of_a_ledger_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(LedgerError, match="line 2"):
        Ledger.of(['{"kind": "dropped", "database": "billing"}', line])


def test_of_a_disaster_the_first_findings_are_shown_and_the_rest_is_counted() -> None:
    found = Findings()
    for number in range(1_000):
        found.add(f"finding {number}", "somewhere")

    kept = Check("seats-now", "There are seats.", findings=found.all())

    assert len(kept.findings) == 1_000, "all of them are looked for in the next look"
    assert len(kept.shown().findings) == 201
    assert kept.shown().findings[-1].sentence == "800 more like these"
