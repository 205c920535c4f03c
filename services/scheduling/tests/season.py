"""A small season to decide on: one edition, its days, and people by number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from scheduling.commands import CancelSession, MoveSession, PlanTimetable
from scheduling.domain import Fact, Session, Timetable, cancel_session, move_session, plan_timetable, settle_places
from scheduling.events_in import Enrolment
from spn.decision import Answer, Decision, Moment, Refused

Asked: TypeAlias = PlanTimetable | MoveSession | CancelSession

EDITION = "lerend-netwerk-2027"
NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def person(number: int) -> UUID:
    """The person of this number."""
    return uuid5(NAMESPACE_URL, f"person {number}")


def enrolment_id(number: int) -> UUID:
    """The enrolment of this number; in order of their numbers."""
    return UUID(int=number)


def enrolment(number: int, status: str = "accepted", *, of: int | None = None, edition: str = EDITION) -> Enrolment:
    """An enrolment as it is told, of the person with the same number unless named."""
    return Enrolment(
        enrolment_id=enrolment_id(number),
        edition_id=edition,
        status=status,
        participant_id=person(number if of is None else of),
    )


def day(number: int, **changes: Any) -> dict[str, Any]:
    """The plan of one day: number 1 is a month after NOW, each next one four weeks later."""
    starts_at = NOW + DAY * 28 * number
    return {
        "session_id": f"dag-{number}",
        "theme_id": "changing",
        "title_nl": f"Dag {number}",
        "title_en": f"Day {number}",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=6),
        "venue": "Bibliotheek Neude, Utrecht",
        **changes,
    }


def plan(*days: dict[str, Any], edition: str = EDITION) -> PlanTimetable:
    """A plan of these days."""
    return PlanTimetable.model_validate({"edition_id": edition, "sessions": days})


def move(number: int, **changes: Any) -> MoveSession:
    """Move a day: two days later unless said otherwise."""
    before = day(number)
    values = {
        "edition_id": EDITION,
        "session_id": before["session_id"],
        "starts_at": before["starts_at"] + 2 * DAY,
        "ends_at": before["ends_at"] + 2 * DAY,
        "venue": before["venue"],
        "reason": "De zaal is niet vrij",
    }
    return MoveSession.model_validate({**values, **changes})


def cancel(number: int) -> CancelSession:
    """Call a day off."""
    values = {"edition_id": EDITION, "session_id": f"dag-{number}", "reason": "De spreker is ziek"}
    return CancelSession.model_validate(values)


@dataclass
class Season:
    """One timetable and everything that was decided on it: given what came before, when, then."""

    state: Timetable = field(default_factory=lambda: Timetable(EDITION))
    facts: list[Fact] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    now: datetime = NOW
    sequence: int = 0

    def hears(self, *told: Enrolment) -> tuple[Fact, ...]:
        """Enrolments in the order in which they were told."""
        return sum((self.hears_at(self.sequence + 1, one) for one in told), start=())

    def hears_at(self, sequence: int, told: Enrolment) -> tuple[Fact, ...]:
        """An enrolment with the sequence of its event."""
        self.sequence = max(self.sequence, sequence)
        return self._after(settle_places(self.state, told, self._moment(sequence)))

    def is_asked(self, command: Asked) -> Answer:
        """A command; its answer, also when it is refused."""
        try:
            if isinstance(command, PlanTimetable):
                decision = plan_timetable(self.state, command, self._moment())
            elif isinstance(command, CancelSession):
                decision = cancel_session(self.state, command, self._moment())
            else:
                decision = move_session(self.state, command, self._moment())
        except Refused as refused:
            decision = Decision(self.state, answer=refused.answer)
        self._after(decision)
        assert decision.answer is not None
        self.answers.append(decision.answer)
        return decision.answer

    def _after(self, decision: Decision[Timetable]) -> tuple[Fact, ...]:
        self.state = decision.state
        self.facts += decision.facts  # type: ignore[arg-type]
        return decision.facts  # type: ignore[return-value]

    def _moment(self, sequence: int = 0) -> Moment:
        return Moment(self.now, uuid4(), sequence)

    def session(self, number: int) -> Session:
        """The session of this day as it is now."""
        return self.state.sessions[f"dag-{number}"]


def expected(sessions: Iterable[Session]) -> dict[str, dict[UUID, UUID]]:
    """Per session: the people who have a place, and the enrolment that gives it."""
    return {
        s.session_id: {p.person_id: p.enrolment_id for p in s.attendees if p.status == "confirmed"} for s in sessions
    }
