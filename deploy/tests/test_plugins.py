"""Subcommands of `spn` that other distributions bring."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from spn_cli import plugins

RUNNER = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})


class Point:
    """An entry point of another distribution."""

    dist = None

    def __init__(self, name: str, found: object) -> None:
        self.name, self.value, self.found = name, f"somewhere:{name}", found

    def load(self) -> object:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@pytest.fixture
def with_plugins(monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    """An own command, a subcommand that works and one that cannot be imported."""
    works = typer.Typer(help="Works.")
    works.callback()(lambda: None)
    works.command("go")(lambda: print("it works"))
    points = [Point("works", works), Point("broken", ImportError("no module x")), Point("odd", 3)]
    monkeypatch.setattr(plugins, "entry_points", lambda group: points if group == "spn.commands" else [])
    made = typer.Typer()
    made.command("own")(lambda: print("own"))
    made.command("own2")(lambda: print("own2"))
    return made


def test_a_subcommand_of_another_distribution_runs(with_plugins: typer.Typer) -> None:
    plugins.add_plugins(with_plugins, ["works"], ["own"])
    assert RUNNER.invoke(with_plugins, ["works", "go"]).stdout == "it works\n"


def test_a_subcommand_that_cannot_be_loaded_says_so_and_takes_no_other_along(with_plugins: typer.Typer) -> None:
    plugins.add_plugins(with_plugins, ["--help"], ["own"])
    overview = RUNNER.invoke(with_plugins, ["--help"]).stdout
    assert "cannot be loaded: ImportError: no module x" in overview
    assert "is no Typer app" in overview
    assert RUNNER.invoke(with_plugins, ["works", "go"]).exit_code == 0
    broken = RUNNER.invoke(with_plugins, ["broken"])
    assert broken.exit_code == 1
    assert "ImportError: no module x" in broken.stderr


def test_an_own_command_loads_no_other_distribution(with_plugins: typer.Typer) -> None:
    plugins.add_plugins(with_plugins, ["own"], ["own"])
    assert "works" not in RUNNER.invoke(with_plugins, ["--help"]).stdout


def test_a_subcommand_gets_the_running_stacks_addresses_and_a_service_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {
        "SPN_STACK_ENV": "default",
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "KAFKA_PASSWORD_BILLING": "b",
        "DATABASE_URL_BILLING": "postgresql:///billing",
    }
    file = tmp_path / ".local" / "default" / "stack.env"
    file.parent.mkdir(parents=True)
    file.write_text("".join(f"{name}={value}\n" for name, value in environment.items()))
    given = {"PATH": "/bin"}
    monkeypatch.setattr(os, "environ", given)
    given["SPN_HOME"] = str(tmp_path)
    plugins.lend_addresses(["dead-letters", "list"])
    assert given["DATABASE_URL_BILLING"] == "postgresql:///billing"
    assert "DATABASE_URL" not in given
    del given["SPN_STACK_ENV"], given["KAFKA_BOOTSTRAP_SERVERS"]
    plugins.lend_addresses(["billing", "republish"])
    assert given["DATABASE_URL"] == "postgresql:///billing"
    assert (given["KAFKA_USERNAME"], given["KAFKA_PASSWORD"]) == ("billing", "b")
