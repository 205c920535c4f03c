"""A record whose place the broker did not tell is looked up, and comes into the ledger all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spn_local.stack import Stack
from tests.faults.ledger import Ledger, command, ignored, poison
from tests.faults.poison import CHANNELS, ENVELOPE, spoiled
from tests.faults.seeds import seeded
from tests.faults.wire import Put, Wire

EVENTS = CHANNELS[5]


@pytest.fixture
def wires(stack: Stack, tmp_path: Path) -> Iterator[Callable[[str], Wire]]:
    opened: list[Wire] = []

    def wire(name: str) -> Wire:
        opened.append(Wire(stack, Ledger(tmp_path / f"{name}.jsonl")))
        return opened[-1]

    yield wire
    for one in opened:
        one.close()
        one.ledger.close()


def put(wire: Wire, record: Put) -> None:
    wire.put(record)
    while wire.waiting():
        wire.pump()


@pytest.mark.stack
@pytest.mark.parametrize("what", [*ENVELOPE, "future version"])
def test_a_record_whose_place_was_not_told_is_found_behind_its_twin(what: str, wires: Callable[[str], Wire]) -> None:
    knows, record = wires("knows"), spoiled(seeded(5), EVENTS, what)
    put(knows, record)
    twin = list(knows.ledger.lines)
    put(knows, record)
    guesses = wires("guesses")
    for line in twin:
        guesses.ledger.taken([line], line["topic"], line["partition"], line["offset"])
    guesses.taken(record, twin[0]["partition"], None)
    assert guesses.ledger.lines == twin
    assert guesses.locate() == 1
    assert guesses.ledger.lines == knows.ledger.lines
    assert guesses.locate() == 0


@pytest.mark.stack
def test_an_acknowledged_record_that_is_not_there_is_said_to_be_lost(wires: Callable[[str], Wire]) -> None:
    wire = wires("lost")
    wire.taken(Put(EVENTS.topic, b"nobody", b"", (), (poison("billing", "null value"),)), 0, None)
    with pytest.raises(LookupError, match="an acknowledged record is not there"):
        wire.locate()


def test_a_command_needs_no_place_to_be_answered(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.taken([command("1", "enrolment.request.v1", "ln")], "spn.enrolment.commands", None, None)
    ledger.taken([ignored("unknown type")], "spn.enrolment.commands", 2, 7)
    assert (ledger.commands, ledger.offsets("spn.enrolment.commands", 2)) == ({"1"}, {7})
    ledger.close()
