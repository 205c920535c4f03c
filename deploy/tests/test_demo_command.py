from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import spn_demo.app
from deploy.tests.recorded import BEGAN, mail, small_season
from spn_demo.mailbox import Arrived
from spn_demo.playing import Played
from spn_demo.quiet import NeverQuietError

STATUS = {"counters": {"messages": 9, "duplicates": 0}, "dead_letters": {"open": 0, "parked": 0}}


def played(mails: Sequence[Arrived]) -> Played:
    return Played(small_season(), mails, [STATUS], [], BEGAN + timedelta(days=1))


def run(monkeypatch: pytest.MonkeyPatch, results: Path, outcome: Played | BaseException) -> Any:
    def play(*_: object) -> Played:
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    monkeypatch.setattr(spn_demo.app, "play", play)
    monkeypatch.setattr(spn_demo.app, "jars_are_here", lambda: True)
    return CliRunner().invoke(spn_demo.app.app, ["--results", str(results)])


def test_a_season_whose_books_balance_ends_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    done = run(monkeypatch, tmp_path, played([mail()]))
    assert done.exit_code == 0, done.output
    assert json.loads((tmp_path / "summary.json").read_text())["books_balance"] is True
    assert (tmp_path / "report.html").is_file()


def test_books_that_do_not_balance_are_an_error_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = run(monkeypatch, tmp_path, played([]))
    assert done.exit_code == 1
    assert "message m1 was told as sent, but no mail arrived" in done.output
    assert json.loads((tmp_path / "summary.json").read_text())["books_balance"] is False
    assert (tmp_path / "report.html").is_file()


@pytest.mark.parametrize(
    ("outcome", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "Nothing is left running."),
        (NeverQuietError("Still moving after 45 s: billing does not answer"), 1, "billing does not answer"),
    ],
)
def test_what_cuts_a_season_short_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, outcome: BaseException, code: int, said: str
) -> None:
    done = run(monkeypatch, tmp_path, outcome)
    assert done.exit_code == code
    assert said in done.output


def test_results_of_an_earlier_season_go_and_what_is_not_ours_stays(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "0099.html").touch()
    (tmp_path / "notes.txt").touch()
    run(monkeypatch, tmp_path, played([mail()]))
    assert sorted(file.name for file in (tmp_path / "mails").iterdir()) == ["0001.eml", "0001.html", "style.css"]
    assert (tmp_path / "notes.txt").is_file()
