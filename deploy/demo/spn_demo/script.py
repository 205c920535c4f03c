"""The lines that a script is made of: what is asked, and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


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
    """One director asks for a seat, by the form or through SPN's platform."""

    do: Literal["request"]
    who: str
    by: Literal["page", "platform"] = "page"


class Rush(Step):
    """Everybody asks, one after the other, spread over some seconds of real time.

    By the form, but for those for whom SPN's platform asks. Only its messages can come a second time, and only a form
    can be sent once more.
    """

    do: Literal["rush"]
    within_seconds: float = Field(ge=0, le=60)
    by_platform: tuple[str, ...] = ()
    same_message_again: tuple[str, ...] = ()
    same_form_again: tuple[str, ...] = ()
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
