"""`spn enrolment link`, and what turns the pages on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner, Result

from enrolment.app import main
from enrolment.pages.routes import page_routes
from enrolment.settings import Settings
from services.enrolment.tests.pages.house import SECRET, House
from services.enrolment.tests.season import OPENS
from spn.clock import step
from spn.http_edge import SharedEdge

NEEDED = {
    "database_url": "postgresql:///x",
    "kafka_bootstrap_servers": "localhost:1",
    "kafka_security_protocol": "PLAINTEXT",
}
SETTINGS = {
    "ENROLMENT_PAGES_URL": "https://lerend-netwerk.example",
    "ENROLMENT_PAGES_SECRETS": SECRET,
    "KAFKA_BOOTSTRAP_SERVERS": "localhost:1",
    "KAFKA_SECURITY_PROTOCOL": "PLAINTEXT",
}


@pytest.fixture
def runner(tmp_path: Path) -> CliRunner:
    """With the clock of the house at its opening."""
    step(tmp_path / "clock", OPENS)
    return CliRunner(env={**SETTINGS, "SPN_PROFILE": "local", "SPN_CLOCK_FILE": str(tmp_path / "clock")})


async def link(runner: CliRunner, house: House, enrolment_id: UUID, *options: str) -> Result:
    """Run the command on the house's database."""
    words = ["link", str(enrolment_id), *options]
    return await asyncio.to_thread(lambda: runner.invoke(main, words, env={"DATABASE_URL": house.url}))


async def test_the_command_prints_a_link_that_opens_the_page(runner: CliRunner, house: House) -> None:
    (anna,) = await house.opened("anna")
    result = await link(runner, house, anna)
    assert result.exit_code == 0
    host, _, path = result.stdout.strip().partition("/mijn/")
    assert host == "https://lerend-netwerk.example"
    assert "U hebt een plaats" in (await house.http.get(f"/mijn/{path}")).text
    english = await link(runner, house, anna, "--english")
    assert "/en/my/" in english.stdout


async def test_the_command_says_when_there_is_no_such_enrolment(runner: CliRunner, house: House) -> None:
    result = await link(runner, house, uuid4())
    assert result.exit_code == 1
    assert "there is no enrolment" in result.stderr


def test_the_newest_secret_comes_first_and_a_short_one_is_refused_without_being_shown() -> None:
    long = "a-secret-of-more-than-24-characters"
    assert Settings.model_validate(NEEDED).pages_secrets == ()
    given = Settings.model_validate({**NEEDED, "enrolment_pages_secrets": f"{long}-new, {long}-old"})
    assert given.pages_secrets == (f"{long}-new", f"{long}-old")
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({**NEEDED, "enrolment_pages_secrets": f"{long},hunter2"})
    (problem,) = caught.value.errors(include_input=False)
    assert "24 characters" in problem["msg"]
    assert "hunter2" not in str(problem)


def test_without_a_secret_there_are_no_pages() -> None:
    routes = page_routes((), SharedEdge())
    assert routes(None).routes == []  # type: ignore[arg-type]
