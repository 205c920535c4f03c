"""An edition's course: published, open, closed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from enrolment.commands import CloseEdition, OpenEdition, PublishEdition
from enrolment.domain.turn import EDITION_CLOSE, EDITION_OPEN, WAKE_UPS
from services.enrolment.tests.season import (
    BEFORE,
    CLOSES,
    COMMITMENT_ENDS,
    EDITION,
    ENDS,
    OPENS,
    SECOND_YEAR,
    STARTS,
    Season,
    publish,
)
from spn.decision import Answer, Deadline

JUST_BEFORE = timedelta(microseconds=1)


def said(answer: Answer) -> tuple[str, str, str | None]:
    return answer.outcome, answer.code, answer.state


def test_a_published_edition_is_told_and_wakes_up_at_its_opening_and_closing() -> None:
    season = Season(published=False)
    assert said(season.do(publish())) == ("done", "edition-published", "published")
    assert season.facts == ["EditionPublished"]
    assert set(season.last.deadlines) == {
        Deadline(EDITION_OPEN, EDITION, EDITION, OPENS),
        Deadline(EDITION_CLOSE, EDITION, EDITION, CLOSES),
        Deadline("edition.start", EDITION, EDITION, STARTS),
        Deadline("edition.end", EDITION, EDITION, ENDS),
        Deadline("edition.second-year", EDITION, EDITION, SECOND_YEAR),
        Deadline("edition.commitment-end", EDITION, EDITION, COMMITMENT_ENDS),
    }


def test_the_answer_names_the_opening_as_people_in_amsterdam_see_it() -> None:
    season = Season(published=False)
    answer = season.do(publish())
    assert "donderdag 14 januari 2027 om 10.00 uur" in answer.nl
    assert "Thursday 14 January 2027 at 10:00" in answer.en


def test_an_edition_published_after_its_opening_instant_is_open_at_once() -> None:
    season = Season(published=False).at(OPENS)
    season.do(publish())
    assert season.edition.state == "open"
    assert season.facts == ["EditionPublished", "EditionOpened"]
    assert [d.kind for d in season.last.deadlines] == [*WAKE_UPS.values(), EDITION_CLOSE]


def test_publishing_the_same_again_changes_nothing() -> None:
    season = Season()
    assert said(season.do(publish())) == ("unchanged", "edition-already-published", "published")
    assert season.facts == []


def test_publishing_something_else_under_the_same_name_is_refused() -> None:
    season = Season()
    before = season.edition
    assert said(season.do(publish(seats=3))) == ("refused", "edition-exists", "published")
    assert season.edition is before


def test_an_edition_whose_closing_has_passed_is_not_published() -> None:
    season = Season(published=False).at(CLOSES)
    assert said(season.do(publish())) == ("refused", "closing-is-past", None)
    assert season.edition.published is None


def test_the_wake_up_at_the_opening_instant_opens() -> None:
    season = Season()
    assert said(season.at(OPENS).wake(OpenEdition)) == ("done", "edition-opened", "open")
    assert season.facts == ["EditionOpened"]


def test_a_wake_up_before_the_opening_instant_has_no_authority_and_comes_again() -> None:
    season = Season()
    answer = season.at(OPENS - JUST_BEFORE).wake(OpenEdition)
    assert said(answer) == ("unchanged", "edition-opens-later", "published")
    assert season.last.deadlines == (Deadline(EDITION_OPEN, EDITION, EDITION, OPENS),)
    assert season.facts == []


def test_a_second_wake_up_finds_the_edition_open() -> None:
    season = Season()
    season.request("anna")
    assert said(season.wake(OpenEdition)) == ("unchanged", "edition-already-open", "open")
    assert season.facts == []


def test_a_closed_edition_does_not_open_again() -> None:
    season = Season()
    season.wake(CloseEdition)
    assert said(season.wake(OpenEdition)) == ("refused", "edition-closed", "closed")


def test_an_organiser_closes_an_edition_at_any_time() -> None:
    season = Season().at(BEFORE)
    assert said(season.wake(CloseEdition)) == ("done", "edition-closed", "closed")
    assert season.facts == ["EditionClosed"]
    assert {(d.kind, d.at) for d in season.last.deadlines} == {(EDITION_OPEN, None), (EDITION_CLOSE, None)}
    assert said(season.wake(CloseEdition)) == ("unchanged", "edition-already-closed", "closed")


def test_the_stored_closing_does_not_close_before_its_instant_and_comes_again() -> None:
    season = Season()
    answer = season.at(CLOSES - JUST_BEFORE).wake(CloseEdition, when_due=True)
    assert said(answer) == ("unchanged", "edition-closes-later", "open")
    assert Deadline(EDITION_CLOSE, EDITION, EDITION, CLOSES) in season.last.deadlines
    assert said(season.at(CLOSES).wake(CloseEdition, when_due=True)) == ("done", "edition-closed", "closed")


def test_time_never_runs_back_within_an_edition() -> None:
    season = Season()
    season.at(CLOSES).request("anna")
    assert season.edition.state == "closed"
    assert said(season.at(OPENS).request("bram")) == ("refused", "edition-closed", "closed")


@pytest.mark.parametrize("command", [OpenEdition, CloseEdition])
def test_a_command_about_an_edition_nobody_published_is_refused(command: type[OpenEdition | CloseEdition]) -> None:
    season = Season(published=False)
    answer = season.wake(command)
    assert (answer.outcome, answer.code, answer.subject) == ("refused", "unknown-edition", EDITION)


def test_a_seat_costs_what_was_published() -> None:
    command = publish()
    assert isinstance(command, PublishEdition)
    season = Season()
    assert season.edition.terms.seats == 2
    assert [line.unit_price_cents for line in season.edition.terms.lines] == [395_000, 80_000, 25_000]


def test_who_says_what_they_saw_of_an_edition_is_refused_when_it_changed_since() -> None:
    season = Season()
    seen = season.edition.revision
    assert said(season.wake(CloseEdition, if_revision=seen)) == ("refused", "changed-meanwhile", "open")
    assert season.edition.state == "open", "time itself opened it at this moment"
    assert said(season.wake(CloseEdition, if_revision=seen + 1)) == ("done", "edition-closed", "closed")
