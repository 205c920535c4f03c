from __future__ import annotations

from typing import Any

from spn_cli.status import summarise


def process(name: str, pid: int | None = 1, restarts: int = 0) -> dict[str, Any]:
    return {"name": name, "pid": pid, "restarts": restarts}


def told(slot: int, *, leader: bool, lag: int, depth: int) -> dict[str, Any]:
    return {
        "service": "billing",
        "slot": str(slot),
        "leader": leader,
        "outbox": {"depth": depth, "age_seconds": 1.5},
        "dead_letters": {"open": 2, "parked": 1},
        "unanswered": 3,
        "topics": {"a": {"lag": lag, "assigned": [0]}, "b": {"lag": 1, "assigned": [1]}},
    }


def test_the_lag_of_a_service_is_that_of_all_its_replicas_and_its_outbox_is_one() -> None:
    processes = [process("kafka"), process("billing-0"), process("billing-1", restarts=2)]
    answers = {"billing-0": told(0, leader=False, lag=5, depth=7), "billing-1": told(1, leader=True, lag=10, depth=8)}
    (billing,) = summarise(processes, answers)
    assert billing.lag == 17
    assert billing.outbox_depth == 8
    assert billing.leader == "1"
    assert (billing.replicas, billing.up, billing.ready, billing.restarts) == (2, 2, 2, 2)
    assert (billing.dead_letters_open, billing.dead_letters_parked, billing.unanswered) == (2, 1, 3)


def test_a_service_that_tells_nothing_has_no_figures_rather_than_zeros() -> None:
    (billing,) = summarise([process("billing-0", pid=None)], {})
    assert (billing.up, billing.ready) == (0, 0)
    assert billing.lag is None
    assert billing.outbox_depth is None
    assert billing.dead_letters_open is None


def test_a_replica_that_tells_less_than_it_should_does_not_break_the_table() -> None:
    (billing,) = summarise([process("billing-0")], {"billing-0": {"topics": {"a": {"lag": None}}, "outbox": None}})
    assert billing.lag == 0
    assert billing.outbox_depth is None


def test_every_service_has_its_own_line_in_the_order_of_the_processes() -> None:
    names = [one.service for one in summarise([process("enrolment-0"), process("smtp"), process("billing-0")], {})]
    assert names == ["enrolment", "billing"]
