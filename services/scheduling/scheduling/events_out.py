"""What scheduling tells: each session, whole, after each fact; and the one answer to each command."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from scheduling import domain, examples
from spn.messaging.contract import Data, EventType, Outgoing
from spn.messaging.policies import AnsweredCommand

OWNER = "scheduling"
TOPIC = "spn.scheduling.events"


class Attendee(Data):
    """A person's place in the session. Someone who lost it stays, as withdrawn."""

    person_id: UUID
    enrolment_id: Annotated[UUID, Field(description="The enrolment that gives the place, or gave it last")]
    status: Literal["confirmed", "withdrawn"]


class Session(Data):
    """A session as it now is."""

    session_id: Annotated[str, Field(description="Names one session in the whole programme, for ever")]
    edition_id: str
    theme_id: str
    title_nl: str
    title_en: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    venue: Annotated[str, Field(description="Name and address, on one line")]
    status: Literal["planned", "cancelled"]
    sequence: Annotated[int, Field(ge=0, description="SEQUENCE of the calendar entry (RFC 5545); rises at each event")]
    attendees: Annotated[tuple[Attendee, ...], Field(description="Each person once, in the order of their ids")]


class CommandAnswered(Data):
    """What became of a command."""

    command_id: UUID
    command_type: str
    outcome: Literal["done", "unchanged", "refused"]
    code: Annotated[str, Field(description="Stable: for programs")]
    sentence_nl: Annotated[str, Field(description="For people")]
    sentence_en: str
    edition_id: str | None
    subject_id: Annotated[str | None, Field(description="The session, when the answer is about one")]
    state: Annotated[str | None, Field(description="Of the session or the timetable, when known")]


def _session(day: dict[str, Any], sequence: int, confirmed: int) -> Session:
    attendees = examples.ATTENDEES[:confirmed]
    values = {**day, "edition_id": examples.EDITION, "status": "planned", "sequence": sequence, "attendees": attendees}
    return Session.model_validate(values)


def _answered(**values: Any) -> CommandAnswered:
    return CommandAnswered.model_validate({"edition_id": examples.EDITION, "subject_id": None, "state": None, **values})


def _of_session(fact: str, summary: str, *shown: Session) -> EventType[Session]:
    return EventType(f"scheduling.{fact}.v1", TOPIC, Session, "session_id", "session_id", summary, shown)


SESSION_PLANNED = _of_session(
    "session-planned",
    "A session came into the timetable, with the places that members have in it from the start.",
    *(_session(day, 0, 0) for day in examples.SESSIONS),
)
SESSION_MOVED = _of_session(
    "session-moved",
    "A session got other times, another venue, title or theme. Places may have changed with it.",
    _session(examples.MOVED, 4, 3),
)
SESSION_CANCELLED = _of_session(
    "session-cancelled",
    "A session will not take place. Its attendees are those whose calendar entry is to be taken back.",
    _session(examples.MOVED, 5, 3).model_copy(update={"status": "cancelled"}),
)
PLACE_GIVEN = _of_session(
    "place-given",
    "Someone got a place; after a substitution somebody else lost one at the same time.",
    *(_session(day, 2, 2) for day in examples.SESSIONS),
)
PLACE_WITHDRAWN = _of_session(
    "place-withdrawn",
    "Someone lost a place in a session to come; the attendee stays, as withdrawn.",
    *(_session(day, 3, 3) for day in examples.SESSIONS),
)
COMMAND_ANSWERED = EventType(
    "command.answered.v1",
    TOPIC,
    CommandAnswered,
    "edition_id",
    "command_id",
    "What became of a command: one answer to each. A command that named no edition is answered under its own id.",
    (
        _answered(
            command_id="0b9f5a2e-6f1d-4f7e-9b1a-2c3d4e5f6a01",
            command_type="timetable.plan.v1",
            outcome="done",
            code="timetable-planned",
            sentence_nl="Het rooster staat: 8 bijeenkomsten.",
            sentence_en="The timetable stands: 8 sessions.",
            state="planned",
        ),
        _answered(
            command_id="0b9f5a2e-6f1d-4f7e-9b1a-2c3d4e5f6a02",
            command_type="session.move.v1",
            outcome="done",
            code="session-moved",
            sentence_nl=f"De bijeenkomst '{examples.MOVED['title_nl']}' is verplaatst.",
            sentence_en=f"The session '{examples.MOVED['title_en']}' has been moved.",
            subject_id=examples.MOVED["session_id"],
            state="planned",
        ),
        _answered(
            command_id="0b9f5a2e-6f1d-4f7e-9b1a-2c3d4e5f6a03",
            command_type="session.move.v1",
            outcome="refused",
            code="unknown-session",
            sentence_nl="Deze editie heeft geen bijeenkomst 'ln27-verhalend-9'.",
            sentence_en="This edition has no session 'ln27-verhalend-9'.",
            subject_id="ln27-verhalend-9",
        ),
    ),
    kept=False,
)

EVENTS: tuple[EventType[Any], ...] = (
    SESSION_PLANNED,
    SESSION_MOVED,
    SESSION_CANCELLED,
    PLACE_GIVEN,
    PLACE_WITHDRAWN,
    COMMAND_ANSWERED,
)

_TOLD: dict[type[domain.Fact], EventType[Session]] = {
    domain.SessionPlanned: SESSION_PLANNED,
    domain.SessionMoved: SESSION_MOVED,
    domain.SessionCancelled: SESSION_CANCELLED,
    domain.PlaceGiven: PLACE_GIVEN,
    domain.PlaceWithdrawn: PLACE_WITHDRAWN,
}


def tell(fact: domain.Fact) -> Iterable[Outgoing]:
    """The event of a fact, with the whole session."""
    session = fact.session
    data = Session(
        session_id=session.session_id,
        edition_id=session.edition_id,
        theme_id=session.theme_id,
        title_nl=session.title_nl,
        title_en=session.title_en,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        venue=session.venue,
        status=session.status,
        sequence=session.sequence,
        attendees=tuple(map(_attendee, session.attendees)),
    )
    yield _TOLD[type(fact)](data)


@lru_cache(maxsize=8_192)  # told again with every place that is given to others: what a batch spends most on
def _attendee(place: domain.Place) -> Attendee:
    return Attendee(person_id=place.person_id, enrolment_id=place.enrolment_id, status=place.status)


def answer(answered: AnsweredCommand) -> Outgoing:
    """The answer to a command, under the edition it named; without one under the command's own id."""
    said = answered.answer
    data = CommandAnswered(
        command_id=UUID(answered.command_id),
        command_type=answered.command_type,
        outcome=said.outcome,
        code=said.code,
        sentence_nl=said.nl,
        sentence_en=said.en,
        edition_id=answered.key or None,
        subject_id=said.subject,
        state=said.state,
    )
    return replace(COMMAND_ANSWERED(data), key=answered.key or answered.command_id)
