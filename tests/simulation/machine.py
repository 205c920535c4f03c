"""The rules of the game: what people, strangers, operators, clocks, clients and processes do, in any order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.simulation import liveness, platform
from tests.simulation.asking import Ask, asks, names
from tests.simulation.chances import (
    DECISIONS,
    STEPS_MAX,
    Failing,
    addresses,
    batches,
    failing,
    plans,
    services,
    slots,
    steps,
)
from tests.simulation.faults import Plan
from tests.simulation.platform import EDITIONS, POISON, POISONED, Way
from tests.simulation.replica import Replica
from tests.simulation.safety import Safety
from tests.simulation.world import LAST_DAY, SLOTS, World

ENROLMENTS = "SELECT edition_id, enrolment_id, status FROM enrolments ORDER BY edition_id, number"


class Simulation(RuleBasedStateMachine):
    """One example: a season of some dozens of steps, then the faults stop."""

    def __init__(self, run: Callable[[Coroutine[Any, Any, Any]], Any], world: World) -> None:
        super().__init__()
        self._run = run
        self.world = world
        self.sound = True
        self.run(world.reset())
        self.safety = Safety(world)

    def run(self, step: Coroutine[Any, Any, Any]) -> Any:
        """Play to the end of this; from a step that fails on, the example is not sound."""
        self.sound = False
        result = self._run(step)
        self.sound = True
        return result

    def replica(self, service: str, slot: str) -> Replica:
        return self.world.replicas[service, slot]

    # People and organisers. What they ask is drawn by weight; the rules of the game are drawn by chance.

    @initialize(seats=st.integers(1, 2), people=st.lists(names, min_size=1, max_size=4), patient=st.booleans())
    def an_edition_is_open(self, seats: int, people: list[str], patient: bool) -> None:
        if not patient:
            self.world.lose_patience()
        self._send(platform.publish(EDITIONS[0], seats), "home")
        self._send(platform.plan(EDITIONS[0], 1), "home")
        self.everybody_works(most=100, failing={})
        self.world.now += timedelta(hours=1)
        for who in people:
            self._send(platform.request(EDITIONS[0], who, 0, 0), "home")
        self.everybody_works(most=100, failing={})

    @rule(asked=st.lists(asks, min_size=1, max_size=4))
    def people_ask(self, asked: list[Ask]) -> None:
        for one in asked:
            rows = self.run(self.world.databases["enrolment"].pool.fetch(ENROLMENTS))
            if command := one.command([tuple(row) for row in rows]):
                self._send(command, one.way)

    @rule(asked=st.lists(asks, min_size=1, max_size=6), most=batches, failing=failing)
    def a_day_passes(self, asked: list[Ask], most: int, failing: Failing) -> None:
        self.people_ask(asked)
        self.everybody_works(most, failing)
        self.world.now += timedelta(hours=24)

    @rule(asked=st.lists(asks, min_size=1, max_size=4), most=batches, failing=failing, again=failing)
    def people_ask_and_are_answered(self, asked: list[Ask], most: int, failing: Failing, again: Failing) -> None:
        self.people_ask(asked)
        self.everybody_works(most, failing)
        self.everybody_works(most, again)

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

    @rule(hours=st.sampled_from((0.01, 1, 24, 71.99, 72, 72.01, 240, 1_100)), behind=st.sampled_from((0, 0, 1, 90)))
    def time_passes(self, hours: float, behind: int) -> None:
        self.world.now = min(self.world.now + timedelta(hours=hours), LAST_DAY)
        self.world.behind = timedelta(seconds=behind)

    # Processes

    @rule(most=batches, failing=failing)
    def everybody_works(self, most: int, failing: Failing) -> None:
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

    @rule(service=services, slot=slots, what=st.sampled_from(("publish", "fire", "number")), plan=plans)
    def one_loop(self, service: str, slot: str, what: str, plan: Plan | None) -> None:
        self._act(self.replica(service, slot), lambda r: _loop(r, what, ""), plan)

    @rule(address=addresses, slot=slots, most=batches, step=steps, plan=plans, then=st.booleans(),
          what=st.sampled_from(("handle", "handle", "tick", "number", "fire")))  # fmt: skip
    def two_at_once(
        self, *, address: tuple[str, str], slot: str, most: int, step: int, plan: Plan | None, then: bool, what: str
    ) -> None:
        """One replica stops in the middle of what it does; the other handles its batch, and perhaps publishes."""
        service, topic = address
        first, second = self.replica(service, slot), self.replica(service, SLOTS[slot == SLOTS[0]])
        if what == "tick":
            self.run(liveness.ask_replays(self.world, service))
        for replica in (first, second):
            replica.fetch(topic, most)
        one = (first, lambda: _loop(first, what, topic), Plan("pause", step))
        other = (second, lambda: second.handle(topic), plan)
        self.run(self.world.overlap(one, other, second if then else None))

    @rule(service=services, slot=slots, step=st.integers(1, STEPS_MAX // 3))
    def leader_freezes(self, service: str, slot: str, step: int) -> None:
        standby = self.replica(service, SLOTS[slot == SLOTS[0]])
        self.run(self.world.freeze_leader(self.replica(service, slot), standby, step))

    # Clients of the broker

    @rule(address=addresses, slot=slots, what=st.sampled_from(("commit", "slip", "crash", "forget", "republish")))
    def mishap(self, address: tuple[str, str], slot: str, what: str) -> None:
        service, topic = address
        replica = self.replica(service, slot)
        if what == "forget":
            self.run(self.world.forget(topic))
        elif what == "republish":
            self.run(self.world.republish(service))
        elif what == "commit":
            self._act(replica, lambda r: r.commit(topic), None)
        elif what == "slip":
            replica.clients[topic].slip()
        else:
            self.run(replica.do(replica.crash))

    @rule(address=addresses, owners=st.tuples(slots, slots, slots), unaware=st.sampled_from((None, *SLOTS)), plan=plans)
    def rebalance(
        self, address: tuple[str, str], owners: tuple[str, str, str], unaware: str | None, plan: Plan | None
    ) -> None:
        self.run(self.world.rebalance(*address, dict(enumerate(owners)), unaware, plan))

    @invariant()
    def nothing_is_wrong(self) -> None:
        self.run(self.safety.check())

    def teardown(self) -> None:
        try:
            if self.sound:  # else what failed first is what is to be read
                self.run(liveness.calm_down(self.world, self.safety))
                wrong = self.run(liveness.unmet(self.world))
                assert not wrong, "\n".join(wrong)
        finally:
            self._run(self.world.close())

    def _act(self, replica: Replica, action: Callable[[Replica], Awaitable[object]], plan: Plan | None) -> None:
        self.run(self.world.act(replica, lambda: action(replica), plan))

    def _send(self, command: Any, way: Way) -> None:
        self.run(platform.send(self.world, command, way))


async def _loop(replica: Replica, what: str, topic: str) -> None:
    """What one loop of a replica does in a turn."""
    await getattr(replica, what)(*((topic,) if what in ("handle", "tick") else ()))
