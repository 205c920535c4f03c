"""The same seed, the same run, as far as it can be planned."""

from __future__ import annotations

from itertools import islice

from spn.messaging import failpoints
from tests.faults.failing import order_of
from tests.faults.plan import ASKS, WAYS, plan_of


def test_the_same_seed_gives_the_same_plan_and_another_seed_another() -> None:
    assert plan_of(7, 60) == plan_of(7, 60)
    assert plan_of(7, 60) != plan_of(8, 60)


def test_a_longer_run_of_a_seed_begins_like_a_shorter_one() -> None:
    assert plan_of(7, 30) == [step for step in plan_of(7, 300) if step.at < 30]


def test_a_full_run_asks_everything_in_every_way() -> None:
    steps = plan_of(1, 360)
    assert {step.ask for step in steps} == {*ASKS, "publish"}
    assert {step.way for step in steps} == set(WAYS)
    assert any(step.again for step in steps)


def test_each_round_of_failpoints_has_all_of_them() -> None:
    order = list(islice(order_of(3, "billing"), 18))
    assert [sorted(order[n : n + 6]) for n in (0, 6, 12)] == [sorted(failpoints.ALL)] * 3
    assert order == list(islice(order_of(3, "billing"), 18))
    assert order != list(islice(order_of(3, "enrolment"), 18))
