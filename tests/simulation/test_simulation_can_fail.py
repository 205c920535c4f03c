"""The simulation reports what it is there to report: each mechanism is taken out once, and something is found wrong.

The same story without the change must go well, or it would show nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, TypeAlias

import pytest

from spn_local.stack import Stack
from tests.simulation import liveness, mutants, stories
from tests.simulation.running import opened, server_of
from tests.simulation.safety import Safety
from tests.simulation.world import World

Story: TypeAlias = Callable[[World], Awaitable[None]]
Mutant: TypeAlias = Callable[[], AbstractContextManager[Any]]
Table: TypeAlias = tuple[asyncio.Runner, World]


@pytest.fixture(scope="module")
def table(stack: Stack) -> Iterator[Table]:
    with opened(server_of(stack.admin_database_url)) as found:
        yield found


async def wrong_after(world: World, story: Story) -> str:
    """What is wrong at the end of the story, and after all has come to rest."""
    await world.reset()
    safety = Safety(world)
    try:
        await story(world)
        await safety.check()
        await liveness.calm_down(world, safety)
        return "\n".join(await liveness.unmet(world))
    except AssertionError as error:
        return str(error)
    finally:
        await world.close()


@pytest.mark.parametrize(
    ("mutant", "story", "found"),
    [
        (mutants.without_inbox, stories.the_same_message_twice, "was answered twice"),
        (mutants.offset_first, stories.a_crash_in_mid_batch, "counts as handled, but"),
        (mutants.without_doubt, stories.a_batch_that_waited_while_the_client_was_sent_back, "counts as handled, but"),
        (mutants.without_leader, stories.two_replicas_publish_at_once, "records again"),
        (mutants.shared_rows, stories.two_replicas_publish_at_once, "sequence .* follows"),
        (mutants.unlocked_sequence, stories.a_letter_and_its_successor_at_once, "with other bytes"),
        (mutants.unlocked_lanes, stories.a_letter_and_the_next_of_its_lane_at_once, "a dead letter that is no poison"),
        (mutants.highest_id, stories.a_lower_id_commits_later, "left in the outbox"),
        (mutants.deleted_before_sent, stories.a_crash_while_publishing, "is handled|has no answer|follows|told was"),
        (mutants.last_in_line_first, stories.a_seat_comes_free, "was offered a seat before"),
        (mutants.blind_to_age, stories.a_letter_is_replayed_late, "account"),
    ],
)
def test_what_is_taken_out_is_missed(table: Table, mutant: Mutant, story: Story, found: str) -> None:
    runner, world = table
    assert not runner.run(wrong_after(world, story))
    with mutant():
        said = runner.run(wrong_after(world, story))
    assert pytest.RaisesExc(AssertionError, match=found).matches(AssertionError(said)), said
