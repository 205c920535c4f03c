"""A fresh personal link, asked for."""

from __future__ import annotations

from enrolment.commands import SendLink
from services.enrolment.tests.season import Season
from spn.decision import Answer


def said(answer: Answer) -> tuple[str, str]:
    return answer.outcome, answer.code


def test_a_fresh_link_is_a_new_version_and_pressing_again_is_not() -> None:
    season = Season()
    season.request("anna")
    assert said(season.ask(SendLink, "anna")) == ("done", "link-sent")
    assert season.facts == ["LinkSent"]
    assert said(season.later(minutes=9).ask(SendLink, "anna")) == ("unchanged", "link-sent-already")
    assert said(season.later(minutes=1).ask(SendLink, "anna")) == ("done", "link-sent")
    assert season.of("anna").link_version == 2


def test_nothing_else_changes_with_it() -> None:
    season = Season(seats=1)
    season.request("anna")
    season.request("bram")
    season.ask(SendLink, "bram")
    assert season.statuses() == {"anna": "accepted", "bram": "waiting"}
    assert season.edition.positions == {season.ids["bram"]: 1}
