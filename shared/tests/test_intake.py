"""When a batch is handed on, and when it waits for more."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaError

from spn.messaging import intake
from spn.messaging.intake import BUSY_RECORDS, Intake

RECORDS_MAX = 500


class Pieces:
    """A client with these pieces, one at each question; an error is raised when its turn comes."""

    def __init__(self, *pieces: Sequence[int] | KafkaError) -> None:
        self._pieces = list(pieces)
        self.waits: list[int] = []
        self.given: list[object] = [object()]
        """What the group assigned, each time that is looked at; the last one stays."""
        self.assigns_anew = False

    @property
    def _subscription(self) -> Any:
        given = self.given.pop(0) if len(self.given) > 1 else self.given[0]
        return SimpleNamespace(
            reassignment_in_progress=self.assigns_anew, subscription=SimpleNamespace(assignment=given)
        )

    async def getmany(self, *, timeout_ms: int, max_records: int) -> dict[str, list[int]]:
        self.waits.append(timeout_ms)
        piece = self._pieces.pop(0) if self._pieces else []
        if isinstance(piece, KafkaError):
            raise piece
        kept = list(piece[max_records:])
        if kept:
            self._pieces.insert(0, kept)
        return {"a": list(piece[:max_records])}


@pytest.fixture(autouse=True)
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "GATHER_SECONDS", 0.0)


class Reader(Intake):
    """With a clock that goes on only when a test says so."""

    def __init__(self) -> None:
        self.moment = 1_000.0
        super().__init__(lambda: self.moment)


async def batch(reader: Intake, client: Pieces) -> list[Any]:
    return list(await reader.batch(client, RECORDS_MAX))  # type: ignore[arg-type]


async def test_where_little_comes_it_is_handed_on_at_once() -> None:
    client = Pieces([1, 2], [3])
    assert await batch(Reader(), client) == [1, 2]
    assert client.waits == [intake.IDLE_MS_MAX]


async def test_where_much_comes_a_batch_waits_for_what_is_on_its_way() -> None:
    reader = Reader()
    await batch(reader, Pieces(range(BUSY_RECORDS)))
    assert await batch(reader, Pieces([1], [2, 3], [4])) == [1, 2, 3]


async def test_what_came_long_ago_is_forgotten() -> None:
    reader = Reader()
    await batch(reader, Pieces(range(RECORDS_MAX)))
    reader.moment += RECORDS_MAX / intake.BUSY_RECORDS_A_SECOND
    assert await batch(reader, Pieces([1], [2])) == [1]


async def test_a_rate_that_is_not_much_is_never_waited_on_however_long_it_lasts() -> None:
    reader = Reader()
    for _ in range(1_000):
        client = Pieces([1] * 10)
        await batch(reader, client)
        assert len(client.waits) == 1
        reader.moment += 10 / intake.BUSY_RECORDS_A_SECOND


async def test_a_batch_is_never_larger_than_it_may_be() -> None:
    reader, client = Reader(), Pieces(range(100), range(100, 1_000))
    assert await batch(reader, client) == list(range(RECORDS_MAX))
    full = Pieces(range(RECORDS_MAX), [1])
    assert len(await batch(reader, full)) == RECORDS_MAX
    assert len(full.waits) == 1


async def test_what_cannot_be_read_is_told_and_nothing_is_handed_on() -> None:
    with pytest.raises(KafkaError, match="no"):
        await batch(Reader(), Pieces(range(BUSY_RECORDS), KafkaError("no")))


async def test_while_the_group_assigns_anew_a_batch_does_not_wait_for_it() -> None:
    client = Pieces(range(BUSY_RECORDS), [1])
    client.assigns_anew = True
    assert await batch(Reader(), client) == list(range(BUSY_RECORDS))
    assert len(client.waits) == 1


async def test_what_was_read_before_the_group_assigned_anew_is_handed_on_by_itself() -> None:
    client = Pieces(range(BUSY_RECORDS), [1])
    client.given.append(object())
    assert await batch(Reader(), client) == list(range(BUSY_RECORDS))


async def test_where_nothing_comes_nothing_is_handed_on() -> None:
    client = Pieces([], [1])
    assert await batch(Reader(), client) == []
    assert client.waits == [intake.IDLE_MS_MAX]
