"""Plays the script: drives the clock, sends the commands, waits until nothing moves. Tells nothing of the story."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spn.clock import FileClock, step
from spn_demo import season as script
from spn_demo.platform import Command, Platform
from spn_demo.quiet import Stillness
from spn_demo.season import AnyStep, Season

ENROLMENT = "spn.enrolment.commands"
SCHEDULING = "spn.scheduling.commands"
PATIENCE_S = 45.0


class UnexpectedAnswerError(Exception):
    """A command was answered otherwise than the script expects."""


@dataclass
class Driver:
    """One playing of a season."""

    season: Season
    platform: Platform
    stillness: Stillness
    clock_file: Path
    _asked: dict[str, Command] = field(default_factory=dict, init=False)

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
            case script.Request():
                self._ask(one, [self._request(one.who)])
            case script.Rush():
                self._rush(one)
            case _:
                self._ask(one, [self._command(one)])

    def _command(self, one: AnyStep) -> Command:
        season = self.season
        key: dict[str, Any] = {"edition_id": season.edition_id}
        match one:
            case script.PublishEdition():
                return self._to(ENROLMENT, "edition.publish.v1", season.publication())
            case script.PlanTimetable():
                return self._to(SCHEDULING, "timetable.plan.v1", season.plan())
            case script.Withdraw():
                data = {**key, "enrolment_id": self._enrolment(one.who), "reason": one.reason}
                return self._to(ENROLMENT, "enrolment.withdraw.v1", data)
            case script.AcceptOffer():
                data = {**key, "enrolment_id": self.platform.offered}
                return self._to(ENROLMENT, "enrolment.accept-offer.v1", data)
            case script.Substitute():
                data = {**key, "enrolment_id": self._enrolment(one.who), "participant": dict(one.participant)}
                return self._to(ENROLMENT, "enrolment.substitute.v1", data)
            case script.MoveSession():
                told = one.model_dump(include={"starts_at", "ends_at", "venue", "reason"})
                data = {**key, "session_id": season.session_id(one.session_id), **told}
                return self._to(SCHEDULING, "session.move.v1", data)
            case _:
                raise TypeError(f"{one.do} is no single command")

    def _rush(self, rush: script.Rush) -> None:
        """Everybody asks, evenly spread; some messages come twice, some people ask twice."""
        began, sent = time.monotonic(), list[Command]()
        for place, email in enumerate(self.season.emails):
            _until(began + rush.within_seconds * place / len(self.season.emails))
            commands = [self._request(email)] * (2 if email in rush.same_message_again else 1)
            commands += [self._request(email)] if email in rush.asks_twice else []
            for command in commands:
                self.platform.send(command)
            sent += commands
        self._hear(rush, sent)

    def _request(self, email: str) -> Command:
        command = self._to(ENROLMENT, "enrolment.request.v1", self.season.request(email))
        self._asked[email] = command
        return command

    def _ask(self, one: AnyStep, commands: list[Command]) -> None:
        for command in commands:
            self.platform.send(command)
        self._hear(one, commands)

    def _hear(self, one: AnyStep, commands: list[Command]) -> None:
        """Every command is answered, as the script expects. That nothing needed doing is as good as done."""
        self.platform.flush()
        for command in commands:
            answer = self.platform.answer_to(command, PATIENCE_S)
            if (answer["outcome"] == "refused") != (one.expect == "refused"):
                raise UnexpectedAnswerError(f"{command.type} was {answer['outcome']}: {answer['sentence_en']}")

    def _enrolment(self, email: str) -> str:
        """The enrolment that the answer to someone's last request named."""
        enrolment_id: str = self.platform.answer_to(self._asked[email], PATIENCE_S)["subject_id"]
        return enrolment_id

    def _to(self, topic: str, kind: str, data: Mapping[str, Any]) -> Command:
        return Command(kind, topic, self.season.edition_id, data)


def _until(moment: float, now: Callable[[], float] = time.monotonic) -> None:
    """People do not press a button all at once: this is their pace, not a wait for something to happen."""
    time.sleep(max(0.0, moment - now()))
