from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from deploy.tests.recorded import small_season, told
from spn_demo.books import books_of
from spn_demo.summary import rows_of, summarise
from spn_demo.ways import actor_of, way_of

COMMANDS = "spn.enrolment.commands"


@pytest.mark.parametrize(
    ("kind", "source", "data", "way", "actor"),
    [
        ("enrolment.request.v1", "platform", {}, "kafka", "platform"),
        ("enrolment.withdraw.v1", "platform", {"by": "participant"}, "kafka", "platform"),
        ("enrolment.request.v1", "enrolment", {"by": "form"}, "page", "visitor"),
        ("enrolment.request.v1", "enrolment", {"by": "local-organiser"}, "api", "organiser"),
        ("enrolment.withdraw.v1", "enrolment", {"by": "participant"}, "page", "visitor"),
        ("enrolment.confirm-guest.v1", "enrolment", {"by": "guest"}, "page", "visitor"),
        ("edition.publish.v1", "enrolment", {"by": "local-organiser"}, "api", "organiser"),
        ("edition.open.v1", "enrolment", {"by": None}, None, "enrolment"),
        ("offer.lapse.v1", "enrolment", {}, None, "enrolment"),
        ("offer.lapse.v1", "enrolment", None, None, "enrolment"),
    ],
)
def test_a_command_tells_by_which_way_it_came(
    kind: str, source: str, data: dict[str, Any] | None, way: str | None, actor: str
) -> None:
    one = replace(told(kind, COMMANDS, "ln", {}, source=source), data=data)
    assert (way_of(one), actor_of(one)) == (way, actor)


def test_an_event_was_asked_by_nobody_whoever_it_names() -> None:
    one = told("enrolment.accepted.v1", "spn.enrolment.events", "e1", {"by": "participant"})
    assert (way_of(one), actor_of(one)) == (None, "enrolment")


def test_commands_are_counted_by_their_way_each_once() -> None:
    page = told("enrolment.withdraw.v1", COMMANDS, "ln", {"by": "participant"}, source="enrolment")
    api = told("edition.publish.v1", COMMANDS, "ln", {"by": "local-organiser"}, source="enrolment")
    woken = told("edition.open.v1", COMMANDS, "ln", {"by": None}, source="enrolment")
    season = small_season()
    books = books_of([*season, season[0], page, page, api, woken], [], season[0].time)
    summary = summarise(books, [], 1.0)
    assert (summary.by_page, summary.by_api, summary.by_kafka) == (1, 1, 1)
    assert dict(rows_of(summary, books))["Asked"] == "1 command by page, 1 by API, 1 by Kafka"
