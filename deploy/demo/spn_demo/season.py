"""The season as data: what `examples/` holds, checked when it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from pydantic import TypeAdapter, ValidationError

from spn_demo.script import AnyStep, MoveSession, Request, Rush, Substitute, Withdraw

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class SeasonError(Exception):
    """A file of the season does not say what it should; the text says which and where."""


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

    def move(self, step: MoveSession) -> dict[str, Any]:
        """The data of a session.move."""
        told = step.model_dump(include={"starts_at", "ends_at", "venue", "reason"})
        return {"edition_id": self.edition_id, "session_id": self.session_id(step.session_id), **told}

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
    if wrong := [*_unknown_people(season), *_wrong_ways(season.steps), *_backward_steps(season.steps)]:
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
            named = (*step.by_platform, *step.same_message_again, *step.same_form_again, *step.asks_twice)
        yield from (f"{step.do}: {who} is not in directors.yaml" for who in named if who not in known)


def _wrong_ways(steps: Iterable[AnyStep]) -> Iterable[str]:
    for step in steps:
        if isinstance(step, Rush):
            by_page = set(step.same_message_again) - set(step.by_platform)
            by_platform = set(step.same_form_again) & set(step.by_platform)
            yield from (f"{step.do}: {who} sends no message; name them in by_platform too" for who in sorted(by_page))
            yield from (f"{step.do}: {who} is in by_platform, and sends no form" for who in sorted(by_platform))


def _backward_steps(steps: Iterable[AnyStep]) -> Iterable[str]:
    last: datetime | None = None
    for step in steps:
        if step.at and last and step.at < last:
            yield f"{step.do}: {step.at.isoformat()} lies before the step above it"
        last = step.at or last
