"""Half a minute without the database, and without the broker: nothing is lost, nothing is buried, nobody gives up."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from spn_local.stack import Stack
from tests.integration.outages import OUTAGE_SECONDS, Observed, broker_outage, database_outage
from tests.integration.telling import first_seen

pytestmark = pytest.mark.slow

STOP_SECONDS_MAX = 20.0
BACK_SECONDS_MAX = 15.0


@pytest.fixture(scope="module")
def observed(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Observed]:
    """All outages, played at the same time: two stacks are there to be broken."""
    folder = tmp_path_factory.mktemp("outages")
    first, second = Stack(), Stack()
    try:
        with ThreadPoolExecutor() as both:
            list(both.map(Stack.start, (first, second)))

        async def play() -> tuple[Observed, ...]:
            return await asyncio.gather(
                database_outage(stack, first, folder),
                broker_outage(first, stack, folder, kill=False),
                broker_outage(second, stack, folder, kill=True),
            )

        return dict(zip(("database", "broker stopped", "broker killed"), asyncio.run(play()), strict=True))
    finally:
        first.stop()
        second.stop()


@pytest.fixture(params=["database", "broker stopped", "broker killed"])
def outage(request: pytest.FixtureRequest, observed: dict[str, Observed]) -> Observed:
    """Each of them."""
    return observed[request.param]


@pytest.fixture(params=["broker stopped", "broker killed"])
def broker(request: pytest.FixtureRequest, observed: dict[str, Observed]) -> Observed:
    """Those of the broker."""
    return observed[request.param]


def test_nothing_is_lost_and_nothing_has_its_effect_twice(outage: Observed) -> None:
    for handler in ("count_note", "copy_note"):
        notes = sorted(int(e["note"]) for e in outage.entries if e["handler"] == handler)
        assert notes == list(range(outage.put)), handler


def test_effects_keep_the_order_of_their_counter(outage: Observed) -> None:
    for counter in range(10):
        notes = [int(e["note"]) for e in outage.entries if e["counter_id"] == f"c{counter}"]
        assert notes == sorted(notes)


def test_nothing_is_dead_lettered(outage: Observed) -> None:
    assert outage.dead_letters == 0


def test_every_event_is_published_in_its_order(outage: Observed) -> None:
    assert len({e.id for e in outage.events}) == outage.told > 0
    for key in {e.key for e in outage.events}:
        sequences = first_seen(outage.events, key)
        assert sequences == list(range(1, len(sequences) + 1)), key


def test_no_replica_gives_up_and_live_stays_green(outage: Observed) -> None:
    assert set(outage.ended) == {None}
    assert outage.live == {}


def test_ready_says_what_is_missing(observed: dict[str, Observed]) -> None:
    assert observed["database"].ready.keys() == {"database"}
    assert observed["broker stopped"].ready.keys() == {"broker"}
    assert observed["broker killed"].ready.keys() == {"broker"}


def test_work_goes_on_soon_after(outage: Observed) -> None:
    assert outage.back_seconds < BACK_SECONDS_MAX


def test_the_leader_keeps_its_lead_while_it_waits_for_the_broker(broker: Observed) -> None:
    assert broker.leaders[0] == broker.leaders[1]
    assert len(broker.leads) == 1, broker.leads


def test_a_deadline_that_was_due_meanwhile_has_fired_once(broker: Observed) -> None:
    bell = [e for e in broker.events if e.headers.get("ce_subject") == "bell"]
    assert len({e.id for e in bell}) == 2  # counted by the command, counted by the bell


def test_clients_ask_calmly_for_a_broker_that_is_away(broker: Observed) -> None:
    """aiokafka alone asks a thousand times a second, each client, and starves the broker that starts."""
    assert broker.metadata_requests
    assert max(broker.metadata_requests.values()) <= OUTAGE_SECONDS * 4 * 1.2


def test_a_process_that_is_told_to_stop_without_a_broker_ends_in_time(observed: dict[str, Observed]) -> None:
    ended = observed["broker stopped"].process_exit
    assert ended is not None
    code, seconds = ended
    assert code == 0
    assert seconds < STOP_SECONDS_MAX
