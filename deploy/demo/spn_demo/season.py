"""The season as data: what `examples/` holds, checked when it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class SeasonError(Exception):
    """A file of the season does not say what it should; the text says which and where."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Part):
    """One line of the script. Without ``at`` it follows the one before at once."""

    at: AwareDatetime | None = None
    expect: Literal["done", "refused"] = "done"


class PublishEdition(Step):
    """Publish the edition of edition.yaml."""

    do: Literal["publish-edition"]


class PlanTimetable(Step):
    """Plan the sessions of timetable.yaml."""

    do: Literal["plan-timetable"]


class Wait(Step):
    """Ask for nothing: a deadline of a service is due."""

    do: Literal["wait"]


class Request(Step):
    """One director asks for a seat."""

    do: Literal["request"]
    who: str


class Rush(Step):
    """Everybody asks, one after the other, spread over some seconds of real time."""

    do: Literal["rush"]
    within_seconds: float = Field(ge=0, le=60)
    same_message_again: tuple[str, ...] = ()
    asks_twice: tuple[str, ...] = ()


class Withdraw(Step):
    """Someone gives up a seat."""

    do: Literal["withdraw"]
    who: str
    reason: str


class AcceptOffer(Step):
    """Whoever is offered a seat at that moment takes it."""

    do: Literal["accept-offer"]


class Substitute(Step):
    """A colleague takes a place over."""

    do: Literal["substitute"]
    who: str
    participant: Mapping[str, Any]


class MoveSession(Step):
    """A session gets other times and another venue."""

    do: Literal["move-session"]
    session_id: str
    starts_at: str
    ends_at: str
    venue: str
    reason: str


AnyStep: TypeAlias = Annotated[
    PublishEdition | PlanTimetable | Wait | Request | Rush | Withdraw | AcceptOffer | Substitute | MoveSession,
    Field(discriminator="do"),
]


@dataclass(frozen=True)
class Season:
    """Everything that `spn demo` plays. ``suffix`` keeps ids apart on a cluster where it was played before."""

    edition: Mapping[str, Any]
    timetable: Mapping[str, Any]
    directors: tuple[Mapping[str, Any], ...]
    steps: tuple[AnyStep, ...]
    suffix: str = ""

    @property
    def edition_id(self) -> str:
        """The edition in play, which is the key of every command."""
        return f"{self.edition['edition_id']}{self.suffix}"

    @property
    def begins_at(self) -> datetime:
        """Where the clock stands when the services start: shortly before the first step."""
        first = next(step.at for step in self.steps if step.at is not None)
        return first - timedelta(minutes=5)

    def session_id(self, named: str) -> str:
        """The id of a session in play."""
        return f"{named}{self.suffix}"

    def publication(self) -> dict[str, Any]:
        """The data of edition.publish."""
        return {**self.edition, "edition_id": self.edition_id}

    def plan(self) -> dict[str, Any]:
        """The data of timetable.plan."""
        sessions = [{**one, "session_id": self.session_id(one["session_id"])} for one in self.timetable["sessions"]]
        return {"edition_id": self.edition_id, "sessions": sessions}

    def request(self, email: str) -> dict[str, Any]:
        """The data of a director's enrolment.request."""
        director = next(one for one in self.directors if one["participant"]["email"] == email)
        return {"edition_id": self.edition_id, **director, "two_year_commitment": True}

    @property
    def emails(self) -> list[str]:
        """The directors, in the order in which they ask."""
        return [one["participant"]["email"] for one in self.directors]


def load_season(folder: Path, suffix: str = "") -> Season:
    """Read `examples/`.

    :raises SeasonError: a step is not known or incomplete, goes back in time, or names nobody of directors.yaml.
    """
    try:
        steps = TypeAdapter(tuple[AnyStep, ...]).validate_python(_read(folder / "season.yaml"))
    except ValidationError as error:
        places = [
            f"  step {one['loc'][0]}, {'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in error.errors()
        ]
        raise SeasonError("season.yaml:\n" + "\n".join(places)) from None
    season = Season(
        edition=_read(folder / "edition.yaml"),
        timetable=_read(folder / "timetable.yaml"),
        directors=tuple(_read(folder / "directors.yaml")),
        steps=steps,
        suffix=suffix,
    )
    if wrong := [*_unknown_people(season), *_backward_steps(season.steps)]:
        raise SeasonError("season.yaml:\n" + "\n".join(f"  {one}" for one in wrong))
    return season


def _read(file: Path) -> Any:
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise SeasonError(f"{file.name} cannot be read: {error}") from None


def _unknown_people(season: Season) -> Iterable[str]:
    known = set(season.emails)
    for step in season.steps:
        named: tuple[str, ...] = ()
        if isinstance(step, Request | Withdraw | Substitute):
            named = (step.who,)
        elif isinstance(step, Rush):
            named = (*step.same_message_again, *step.asks_twice)
        yield from (f"{step.do}: {who} is not in directors.yaml" for who in named if who not in known)


def _backward_steps(steps: Iterable[AnyStep]) -> Iterable[str]:
    last: datetime | None = None
    for step in steps:
        if step.at and last and step.at < last:
            yield f"{step.do}: {step.at.isoformat()} lies before the step above it"
        last = step.at or last
