"""Who asked for a command, and by which way: the pages, the API or Kafka."""

from __future__ import annotations

from typing import Literal, TypeAlias

from spn_demo.journal import Told

Way: TypeAlias = Literal["page", "api", "kafka"]

PLATFORM = "platform"
# The pages act for whoever opened them, and name no account.
OUR_PAGES = ("form", "participant", "guest")
ASKERS: dict[Way, str] = {"page": "visitor", "api": "organiser", "kafka": PLATFORM}


def way_of(told: Told) -> Way | None:
    """By which way a command came in; None for a service that wakes itself up, and for what is no command.

    The pages and the API put a command on its topic under the name of their service. The pages name in it which of
    them it was, the API whose token.
    """
    if not told.is_command or not isinstance(told.data, dict):
        return None
    if told.service == PLATFORM:
        return "kafka"
    by = told.data.get("by")
    if by in OUR_PAGES:
        return "page"
    return None if by is None else "api"


def actor_of(told: Told) -> str:
    """Whose message it is: who asked for it, or else the service that tells it."""
    way = way_of(told)
    return told.service if way is None else ASKERS[way]
