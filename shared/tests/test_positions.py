"""Where a partition is begun: the database decides, and what contradicts it stops the consumer loudly."""

from __future__ import annotations

import pytest

from shared.tests.conftest import Pool
from spn.messaging import offsets
from spn.messaging.offsets import Log, PositionError, start_at


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
