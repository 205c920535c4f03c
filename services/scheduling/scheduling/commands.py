"""What scheduling can be asked. Strict: an unknown field, a text too long or an instant without zone is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from scheduling import examples
from spn.messaging.contract import Command

TOPIC = "spn.scheduling.commands"
SESSIONS_MAX = 60
YEAR_MIN, YEAR_MAX = 2000, 2100


def _as_text(value: object) -> object:
    """A number is no instant here, though it could be read as seconds since 1970."""
    if isinstance(value, datetime) or (isinstance(value, str) and "-" in value[1:]):
        return value
    raise ValueError("an instant is a text as in RFC 3339, for example 2027-03-11T08:30:00Z")


def _as_utc(value: datetime) -> datetime:
    if not YEAR_MIN <= value.year <= YEAR_MAX:
        raise ValueError(f"the year lies outside {YEAR_MIN} to {YEAR_MAX}")
    if value.microsecond:
        # A calendar entry has whole seconds: the rest would be lost without a word.
        raise ValueError("an instant has whole seconds")
    return value.astimezone(UTC)


Slug: TypeAlias = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")]
Line: TypeAlias = Annotated[
    str,
    # No control characters and no line or paragraph separators: these texts go into mails and calendar entries.
    StringConstraints(
        strict=True,
        strip_whitespace=True,
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$",
    ),
]
Instant: TypeAlias = Annotated[
    AwareDatetime,
    BeforeValidator(_as_text),
    AfterValidator(_as_utc),
    Field(description=f"RFC 3339, with a zone, in whole seconds, in the years {YEAR_MIN} to {YEAR_MAX}"),
]


class PlannedSession(BaseModel):
    """One day of an edition, as an organiser gives it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    session_id: Annotated[Slug, Field(description="Names one session in the whole programme, for ever")]
    theme_id: Slug
    title_nl: Line
    title_en: Line
    starts_at: Instant
    ends_at: Annotated[Instant, Field(description="After the start, 24 hours after it at most")]
    venue: Annotated[Line, Field(description="Name and address, on one line")]


class PlanTimetable(Command):
    """Make these the sessions of the edition. Sent again, it changes nothing; a session left out is refused."""

    topic: ClassVar[str] = TOPIC
    types: ClassVar[tuple[str, ...]] = ("timetable.plan.v1",)
    key: ClassVar[str] = "edition_id"
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"edition_id": examples.EDITION, "sessions": list(examples.SESSIONS)},
    )

    edition_id: Slug
    sessions: Annotated[tuple[PlannedSession, ...], Field(min_length=1, max_length=SESSIONS_MAX)]

    @property
    def lane(self) -> str:
        """The edition: a plan concerns each of its sessions, so their moves keep their order with it."""
        return self.edition_id


class CancelSession(Command):
    """Call a session off, for good, and say why. Everybody's calendar entry is taken back."""

    topic: ClassVar[str] = TOPIC
    types: ClassVar[tuple[str, ...]] = ("session.cancel.v1",)
    key: ClassVar[str] = "edition_id"
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "edition_id": examples.EDITION,
            "session_id": examples.MOVED["session_id"],
            "reason": "De spreker is ziek en er is geen vervanger",
        },
    )

    edition_id: Slug
    session_id: Slug
    reason: Line

    @property
    def lane(self) -> str:
        """The edition: see MoveSession."""
        return self.edition_id


class MoveSession(Command):
    """Give a session other times or another venue, and say why."""

    topic: ClassVar[str] = TOPIC
    types: ClassVar[tuple[str, ...]] = ("session.move.v1",)
    key: ClassVar[str] = "edition_id"
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {
            "edition_id": examples.EDITION,
            **{name: examples.MOVED[name] for name in ("session_id", "starts_at", "ends_at", "venue")},
            "reason": "De zaal in Rozet is op 20 mei niet beschikbaar",
        },
    )

    edition_id: Slug
    session_id: Slug
    starts_at: Instant
    ends_at: Instant
    venue: Line
    reason: Line

    @property
    def lane(self) -> str:
        """The edition: a later plan must not be overtaken by an earlier move that had to wait."""
        return self.edition_id
