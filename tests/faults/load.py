"""The platform at work: requests, withdrawals, offers taken and left, sessions moved; and strangers between."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from confluent_kafka import Message

from tests.faults import poison, season
from tests.faults.edge import Edge
from tests.faults.plan import Ask, Step
from tests.faults.seeds import seeded, uuid_of
from tests.faults.wire import Command, Wire, data_of, text_of

PUMP_SECONDS = 0.02
# Of a plan that has fallen behind no more than this is caught up with at once.
BURST_MAX = 50
PEOPLE_PER_EDITION = 40
LATE_SHARE = 0.4
TYPES: Mapping[Ask, str] = {
    "withdraw": "enrolment.withdraw.v1",
    "accept": "enrolment.accept-offer.v1",
    "decline": "enrolment.decline-offer.v1",
    "leave": "enrolment.leave-list.v1",
    "substitute": "enrolment.substitute.v1",
}
STATUS: Mapping[Ask, tuple[str, ...]] = {
    "withdraw": ("accepted",),
    "accept": ("offered",),
    "decline": ("offered",),
    "leave": ("waiting",),
    "substitute": ("accepted", "waiting"),
}


@dataclass
class Load:
    """Plays a plan against running services, and learns from the outcomes what can be asked next."""

    wire: Wire
    edge: Edge
    seconds: float = 0.0
    editions: list[str] = field(default_factory=list)
    status: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Of each enrolment its edition and status, as told last."""
    answered: set[str] = field(default_factory=set)
    asked: Counter[str] = field(default_factory=Counter)
    _late: list[Command] = field(default_factory=list)

    async def play(self, steps: Sequence[Step], stop: asyncio.Event) -> None:
        """Play the steps at their times, and listen, until it is told to stop."""
        began, coming = time.monotonic(), list(reversed(steps))
        while not stop.is_set():
            self.seconds = time.monotonic() - began
            for _ in range(BURST_MAX):
                if not coming or coming[-1].at > self.seconds:
                    break
                self._take(coming.pop())
            self.listen()
            await asyncio.sleep(PUMP_SECONDS)

    async def finish(self, seconds: float) -> None:
        """Wait until the broker and the edge have acknowledged what was sent, and look up where it stands.

        :raises TimeoutError: they have not.
        """
        async with asyncio.timeout(seconds):
            while self.wire.waiting() or self.edge.waiting():
                self.listen()
                await asyncio.sleep(PUMP_SECONDS)
            await asyncio.to_thread(self.wire.locate)

    def listen(self) -> None:
        """Learn from what was told."""
        for message in self.wire.pump():
            self._learn(message)

    def _learn(self, message: Message) -> None:
        type_, data = text_of(message, "ce_type"), data_of(message)
        if type_ == "command.answered.v1":
            self.answered.add(str(data.get("command_id")))
        elif message.topic() == "spn.enrolment.events" and text_of(message, "ce_source") == "/spn/enrolment":
            self.status[str(data["enrolment_id"])] = (str(data["edition_id"]), str(data["status"]))

    def _take(self, step: Step) -> None:
        self.asked[step.ask] += 1
        rng = seeded(step.seed)
        if step.ask == "poison":
            self.wire.put(poison.any_spoiled(rng, self.wire.told))
            return
        for one in self._commands(rng, step):
            self._send(one, step)
            if step.again:
                # The same message, or the same wish in another one, close behind.
                self._send(one if rng.random() < 0.5 else replace(one, id=uuid_of(rng)), step)

    def _send(self, one: Command, step: Step) -> None:
        if step.way == "http" and one.topic == "spn.enrolment.commands":
            self.edge.send(one)
        else:
            self.wire.send(one, astray=step.way == "astray")

    def _commands(self, rng: Random, step: Step) -> list[Command]:
        if step.ask == "publish":
            return self._publish(rng)
        if not self.editions:
            return []
        edition = rng.choice(self.editions)
        if step.ask in ("plan", "move", "cancel"):
            return [self._about_session(rng, step.ask, edition)]
        ready = [id_ for id_, (_, status) in self.status.items() if status in STATUS.get(step.ask, ())]
        if not ready:
            data = season.request(edition, self._somebody(rng, edition))
            return [Command(uuid_of(rng), "enrolment.request.v1", edition, data)]
        # An outdated choice is part of it: whoever left already is refused.
        return [self._about_enrolment(rng, step.ask, rng.choice(ready))]

    def _publish(self, rng: Random) -> list[Command]:
        edition = f"ln-{len(self.editions):03d}-{rng.getrandbits(24):06x}"
        opens = rng.uniform(5, 20) if rng.random() < LATE_SHARE else -1.0
        data = season.edition(edition, rng.randint(2, season.SEATS_MAX), opens)
        self.editions.append(edition)
        publish = Command(uuid_of(rng), "edition.publish.v1", edition, data)
        plan = Command(uuid_of(rng), "timetable.plan.v1", edition, season.timetable(edition))
        return [publish, plan] if rng.random() > LATE_SHARE else [publish]

    def _somebody(self, rng: Random, edition: str) -> int:
        """A director; now and then one who has asked before."""
        return self.editions.index(edition) * 11 + rng.randrange(PEOPLE_PER_EDITION)

    def _about_enrolment(self, rng: Random, ask: Ask, enrolment: str) -> Command:
        edition, _ = self.status[enrolment]
        data: dict[str, Any] = {"edition_id": edition, "enrolment_id": enrolment}
        if ask == "substitute":
            data["participant"] = season.person(100_000 + rng.randrange(10_000))
        return Command(uuid_of(rng), TYPES[ask], edition, data)

    def _about_session(self, rng: Random, ask: Ask, edition: str) -> Command:
        session, id_ = rng.choice(season.session_ids(edition)), uuid_of(rng)
        if ask == "move":
            return Command(id_, "session.move.v1", edition, season.move(edition, session, rng.randrange(100)))
        if ask == "cancel":
            reason = {"edition_id": edition, "session_id": session, "reason": "De spreker is ziek"}
            return Command(id_, "session.cancel.v1", edition, reason)
        return Command(id_, "timetable.plan.v1", edition, season.timetable(edition))
