"""The page of an answer: at once, or when it is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias
from uuid import UUID

from fastapi.responses import HTMLResponse

from enrolment.pages.visit import Visit

WAIT_SECONDS: Final = 2.0
REFRESH_SECONDS: Final = 3
_OWN_TITLE: Final = ("accepted", "waitlisted", "requested")


Back: TypeAlias = Callable[[], Awaitable[tuple[str, str] | None]]
"""Where the page of an answer leads, and what that is called, as it is when the answer is there."""


def always(address: str, called: str) -> Back:
    """The same place, whatever came of it."""

    async def back() -> tuple[str, str]:
        return address, called

    return back


async def outcome(
    visit: Visit,
    command_id: UUID,
    *,
    switch: str | None,
    back: Back,
    own_words: Mapping[str, str] = MappingProxyType({}),
) -> HTMLResponse:
    """What became of a command. While nobody knows, a page that asks again by itself.

    It does so by the header ``Refresh``, which needs no script and leaves no element that axe must warn about.

    ``own_words``: the sentence that the page has of its own for an answer, by the code of that answer.
    """
    edge = visit.desk.edge
    found = await edge.known(command_id)
    if found is None:
        return visit.message(404, "problem.not_found")
    said = found.answer or await edge.wait(command_id, WAIT_SECONDS)
    if said is None:
        return visit.page(
            "pending", switch=switch, headers={"refresh": str(REFRESH_SECONDS)}, here=visit.request.url.path
        )
    address, called = await back() or (None, None)
    return visit.page("answer", switch=switch, back=address, back_key=called, **_said(visit, said, own_words))


def _said(visit: Visit, said: dict[str, Any], own_words: Mapping[str, str]) -> dict[str, Any]:
    code, kind = str(said.get("code")), str(said.get("outcome"))
    own = code in _OWN_TITLE
    return {
        "kind": kind,
        "title": visit.words(f"answer.{code if own else kind}_title"),
        "sentence": visit.words(own_words[code])
        if code in own_words
        else visit.words.either(said["sentence_nl"], said["sentence_en"]),
        "next": visit.words(f"answer.{code}_next") if own else None,
    }
