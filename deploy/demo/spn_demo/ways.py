"""Who asked for a command, and by which way: the pages, the API or Kafka."""

from __future__ import annotations

from typing import Literal, TypeAlias

from spn_demo.journal import Told

Way: TypeAlias = Literal["page", "api", "kafka"]

PLATFORM = "platform"
# The pages act for whoever opened them, and name no account.
BEHIND_A_LINK = ("participant", "guest")
ASKERS: dict[Way, str] = {"page": "visitor", "api": "organiser", "kafka": PLATFORM}


def way_of(told: Told) -> Way | None:
    """By which way a command came in; None for a service that wakes itself up, and for what is no command.

    The pages and the API put a command on its topic under the name of their service. The API names in it whose token
    it was, which only the form of an edition leaves out.
    """
    if not told.is_command or not isinstance(told.data, dict):
        return None
    if told.service == PLATFORM:
        return "kafka"
    by = told.data.get("by")
    if by in BEHIND_A_LINK or (by is None and told.type == "enrolment.request.v1"):
        return "page"
    return None if by is None else "api"


def actor_of(told: Told) -> str:
    """Whose message it is: who asked for it, or else the service that tells it."""
    way = way_of(told)
    return told.service if way is None else ASKERS[way]
