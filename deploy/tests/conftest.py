from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from spn_cli.app import app
from spn_local.config import ServiceConfig
from spn_local.paths import checkout_root
from spn_local.stack import Stack

RUNNER = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
TOPICS = checkout_root() / "deploy" / "topics.yaml"
FAKE_SERVICE = (sys.executable, str(Path(__file__).with_name("fake_service.py")))


def fake(name: str, replicas: int = 1, *options: str) -> ServiceConfig:
    """A service whose program is the stand-in."""
    return ServiceConfig(name, replicas, command=(*FAKE_SERVICE, *options))


def until(condition: Callable[[], bool], what: str, patience_s: float = 30.0) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {patience_s:.0f} s: {what}"
        time.sleep(0.02)


def processes_naming(word: str) -> list[str]:
    """The command lines on this machine that name this word; none is left of a stack that is gone."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            line = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environment = (place / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if word in line or word in environment:
            found.append(f"{place.name} {line}")
    return found


def existing_cluster(stack: Stack) -> dict[str, str]:
    """The environment that makes another stack use this one's Kafka and PostgreSQL: such a stack starts in no time."""
    users = {name: value for name, value in stack.addresses.environment.items() if name.startswith("KAFKA_PASSWORD_")}
    admin = stack.kafka("admin").environment()
    return {**users, **admin, "DATABASE_URL": stack.admin_database_url}


@pytest.fixture
def on_existing_cluster(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of this test names the session's Kafka and PostgreSQL."""
    environment = existing_cluster(stack)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return environment


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack that a test may break, in a folder whose path is too long for a socket; billing runs twice."""
    root = tmp_path_factory.mktemp("r" * 100)
    stack = Stack(root=root, topics_file=TOPICS, services=[fake("billing", 2)], environment={"EXTRA": "yes"})
    with pytest.MonkeyPatch.context() as patch:
        # Its own Kafka and PostgreSQL, also where the rest of the run uses existing ones.
        patch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
        patch.delenv("DATABASE_URL", raising=False)
        with stack:
            yield stack


def run(*arguments: str) -> Result:
    return RUNNER.invoke(app, list(arguments))


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout with one contract; the commands work in it."""
    monkeypatch.setenv("SPN_HOME", str(tmp_path))
    monkeypatch.delenv("SPN_STACK", raising=False)
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "topics.yaml").write_text(TOPICS.read_text())
    return tmp_path
