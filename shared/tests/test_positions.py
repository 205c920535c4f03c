"""Where a partition is begun: the database decides, and what contradicts it stops the consumer loudly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka import TopicPartition

from shared.tests.conftest import Pool
from spn.messaging import offsets
from spn.messaging.commits import Commits
from spn.messaging.envelope import Record
from spn.messaging.offsets import Log, PositionError, start_at
from spn.messaging.places import Places


@pytest.mark.parametrize(
    ("stored", "log", "expected"),
    [
        (None, Log(0, 10, None), 0),  # a new group sees old messages
        (None, Log(4, 10, None), 4),
        (None, Log(0, 10, 0), 0),
        (7, Log(0, 10, 7), 7),
        (7, Log(0, 10, None), 7),  # killed before the first commit
        (7, Log(0, 10, 5), 7),  # killed between database and offset commit
        (7, Log(0, 10, 9), 7),  # a restored older database
        (10, Log(0, 10, 10), 10),
        (4, Log(4, 10, 9), 4),
    ],
)
def test_a_partition_goes_on_where_the_database_says(stored: int | None, log: Log, expected: int) -> None:
    assert start_at("t", 0, stored, log) == expected


@pytest.mark.parametrize(
    ("stored", "log", "words"),
    [
        (None, Log(0, 10, 9), "this database stores none"),
        (11, Log(0, 10, 9), "after the end of the log"),
        (1, Log(0, 0, None), "after the end of the log"),
        (3, Log(4, 10, 9), "before the start of the log"),
    ],
)
def test_a_contradiction_names_the_partition_and_what_to_do(stored: int | None, log: Log, words: str) -> None:
    with pytest.raises(PositionError, match=words) as caught:
        start_at("t", 3, stored, log)
    assert str(caught.value).startswith("t[3]: ")


async def test_a_replica_that_lost_its_partition_never_turns_the_position_back(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await offsets.save(connection, {("t", 0): 10, ("t", 1): 5})
        await offsets.save(connection, {("t", 0): 7, ("t", 1): 6})
        assert await offsets.load(connection, "t", [0, 1, 2]) == {0: 10, 1: 6}
        await offsets.rewind(connection, {("t", 0): 2})
        assert await offsets.load(connection, "t", [0]) == {0: 2}


class Busy:
    """A partition that another replica handles: one record more between any two questions of ours."""

    def __init__(self, pool: Pool, handled: int) -> None:
        self._pool = pool
        self.handled = handled
        self.sought: list[int] = []

    async def _answer(self, value: Any) -> Any:
        self.handled += 1
        async with self._pool.acquire() as connection:
            await offsets.save(connection, {("t", 0): self.handled})
        return value

    async def beginning_offsets(self, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return dict(await self._answer([(place, 0) for place in places]))

    async def end_offsets(self, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return dict(await self._answer([(place, self.handled) for place in places]))

    async def committed(self, _: TopicPartition) -> int | None:
        return await self._answer(self.handled or None)  # type: ignore[no-any-return]

    def seek(self, _: TopicPartition, offset: int) -> None:
        self.sought.append(offset)


@pytest.mark.parametrize("handled", [0, 7])
async def test_others_may_go_on_while_a_replica_looks_where_to_begin(pool: Pool, handled: int) -> None:
    async with pool.acquire() as connection:
        await offsets.save(connection, {("t", 0): handled} if handled else {})
    places, busy = Places("t", pool), Busy(pool, handled)
    await places.place(busy, [0], at_hand=False)  # type: ignore[arg-type]
    assert handled <= places.handled[0] <= busy.handled
    async with pool.acquire() as connection:
        assert await offsets.load(connection, "t", [0]) == {0: busy.handled}


class Shortened(Busy):
    """A log that begins where somebody cut it off."""

    def __init__(self, pool: Pool, beginning: int) -> None:
        super().__init__(pool, 0)
        self._beginning = beginning

    async def beginning_offsets(self, places: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(places, self._beginning)

    async def committed(self, _: TopicPartition) -> int | None:
        return None


def batch(*numbers: int) -> list[Record]:
    return [Record("t", 0, n, datetime.now(UTC), b"k", b"v") for n in numbers]


async def placed_at(pool: Pool, position: int) -> Places:
    async with pool.acquire() as connection:
        await offsets.save(connection, {("t", 0): position})
    places, client = Places("t", pool), Busy(pool, position)
    await places.place(client, [0], at_hand=True)  # type: ignore[arg-type]
    places.handled[0] = position
    return places


@pytest.mark.parametrize("numbers", [(8, 9), (3, 4, 8)], ids=["before the batch", "within the batch"])
async def test_messages_removed_unread_are_missed_wherever_the_gap_is(pool: Pool, numbers: tuple[int, ...]) -> None:
    places = await placed_at(pool, 3)
    with pytest.raises(PositionError, match="removed unread"):
        await places.check(Shortened(pool, 7), batch(*numbers))  # type: ignore[arg-type]


@pytest.mark.parametrize("numbers", [(2, 3), (3, 4, 3, 4, 5)], ids=["before what is handled", "within the batch"])
async def test_what_goes_back_is_read_again_from_where_the_database_says(pool: Pool, numbers: tuple[int, ...]) -> None:
    places = await placed_at(pool, 3)
    assert not await places.check(Shortened(pool, 0), batch(*numbers))  # type: ignore[arg-type]
    assert 0 not in places


async def test_a_gap_that_compaction_made_is_none(pool: Pool) -> None:
    places = await placed_at(pool, 3)
    assert await places.check(Shortened(pool, 2), batch(3, 5, 9))  # type: ignore[arg-type]


class Group:
    """What a group is told."""

    def __init__(self) -> None:
        self.told: list[dict[int, int]] = []

    async def commit(self, positions: dict[TopicPartition, int]) -> None:
        self.told.append({place.partition: offset for place, offset in positions.items()})


async def test_what_was_handled_before_the_group_assigned_anew_is_not_told_after_it(pool: Pool) -> None:
    """Another replica may have gone on from there, and told so: only the stored position is known to be no older."""
    places, group = await placed_at(pool, 3), Group()
    commits = Commits("t", places)
    places.advance(batch(3, 4))
    places.forget()
    await commits.commit(group, [0])  # type: ignore[arg-type]
    assert group.told == []
    async with pool.acquire() as connection:
        await offsets.save(connection, {("t", 0): 9})
    await places.place(Busy(pool, 9), [0], at_hand=True)  # type: ignore[arg-type]
    await commits.commit(group, [0])  # type: ignore[arg-type]
    assert [one[0] >= 9 for one in group.told] == [True]
