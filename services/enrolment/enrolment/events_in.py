"""What enrolment reads of others: the sessions of its editions, for people's own pages. No person is read."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from spn.messaging.contract import Reading


class Attendee(BaseModel):
    """Which enrolment gives a place in the session, or gave it last."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    enrolment_id: UUID
    status: str


class Session(Reading):
    """A session as it now is, with everyone who has or had a place. A place of a status not known here gives none."""

    topic: ClassVar[str] = "spn.scheduling.events"
    types: ClassVar[tuple[str, ...]] = (
        "scheduling.session-planned.v1",
        "scheduling.session-moved.v1",
        "scheduling.session-cancelled.v1",
        "scheduling.place-given.v1",
        "scheduling.place-withdrawn.v1",
    )

    session_id: str
    edition_id: str
    theme_id: str | None = None
    title_nl: str
    title_en: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    venue: str
    status: Literal["planned", "cancelled"]
    sequence: int
    attendees: tuple[Attendee, ...]
