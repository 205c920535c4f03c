"""The parts of the bench that can be wrong without anybody seeing it."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest

from tests.bench.following import Quota, Template
from tests.bench.ledger import Each, Written
from tests.bench.recipe import KeyRule, Table, Tell
from tests.bench.report import Measure, Report
from tests.bench.rounds import Round, times_as_fast
from tests.bench.scenario import ENROLMENT_COMMANDS, Scenario, Season
from tests.bench.spent import Usage
from tests.bench.throughput import differences, others_took, ratio

ONE_ROW = {"billing.inbox": (1.0, 0.0), "billing.accounts": (1.0, 0.5)}


def a_round(
    *,
    rate: float = 100.0,
    records: float = 2.0,
    rows: dict[str, tuple[float, float]] | None = None,
    cpu: float = 10.0,
    others: float = 0.0,
) -> Round:
    written = Each({"spn.enrolment.people": records}, rows or ONE_ROW)
    return Round(1_000, 1_000 / rate, written, Usage({"billing": cpu}, {}, others))


@pytest.mark.parametrize(("value", "holds"), [(0.49, False), (0.5, True), (0.9, True)])
def test_a_value_below_its_limit_does_not_hold(value: float, holds: bool) -> None:
    assert Measure("m", "times", [9.0, value, 0.0], at_least=0.5).holds is holds


@pytest.mark.parametrize(("value", "holds"), [(101.0, False), (100.0, True)])
def test_a_value_above_its_limit_does_not_hold(value: float, holds: bool) -> None:
    assert Measure("m", "ms", [value], at_most=100).holds is holds


def test_one_measure_that_does_not_hold_is_enough_for_the_whole_and_the_file_says_which(tmp_path: Path) -> None:
    report = Report([Measure("good", "times", [1.0], at_least=0.5), Measure("bad", "ms", [3, 1, 2], at_most=1)])

    report.save(tmp_path / "build" / "bench.json")

    assert not report.holds
    told = json.loads((tmp_path / "build" / "bench.json").read_text())
    assert told["machine"]["cores"]
    assert told["measures"][0] == {
        "name": "good", "value": 1.0, "unit": "times", "at_least": 0.5, "holds": True, "rounds": [1.0],
    }  # fmt: skip
    assert told["measures"][1]["value"] == 2
    assert told["measures"][1]["holds"] is False


def test_a_ratio_is_taken_round_by_round() -> None:
    played = {
        "system": [a_round(rate=50), a_round(rate=80), a_round(rate=10)],
        "ceiling": [a_round(rate=100), a_round(rate=100), a_round(rate=100)],
    }

    measured = ratio(played, "ceiling", at_least=0.5)

    assert measured.rounds == pytest.approx([0.5, 0.8, 0.1])
    assert measured.value == pytest.approx(0.5)


def test_when_others_have_the_machine_the_use_of_the_processor_is_compared() -> None:
    fast_by_chance = a_round(rate=200, cpu=40, others=1.5)

    assert times_as_fast(fast_by_chance, a_round(rate=100, cpu=10)) == pytest.approx(0.25)
    assert times_as_fast(a_round(rate=50, cpu=1), a_round(rate=100, cpu=10)) == pytest.approx(0.5)


def test_a_run_on_a_machine_that_others_use_is_no_measurement() -> None:
    quiet, busy = a_round(others=0.1), a_round(others=1.5)

    assert others_took([quiet, quiet], [quiet, quiet]).holds
    assert not others_took([quiet, quiet], [quiet, busy]).holds


def test_a_ceiling_that_tells_less_is_found_out() -> None:
    records, _ = differences([a_round()], [a_round(records=1.999)])

    assert not records.holds


def test_a_ceiling_that_writes_fewer_rows_is_found_out() -> None:
    _, rows = differences([a_round()], [a_round(rows={"billing.inbox": (1.0, 0.0)})])

    assert not rows.holds


def test_a_ceiling_that_does_the_same_holds() -> None:
    assert all(m.holds for m in differences([a_round()], [a_round()]))


def test_one_round_in_which_the_ceiling_differs_is_enough() -> None:
    records, _ = differences([a_round()] * 3, [a_round(), a_round(records=3.0), a_round()])

    assert not records.holds


def test_too_many_rows_in_one_table_do_not_make_up_for_too_few_in_another() -> None:
    moved = {"billing.inbox": (1.5, 0.0), "billing.accounts": (0.5, 0.5)}

    _, rows = differences([a_round()], [a_round(rows=moved)])

    assert not rows.holds


def test_what_came_in_between_is_told_for_each_enrolment() -> None:
    before = Written({"t": 5}, {"a.x": (10, 1), "a.y": (3, 3)})
    after = Written({"t": 25}, {"a.x": (30, 1), "a.y": (3, 3), "a.z": (0, 4)})

    each = after.since(before).each(10)

    assert each == Each({"t": 2.0}, {"a.x": (2.0, 0.0), "a.y": (0.0, 0.0), "a.z": (0.0, 0.4)})


@pytest.mark.parametrize("steps", [[1] * 600, [500, 100], [7] * 85 + [5]])
def test_rows_add_up_to_their_rate_however_the_messages_come(steps: list[int]) -> None:
    quota = Quota(Table("accounts", 1 / 3, 1.25, 100), [UUID(int=n) for n in range(1_000)])

    written = [(len(quota.inserts(n)), len(quota.updates(n))) for n in steps]

    assert sum(i for i, _ in written) == 200
    assert sum(u for _, u in written) == 750


@pytest.mark.parametrize(
    ("rule", "keys"), [("same", {b"k"}), ("numbered", {b"k-0", b"k-1"})], ids=["same key", "key and number"]
)
def test_a_template_makes_messages_like_the_one_told(rule: KeyRule, keys: set[bytes]) -> None:
    told = [
        ({"ce_id": f"old {n}", "ce_type": "x.y.v1", "of": f"{n}@spn"}, value)
        for n, value in enumerate(("e30=", "W10="))
    ]
    tell = Tell("spn.t", "x.y.v1", 2, rule, told)

    made = list(Template(tell, "ceiling.").messages(b"k"))

    assert {m.topic for m in made} == {"ceiling.spn.t"}
    assert {m.key for m in made} == keys
    assert [m.value for m in made] == [b"{}", b"[]"]
    assert [json.loads(m.headers)["of"] for m in made] == ["0@spn", "1@spn"]
    ids = [json.loads(m.headers)["ce_id"] for m in made]
    assert len({UUID(i) for i in ids}) == 2
    assert json.loads(made[0].headers)["ce_type"] == "x.y.v1"


def test_a_season_asks_for_each_seat_once() -> None:
    season = Season(Scenario(seats=5, sessions=2), "t")
    editions, opening = season.open_editions(12)

    requests = season.requests(editions, 12)

    assert len(editions) == 3
    assert [c.type for c in opening] == ["edition.publish.v1", "timetable.plan.v1"] * 3
    assert {c.topic for c in requests} == {ENROLMENT_COMMANDS}
    assert len({c.data["participant"]["email"] for c in requests}) == 12
    assert max(sum(c.key == e for c in requests) for e in editions) <= 5
