"""`make demo`'s season as a test: what a first user runs, on a stack of its own."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psutil
import pytest

from spn_demo.season import load_season
from spn_local.paths import checkout_root
from spn_local.stack import Stack
from tests.e2e.expectation import Expectation

pytestmark = [pytest.mark.stack, pytest.mark.slow]

SPN = (str(Path(sys.executable).with_name("spn")), "demo")
SEASON = load_season(checkout_root() / "examples")
PLAY_PATIENCE_S = 240.0
STORY_PATIENCE_S = 120.0
KEYS = [
    *("requests", "by_page", "by_api", "by_kafka"),
    *("accepted", "waiting", "withdrawn", "substituted", "invoices", "credit_notes", "invoiced_cents"),
    *(
        "credited_cents",
        "places",
        "mails",
        "messages",
        "duplicates_absorbed",
        "dead_letters",
        "seconds",
        "books_balance",
    ),
]


class _Links(HTMLParser):
    """What a page points to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 the parser's
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.found.append(value)
            elif name == "id" and value:
                self.anchors.add(value)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The season, played once for all tests here."""
    folder = tmp_path_factory.mktemp("season") / "results"
    command = [*SPN, "--results", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PLAY_PATIENCE_S, check=False)
    (folder.parent / "story.txt").write_text(done.stdout)
    assert done.returncode == 0, f"spn demo ended with {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return folder


@pytest.fixture(scope="module")
def summary(results: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((results / "summary.json").read_text())
    return found


def test_a_season_comes_to_what_the_examples_say(summary: dict[str, Any]) -> None:
    expected = Expectation(SEASON).played().summary()
    assert {name: summary[name] for name in expected} == expected
    assert list(summary) == KEYS


def test_what_is_asked_twice_is_done_once(summary: dict[str, Any]) -> None:
    # More is no fault: a relay may tell a message again.
    assert summary["duplicates_absorbed"] >= Expectation(SEASON).played().doubles > 0


def test_the_story_names_everybody_and_what_became_of_them(results: Path) -> None:
    story = (results.parent / "story.txt").read_text()
    said = " ".join(story.split())
    expected = Expectation(SEASON).played()
    for director in SEASON.directors:
        assert director["participant"]["name"] in said
    assert said.count("has a seat (request no.") == SEASON.edition["seats"]
    assert said.count("is on the waiting list, position") == len(SEASON.directors) - SEASON.edition["seats"]
    assert len(re.findall(r"gives .{3,40} a place in all 8 sessions", said)) == expected.invoices + expected.substituted
    assert "Enrolment is not open yet" in said
    assert "did not answer in time" in said
    assert "does not balance" not in said


def test_every_link_of_the_report_leads_somewhere_in_its_folder(results: Path, summary: dict[str, Any]) -> None:
    pages = [results / "report.html", *sorted((results / "mails").glob("*.html"))]
    assert len(pages) == 1 + summary["mails"]
    assert len(list((results / "documents").glob("*.pdf"))) == summary["invoices"] + summary["credit_notes"]
    for page in pages:
        links = _Links()
        links.feed(page.read_text())
        for link in links.found:
            _follow(page, link, links.anchors)


def _follow(page: Path, link: str, anchors: set[str]) -> None:
    parts = urlsplit(link)
    assert not parts.scheme, f"{page.name} needs {link} from elsewhere"
    if parts.path:
        assert (page.parent / unquote(parts.path)).is_file(), f"{page.name} leads to {link}, which is not there"
    elif not parts.fragment.startswith("whose="):
        assert parts.fragment in anchors, f"{page.name} leads to #{parts.fragment}, which is not there"


def test_every_document_opens_and_is_the_one_that_was_mailed(results: Path) -> None:
    mails = [page.read_text() for page in (results / "mails").glob("*.html")]
    for file in (results / "documents").glob("*.pdf"):
        assert file.read_bytes().startswith(b"%PDF-")
        mailed = sum(f"byte for byte document {file.stem}" in mail for mail in mails)
        assert mailed == 1, f"{file.name} was mailed {mailed} times"


@pytest.fixture
def on_this_cluster(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster that is there already: the demo starts its services only, and none of what it asks is ours."""
    for name, value in stack.addresses.environment.items():
        if name.startswith("KAFKA_PASSWORD_"):
            monkeypatch.setenv(name, value)
    for name, value in {**stack.kafka("admin").environment(), "DATABASE_URL": stack.admin_database_url}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def playing(on_this_cluster: None, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:  # noqa: ARG001 sets the scene
    command = [*SPN, "--results", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    yield process
    process.kill()
    process.communicate()


def test_ctrl_c_in_the_middle_leaves_nothing_running(playing: subprocess.Popen[str]) -> None:
    assert playing.stdout is not None
    deadline, heard = time.monotonic() + STORY_PATIENCE_S, ""
    while "has a seat" not in heard:
        line = playing.stdout.readline()
        heard += line
        assert line, f"it ended before the story came to the rush:\n{heard}"
        assert time.monotonic() < deadline, f"the story did not come to the rush in {STORY_PATIENCE_S:.0f} s:\n{heard}"
    started = psutil.Process(playing.pid).children(recursive=True)
    assert started, "the services run as processes of their own"
    playing.send_signal(signal.SIGINT)
    said, _ = playing.communicate(timeout=60)
    assert playing.returncode == 130
    assert "Nothing is left running." in said
    assert [process for process in started if process.is_running()] == []
