"""Short stories, each of which passes by one mechanism that must not be missing."""

from __future__ import annotations

from datetime import timedelta

from enrolment.commands.editions import TOPIC as COMMANDS
from tests.simulation import platform
from tests.simulation.faults import Plan
from tests.simulation.liveness import ask_replays
from tests.simulation.platform import EDITIONS, NAMES, NOWHERE, Way
from tests.simulation.replica import Replica
from tests.simulation.world import SLOTS, World

EDITION = EDITIONS[0]
BEFORE_COMMIT = Plan("pause", "before COMMIT")


async def everybody_works(world: World) -> None:
    """All loops of all replicas, twice."""
    for _ in range(2):
        for replica in world.replicas.values():
            await world.turn(replica, 100)


async def open_edition(world: World, *people: str, seats: int = 1) -> None:
    """An edition with these requests, all handled."""
    await platform.send(world, platform.publish(EDITION, seats), "home")
    await everybody_works(world)
    world.now += timedelta(hours=1)
    await requests(world, *people)
    await everybody_works(world)


async def requests(world: World, *people: str, edition: str = EDITION, way: Way = "home") -> None:
    """These people ask for a seat."""
    for who in people:
        await platform.send(world, platform.request(edition, who, 0, 0), way)


async def ask(world: World, kind: str, number: int) -> None:
    """Somebody asks something of their enrolment."""
    pool = world.databases["enrolment"].pool
    enrolment = await pool.fetchval("SELECT enrolment_id FROM enrolments WHERE number = $1", number)
    await platform.send(world, platform.about_one(kind, EDITION, enrolment), "home")


def owner(world: World, key: str) -> Replica:
    """The replica of enrolment that handles commands of this key."""
    return world.replicas["enrolment", SLOTS[world.broker.home(COMMANDS, key.encode()) % len(SLOTS)]]


def other(world: World, replica: Replica) -> Replica:
    """The other replica of the same service."""
    return next(r for r in world.of(replica.parts.name) if r is not replica)


async def the_same_message_twice(world: World) -> None:
    """A sender is not sure, and sends again; the two are in batches of their own."""
    await open_edition(world)
    await requests(world, "anna", way="twice")
    for _ in range(2):
        await world.turn(owner(world, EDITION), 1)


async def a_crash_in_mid_batch(world: World) -> None:
    """The process dies when a batch is decided and not committed."""
    await open_edition(world)
    await requests(world, *NAMES)
    await world.turn(owner(world, EDITION), 100, Plan("crash", "mid-transaction"))


async def a_batch_that_waited_while_the_client_was_sent_back(world: World) -> None:
    """A batch is given up; the next one is at hand already when the position is looked up again."""
    await open_edition(world)
    await requests(world, *NAMES)
    world.lose_patience()
    one = owner(world, EDITION)
    one.fetch(COMMANDS, 1)
    await world.act(one, lambda: one.handle(COMMANDS), Plan("cut", "INSERT INTO inbox"))
    one.fetch(COMMANDS, 1)
    await world.act(one, lambda: one.tick(COMMANDS))
    await world.act(one, lambda: one.handle(COMMANDS))


async def two_replicas_publish_at_once(world: World) -> None:
    """One replica has read the outbox and is slow; the other looks whether it may publish too."""
    await open_edition(world)
    await requests(world, *NAMES)
    slow = owner(world, EDITION)
    slow.fetch(COMMANDS, 100)
    await world.act(slow, lambda: slow.handle(COMMANDS))
    quick = other(world, slow)
    first = (slow, slow.publish, Plan("pause", "send to"))
    await world.overlap(first, (quick, quick.publish, None), quick)


async def a_letter_and_its_successor_at_once(world: World, who: str = "bram") -> None:
    """A dead letter is replayed by one replica, while the next owner of its partition handles what came after it."""
    world.sickness.policies = {("enrolment", "request_enrolment")}
    await requests(world, "anna", edition=NOWHERE)
    first = owner(world, NOWHERE)
    await world.turn(first, 100)
    world.sickness.policies = set()
    await ask_replays(world, "enrolment")
    await requests(world, who, edition=NOWHERE)
    second = other(world, first)
    owners = dict.fromkeys(range(world.broker.count(COMMANDS)), second.slot)
    await world.rebalance("enrolment", COMMANDS, owners, first.slot)
    second.fetch(COMMANDS, 100)
    await world.act(second, lambda: second.handle(COMMANDS))  # nothing yet: it goes to the stored position
    second.fetch(COMMANDS, 100)
    await world.overlap(
        (first, lambda: first.tick(COMMANDS), BEFORE_COMMIT),
        (second, lambda: second.handle(COMMANDS), None),
        second,
    )


async def a_letter_and_the_next_of_its_lane_at_once(world: World) -> None:
    """The same, where what came after it has to wait behind it."""
    await a_letter_and_its_successor_at_once(world, "anna")


async def a_lower_id_commits_later(world: World) -> None:
    """Two transactions on other editions: the one that drew the lower ids of the outbox commits last."""
    one = next(e for e in (*EDITIONS, NOWHERE) if owner(world, e).slot == SLOTS[0])
    two = next(e for e in (*EDITIONS, NOWHERE) if owner(world, e).slot == SLOTS[1])
    for edition in (one, two):
        await requests(world, "anna", edition=edition)
    first, second = owner(world, one), owner(world, two)
    for replica in (first, second):
        replica.fetch(COMMANDS, 100)
    await world.act(second, second.take_lead)
    await world.overlap(
        (first, lambda: first.handle(COMMANDS), BEFORE_COMMIT),
        (second, lambda: second.handle(COMMANDS), None),
        second,
    )


async def a_crash_while_publishing(world: World) -> None:
    """The leader dies between two records."""
    await open_edition(world)
    await requests(world, *NAMES)
    first = owner(world, EDITION)
    first.fetch(COMMANDS, 100)
    await world.act(first, lambda: first.handle(COMMANDS))
    for replica in (first, other(world, first)):
        await world.act(replica, replica.publish, Plan("crash", "send to spn.enrolment.events"))


async def a_seat_comes_free(world: World) -> None:
    """Somebody withdraws while three wait, of whom the last is read with the same batch."""
    await open_edition(world, *NAMES[:4])
    await ask(world, "leave", 1)
    await ask(world, "withdraw", 1)
    await ask(world, "accept", 4)


async def a_letter_is_replayed_late(world: World) -> None:
    """Billing cannot handle a first event, handles the next ones, and then the first one again."""
    world.sickness.policies = {("billing", "settle_account")}
    await open_edition(world, "anna")
    world.sickness.policies = set()
    await ask(world, "withdraw", 1)
    await everybody_works(world)
