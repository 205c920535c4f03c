"""A short story that every mutant plays: a few seats, more people than seats, withdrawals, offers, a session moved.

Everything that a mutant breaks happens in it: commands that come twice, more than one fact for one key, invoices and
credit notes, places given and taken back, several mails to one person. What organisers do is told in by_hand.py.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from confluent_kafka import Message

from tests.faults import season
from tests.faults.wire import Command, Wire, data_of, text_of
from tests.mutants import by_hand

SEATS = 4
PEOPLE = 10
ANSWER_SECONDS = 15.0
AFTER_SILENCE_SECONDS = 3.0
"""Some mutants never answer: then the story goes on without, and waits for less from then on."""


@dataclass
class Story:
    """Plays it on one wire; each step waits until it was answered.

    ``status`` and ``guests``: of each enrolment and invitation of an edition, as told last, in the order in which they
    were heard of. ``people``: who takes part, by enrolment. ``terms``: of each edition, as published.
    """

    wire: Wire
    editions: Sequence[str]
    before_rush: Callable[[], object] = lambda: None
    status: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    guests: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    people: dict[str, str] = field(default_factory=dict)
    terms: dict[str, dict[str, object]] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    _invoiced: set[str] = field(default_factory=set)
    _rushed: list[Command] = field(default_factory=list)
    _patience: float = ANSWER_SECONDS

    def play(self) -> None:
        """All of it."""
        self.publish()
        self.before_rush()
        self.rush()
        self.invoiced()
        self.change()
        by_hand.line_and_seats(self)
        by_hand.guests(self)
        by_hand.selection(self, f"{self.editions[0]}-chosen")
        by_hand.erasure(self)
        self.again()

    def publish(self) -> None:
        """The editions and their timetables are there."""
        for edition in self.editions:
            self.terms[edition] = by_hand.terms(edition, SEATS)
            self.send("edition.publish.v1", edition, self.terms[edition])
            self.send("timetable.plan.v1", edition, season.timetable(edition))
        self.settle()

    def rush(self) -> None:
        """Everybody asks; every third command is sent twice."""
        for number in range(PEOPLE):
            for place, edition in enumerate(self.editions):
                data = by_hand.request(edition, 100 * place + number)
                self._rushed.append(self.send("enrolment.request.v1", edition, data, twice=number % 3 == 0))
        self.settle()

    def invoiced(self) -> None:
        """Who has a seat got an invoice: what changes from here on is money given back."""
        self.until(lambda: self._invoiced >= {e for one in self.editions for e in self.with_status(one, "accepted")})

    def change(self) -> None:
        """Some withdraw, the first in line accept or decline, one is substituted, a session moves."""
        for edition in self.editions:
            accepted = self.with_status(edition, "accepted")
            for enrolment in accepted[:2]:
                self.about(edition, "enrolment.withdraw.v1", enrolment, twice=True)
            if accepted[2:]:
                person = season.person(90_000 + len(accepted))
                self.about(edition, "enrolment.substitute.v1", accepted[2], participant=person)
        self.until(lambda: all(self.with_status(edition, "offered") for edition in self.editions))
        for edition in self.editions:
            offered = self.with_status(edition, "offered")
            for enrolment in offered[:1]:
                self.about(edition, "enrolment.accept-offer.v1", enrolment, twice=True)
            for enrolment in offered[1:]:
                self.about(edition, "enrolment.decline-offer.v1", enrolment)
            session = season.session_ids(edition)[0]
            self.send("session.move.v1", edition, season.move(edition, session, 3))
        self.settle()

    def again(self) -> None:
        """Every command of the rush that was answered comes once more; one that was lost must not be healed by that."""
        for command in self._rushed:
            if command.id in self.answered:
                self.wire.send(command)
        self.settle()

    def about(self, edition: str, type_: str, enrolment: str, *, twice: bool = False, **more: object) -> None:
        """A command about an enrolment."""
        data = {"edition_id": edition, "enrolment_id": enrolment, **more}
        self.send(type_, edition, data, twice=twice)

    def send(self, type_: str, key: str, data: dict[str, object], *, twice: bool = False) -> Command:
        """A command with an id of its own."""
        command = Command(str(uuid4()), type_, key, data)
        for _ in range(1 + twice):
            self.wire.send(command)
        return command

    def with_status(self, edition: str, status: str) -> list[str]:
        """The enrolments of an edition that have this status now."""
        return [id_ for id_, now in self.status[edition].items() if now == status]

    def settle(self) -> None:
        """Until the broker has everything and each command is answered, or is not going to be."""
        self.until(lambda: not self.wire.waiting() and self.wire.ledger.commands <= self.answered)

    def until(self, done: Callable[[], bool]) -> None:
        """Wait; a mutant may well make that in vain, and then the story goes on."""
        until = time.monotonic() + self._patience
        while not done():
            if time.monotonic() > until:
                self._patience = AFTER_SILENCE_SECONDS
                return
            for message in self.wire.pump():
                self._hear(message)
            time.sleep(0.02)

    def _hear(self, message: Message) -> None:
        data = data_of(message)
        if text_of(message, "ce_type") == "command.answered.v1":
            self.answered.add(str(data.get("command_id")))
        elif message.topic() == "spn.billing.events":
            self._invoiced.add(str(data["enrolment_id"]))
        elif message.topic() == "spn.enrolment.events" and "guest_id" in data:
            self.guests[str(data["edition_id"])][str(data["guest_id"])] = str(data["status"])
        elif message.topic() == "spn.enrolment.events":
            self.status[str(data["edition_id"])][str(data["enrolment_id"])] = str(data["status"])
            self.people[str(data["enrolment_id"])] = str(data["participant_id"])
