"""The page about this service says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from enrolment import events_out
from enrolment.policies import POLICIES
from spn.messaging.contract import Command

SERVICE = Path(__file__).parents[1]
README = (SERVICE / "README.md").read_text()
OUTCOMES = ("done", "unchanged", "refused")


def test_every_code_of_an_answer_is_on_the_page_under_its_outcome_and_no_other() -> None:
    source = "".join(f.read_text() for f in (SERVICE / "enrolment/domain/answers").glob("*.py"))
    answers = re.findall(r'nswer\(\s*"(\w+)",\s*"([\w-]+)"', source)
    refusals = re.findall(r'(?:Refused|_refusal)\(\s*"([\w-]+)"', source)
    said = {(outcome, code) for outcome, code in answers} | {("refused", code) for code in refusals}
    rows = {outcome: re.search(rf"(?m)^\| {outcome} \| (.*) \|$", README) for outcome in OUTCOMES}
    written = {
        (outcome, code) for outcome, row in rows.items() if row for code in re.findall(r"`([\w-]+)`", row.group(1))
    }
    assert written == said


def test_every_command_and_event_is_on_the_page() -> None:
    commands = {t for p in POLICIES.policies if issubclass(p.model, Command) for t in p.types}
    for name in commands | {event.name for event in events_out.EVENTS}:
        short = "." + name.split(".", 1)[1]
        assert f"`{name}`" in README or f"`{short}`" in README, name
