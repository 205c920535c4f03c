"""The rules of the game: what people, strangers, operators, clocks, clients and processes do, in any order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from spn.messaging import failpoints
from tests.simulation import liveness, platform
from tests.simulation.faults import Plan, SimulatedCrash
from tests.simulation.parts import Sickness, all_parts
from tests.simulation.platform import DAYS, EDITIONS, LIBRARIES, NAMES, POISON, POISONED, WAYS, Way
from tests.simulation.replica import Replica
from tests.simulation.safety import Safety
from tests.simulation.world import SLOTS, World

PARTS = all_parts(Sickness())
ADDRESSES = [(name, topic) for name, parts in PARTS.items() for topic in parts.policies.topics]
DECISIONS = [(name, p.name) for name, parts in PARTS.items() for p in parts.policies.policies]
STEPS_MAX = 40
LIVE = ("accepted", "waiting", "offered")
SELDOM = 8
"""From this number on somebody asks for what cannot be."""
ENROLMENTS = "SELECT edition_id, enrolment_id, status FROM enrolments ORDER BY edition_id, number"

editions = st.sampled_from((*EDITIONS, *EDITIONS, platform.NOWHERE))
names = st.sampled_from(NAMES)
spellings = st.sampled_from((0, 0, 1))
ways = st.sampled_from(WAYS)
slots = st.sampled_from(SLOTS)
services = st.sampled_from(sorted(PARTS))
addresses = st.sampled_from(ADDRESSES)
batches = st.sampled_from((100, 1, 2, 5))
steps = st.integers(1, STEPS_MAX)
crashes = st.builds(Plan, st.just("crash"), st.sampled_from(failpoints.ALL))
plans = st.one_of(
    st.none(), st.none(), st.builds(Plan, st.sampled_from(("crash", "crash", "cut", "deadlock")), steps), crashes
)


class Simulation(RuleBasedStateMachine):
    """One example: a season of some dozens of steps, then the faults stop."""

    asked: Bundle[int] = Bundle("asked")
    """Whoever asked for a seat: before that nobody has an enrolment."""

    def __init__(self, run: Callable[[Coroutine[Any, Any, Any]], Any], world: World) -> None:
        super().__init__()
        self.run = run
        self.world = world
        run(world.reset())
        self.safety = Safety(world)

    def replica(self, service: str, slot: str) -> Replica:
        return self.world.replicas[service, slot]

    # People and organisers

    @initialize(seats=st.integers(1, 2))
    def an_edition_is_open(self, seats: int) -> None:
        self._send(platform.publish(EDITIONS[0], seats), "home")
        self._send(platform.plan(EDITIONS[0], 1), "home")
        self.everybody_works(most=100)
        self.world.now += timedelta(hours=1)

    @rule(edition=st.sampled_from(EDITIONS), seats=st.integers(1, 2), way=ways)
    def publish(self, edition: str, seats: int, way: Way) -> None:
        self._send(platform.publish(edition, seats), way)

    @rule(target=asked, people=st.lists(names, min_size=1, max_size=4), edition=editions, spelling=spellings,
          library=st.integers(0, len(LIBRARIES) - 1), way=ways)  # fmt: skip
    def request(self, people: list[str], edition: str, spelling: int, library: int, way: Way) -> int:
        for who in people:
            self._send(platform.request(edition, who, spelling, library), way)
        return len(people)

    @rule(_=asked, kind=st.sampled_from(sorted(platform.ABOUT_ONE)), number=st.integers(0, 9), way=ways)
    def ask_about_one(self, _: int, kind: str, number: int, way: Way) -> None:
        if one := self._enrolment(number, platform.FITTING[kind]):
            self._send(platform.about_one(kind, *one), way)

    @rule(_=asked, number=st.integers(0, 9), by=names, way=ways)
    def substitute(self, _: int, number: int, by: str, way: Way) -> None:
        if one := self._enrolment(number, LIVE):
            self._send(platform.substitute(*one, by), way)

    @rule(edition=st.sampled_from(EDITIONS), what=st.sampled_from(("plan", "plan", "move", "cancel")),
          day=st.sampled_from(DAYS), later=st.integers(1, 3), way=ways)  # fmt: skip
    def timetable(self, edition: str, what: str, day: int, later: int, way: Way) -> None:
        if what == "plan":
            self._send(platform.plan(edition, day), way)
        elif what == "move":
            self._send(platform.move(edition, day, later), way)
        else:
            self._send(platform.cancel(edition, day), way)

    # Strangers, operators, time

    @rule(topic=st.sampled_from(sorted(POISONED)), kind=st.sampled_from(POISON))
    def poison(self, topic: str, kind: str) -> None:
        platform.poison(self.world, topic, kind)

    @rule(decision=st.one_of(st.none(), st.sampled_from(DECISIONS)))
    def fall_sick_or_heal(self, decision: tuple[str, str] | None) -> None:
        self.world.sickness.policies = {*self.world.sickness.policies, decision} if decision else set()

    @rule(address=addresses, slot=slots, plan=plans)
    def replay_dead_letters(self, address: tuple[str, str], slot: str, plan: Plan | None) -> None:
        service, topic = address
        self.run(liveness.ask_replays(self.world, service))
        self._act(self.replica(service, slot), lambda r: r.tick(topic), plan)

    @rule(hours=st.sampled_from((0.01, 1, 24, 71.99, 72, 72.01, 240, 1_100)))
    def time_passes(self, hours: float) -> None:
        self.world.now += timedelta(hours=hours)

    # Processes

    @rule(most=batches)
    def everybody_works(self, most: int) -> None:
        for replica in self.world.replicas.values():
            self.run(self.world.turn(replica, most))

    @rule(most=batches, who=st.lists(st.tuples(services, slots, plans), min_size=1, max_size=4))
    def everybody_works_and_some_fail(self, most: int, who: list[tuple[str, str, Plan | None]]) -> None:
        failing = {(service, slot): plan for service, slot, plan in who}
        for place, replica in self.world.replicas.items():
            self.run(self.world.turn(replica, most, failing.get(place)))

    @rule(service=services, slot=slots, most=batches, plan=plans)
    def one_works(self, service: str, slot: str, most: int, plan: Plan | None) -> None:
        self.run(self.world.turn(self.replica(service, slot), most, plan))

    @rule(address=addresses, slot=slots, most=batches)
    def fetch(self, address: tuple[str, str], slot: str, most: int) -> None:
        self.replica(address[0], slot).fetch(address[1], most)

    @rule(address=addresses, slot=slots, plan=plans)
    def handle(self, address: tuple[str, str], slot: str, plan: Plan | None) -> None:
        self._act(self.replica(address[0], slot), lambda r: r.handle(address[1]), plan)

    @rule(service=services, slot=slots, what=st.sampled_from((Replica.publish, Replica.fire, Replica.number)),
          plan=plans)  # fmt: skip
    def one_loop(
        self, service: str, slot: str, what: Callable[[Replica], Awaitable[object]], plan: Plan | None
    ) -> None:
        if what is not Replica.number or service == "billing":
            self._act(self.replica(service, slot), what, plan)

    @rule(address=addresses, slot=slots, most=batches, step=steps, plan=plans, then=st.booleans())
    def two_at_once(  # noqa: PLR0917 - what hypothesis draws has names
        self, address: tuple[str, str], slot: str, most: int, step: int, plan: Plan | None, then: bool
    ) -> None:
        """One replica stops in the middle of its batch, while the other handles its own and the outbox is published."""
        service, topic = address
        first, second = self.replica(service, slot), self.replica(service, SLOTS[slot == SLOTS[0]])
        first.fetch(topic, most)
        second.fetch(topic, most)
        self.run(
            self.world.overlap(
                (first, lambda: first.handle(topic), Plan("pause", step)),
                (second, lambda: second.handle(topic), plan),
                lambda: self.world.act(second, second.publish) if then else asyncio.sleep(0),
            )
        )

    # Clients of the broker

    @rule(address=addresses, slot=slots, what=st.sampled_from(("commit", "slip", "crash")))
    def mishap(self, address: tuple[str, str], slot: str, what: str) -> None:
        service, topic = address
        replica = self.replica(service, slot)
        if what == "commit":
            self._act(replica, lambda r: r.commit(topic), None)
        elif what == "slip":
            replica.clients[topic].slip()
        else:
            self.run(replica.do(_crash))

    @rule(address=addresses, owners=st.tuples(slots, slots, slots), unaware=st.sampled_from((None, *SLOTS)))
    def rebalance(self, address: tuple[str, str], owners: tuple[str, str, str], unaware: str | None) -> None:
        self.run(self.world.rebalance(*address, dict(enumerate(owners)), unaware))

    @invariant()
    def nothing_is_wrong(self) -> None:
        self.run(self.safety.check())

    def teardown(self) -> None:
        try:
            self.run(liveness.calm_down(self.world, self.safety))
            wrong = self.run(liveness.unmet(self.world))
            assert not wrong, "\n".join(wrong)
        finally:
            self.run(self.world.close())

    def _act(self, replica: Replica, action: Callable[[Replica], Awaitable[object]], plan: Plan | None) -> None:
        self.run(self.world.act(replica, lambda: action(replica), plan))

    def _send(self, command: Any, way: Way) -> None:
        self.run(platform.send(self.world, command, way))

    def _enrolment(self, number: int, fitting: tuple[str, ...]) -> tuple[str, Any] | None:
        """One of the enrolments there are, and its edition; one that can be asked for this, if there are such."""
        rows = self.run(self.world.databases["enrolment"].pool.fetch(ENROLMENTS))
        fit = [row for row in rows if row[2] in fitting and number < SELDOM] or rows
        return (fit[number % len(fit)][0], fit[number % len(fit)][1]) if fit else None


async def _crash() -> None:
    raise SimulatedCrash("restarted")
