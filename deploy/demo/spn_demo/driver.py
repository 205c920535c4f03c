"""Plays the script: drives the clock, lets everybody ask, waits until nothing moves. Tells nothing of the story.

Who asks goes the way that is theirs: directors by the pages, an organiser by the API, SPN's platform by Kafka.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spn.clock import FileClock, step
from spn_demo import script
from spn_demo.answers import Answer
from spn_demo.organiser import Organiser
from spn_demo.platform import Command, Platform
from spn_demo.quiet import Stillness
from spn_demo.script import AnyStep
from spn_demo.season import Season
from spn_demo.visiting.visitors import Visitors

ENROLMENT = "spn.enrolment.commands"
SCHEDULING = "spn.scheduling.commands"
PATIENCE_S = 45.0


class UnexpectedAnswerError(Exception):
    """A command was answered otherwise than the script expects."""


@dataclass
class Driver:
    """One playing of a season."""

    season: Season
    visitors: Visitors
    organiser: Organiser
    platform: Platform
    stillness: Stillness
    clock_file: Path

    def play(self) -> None:
        """All steps, each until it has run its course."""
        self.stillness.wait(PATIENCE_S)
        for one in self.season.steps:
            self._reach(one)
            self._do(one)
            self.stillness.wait(PATIENCE_S)

    def _reach(self, one: AnyStep) -> None:
        """Drive the clock to the step, unless it is there already: business time never goes back."""
        if one.at is not None and one.at > FileClock(self.clock_file).now():
            step(self.clock_file, one.at)

    def _do(self, one: AnyStep) -> None:
        match one:
            case script.Wait():
                pass
            case script.Rush():
                self._rush(one)
            case _:
                _expect(one, self._answer(one))

    def _answer(self, one: AnyStep) -> Answer:
        match one:
            case script.PublishEdition() | script.Substitute():
                return self._by_api(one)
            case script.Request(by="page") | script.Withdraw() | script.AcceptOffer():
                return self._by_page(one)
            case script.PlanTimetable() | script.MoveSession() | script.Request():
                return self._by_kafka(self._command(one))
            case _:
                raise TypeError(f"{one.do} has no single answer")

    def _by_api(self, one: script.PublishEdition | script.Substitute) -> Answer:
        """An organiser acts, of their own or because a library calls."""
        if isinstance(one, script.PublishEdition):
            return self.organiser.ask("edition.publish.v1", self.season.publication())
        edition_id = self.season.edition_id
        enrolment_id = self.organiser.enrolment_of(edition_id, one.who)
        data = {"edition_id": edition_id, "enrolment_id": enrolment_id, "participant": dict(one.participant)}
        return self.organiser.ask("enrolment.substitute.v1", data)

    def _by_page(self, one: script.Request | script.Withdraw | script.AcceptOffer) -> Answer:
        match one:
            case script.Request():
                return self.visitors.enrol(self.season.request(one.who))
            case script.Withdraw():
                return self.visitors.withdraw(one.who, one.reason)
            case script.AcceptOffer():
                return self.visitors.accept_offer()

    def _by_kafka(self, command: Command) -> Answer:
        self._send([command])
        return self.platform.answer_to(command, PATIENCE_S)

    def _command(self, one: script.PlanTimetable | script.MoveSession | script.Request) -> Command:
        match one:
            case script.PlanTimetable():
                return self._to(SCHEDULING, "timetable.plan.v1", self.season.plan())
            case script.MoveSession():
                return self._to(SCHEDULING, "session.move.v1", self.season.move(one))
            case script.Request():
                return self._request(one.who)

    def _rush(self, rush: script.Rush) -> None:
        """Everybody asks, evenly spread, and nobody before the one ahead is on the log: that is the line."""
        began, sent = time.monotonic(), list[Command]()
        for place, email in enumerate(self.season.emails):
            _until(began + rush.within_seconds * place / len(self.season.emails))
            if email in rush.by_platform:
                sent += self._messages(rush, email)
            else:
                self._forms(rush, email)
        for command in sent:
            _expect(rush, self.platform.answer_to(command, PATIENCE_S))

    def _forms(self, rush: script.Rush, email: str) -> None:
        """Someone sends the form, perhaps once more, and perhaps opens it anew and asks again."""
        request = self.season.request(email)
        _expect(rush, self.visitors.enrol(request, times=2 if email in rush.same_form_again else 1))
        if email in rush.asks_twice:
            _expect(rush, self.visitors.enrol(request))

    def _messages(self, rush: script.Rush, email: str) -> list[Command]:
        """The platform asks for someone; the same message may come twice, or another with the same wish."""
        commands = [self._request(email)] * (2 if email in rush.same_message_again else 1)
        commands += [self._request(email)] if email in rush.asks_twice else []
        self._send(commands)
        return commands

    def _send(self, commands: list[Command]) -> None:
        for command in commands:
            self.platform.send(command)
        self.platform.flush()

    def _request(self, email: str) -> Command:
        return self._to(ENROLMENT, "enrolment.request.v1", self.season.request(email))

    def _to(self, topic: str, kind: str, data: Mapping[str, Any]) -> Command:
        return Command(kind, topic, self.season.edition_id, data)


def _expect(one: AnyStep, answer: Answer) -> None:
    """It is answered as the script expects. That nothing needed doing is as good as done."""
    if (answer.outcome == "refused") != (one.expect == "refused"):
        raise UnexpectedAnswerError(f"{one.do} was answered with {answer.outcome}: {answer.sentence}")


def _until(moment: float, now: Callable[[], float] = time.monotonic) -> None:
    """People do not press a button all at once: this is their pace, not a wait for something to happen."""
    time.sleep(max(0.0, moment - now()))
