"""What follows from the mail server's answer."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from notifications.domain import (
    Addressed,
    Attempt,
    Deferred,
    Delivered,
    Lost,
    MessageFailed,
    MessageSent,
    Outcome,
    Refused,
    concluded,
)
from notifications.domain.delivery import GIVE_UP_AFTER, RETRY_FIRST, RETRY_MAX, pause
from services.notifications.tests.season import NOW, person_id

MESSAGE = Addressed(person_id(1), UUID(int=1), "accepted", "1", 1, None)


def attempt(*, unwanted: bool = False, since: timedelta = timedelta(0)) -> Attempt:
    return Attempt(MESSAGE, 1, NOW - since, unwanted)


def test_a_mail_that_was_taken_is_sent_and_told() -> None:
    conclusion = concluded(attempt(), Delivered(), NOW)
    assert (conclusion.state, conclusion.fact) == ("sent", MessageSent(MESSAGE))


def test_a_mail_that_was_refused_for_good_has_failed_and_is_told() -> None:
    conclusion = concluded(attempt(), Refused("550 5.1.1"), NOW)
    assert (conclusion.state, conclusion.code, conclusion.fact) == ("failed", "550 5.1.1", MessageFailed(MESSAGE))


def test_a_mail_that_was_put_off_waits_and_nothing_is_told() -> None:
    conclusion = concluded(attempt(), Deferred("451"), NOW)
    assert (conclusion.state, conclusion.fact) == ("waiting", None)
    assert conclusion.next_try_at is not None
    assert RETRY_FIRST / 2 <= conclusion.next_try_at - NOW <= RETRY_FIRST


def test_a_mail_that_nobody_wants_any_more_is_not_tried_again() -> None:
    assert concluded(attempt(unwanted=True), Deferred("451"), NOW).state == "superseded"


def test_a_mail_that_was_put_off_for_three_days_has_failed_and_is_told() -> None:
    conclusion = concluded(attempt(since=GIVE_UP_AFTER), Deferred("451"), NOW)
    assert (conclusion.state, conclusion.fact) == ("failed", MessageFailed(MESSAGE))


@pytest.mark.parametrize("unwanted", [False, True])
def test_what_is_in_doubt_is_neither_told_nor_tried_again(unwanted: bool) -> None:
    conclusion = concluded(attempt(unwanted=unwanted), Lost(), NOW)
    assert (conclusion.state, conclusion.fact, conclusion.next_try_at) == ("unknown", None, None)


@pytest.mark.parametrize("outcome", [Delivered(), Refused("550"), Deferred("451"), Lost()])
def test_each_outcome_has_a_conclusion(outcome: Outcome) -> None:
    assert concluded(attempt(), outcome, NOW).state in {"sent", "failed", "waiting", "unknown"}


def test_pauses_grow_to_an_hour_and_differ_between_messages() -> None:
    pauses = [pause(UUID(int=1), n) for n in range(1, 40)]
    assert all(RETRY_FIRST / 2 <= p <= RETRY_MAX for p in pauses)
    assert all(p >= RETRY_MAX / 2 for p in pauses[8:])
    assert len({pause(UUID(int=n), 20) for n in range(50)}) == 50
