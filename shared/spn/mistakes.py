"""What is wrong with a request, and where: pydantic's findings without the values that were sent."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

MISTAKES_MAX = 20
NAME_CHARACTERS_MAX = 60
_BARE = {"uuid_parsing": "Input should be a valid UUID"}


def pointers(error: ValidationError) -> list[dict[str, str]]:
    """What is wrong with a body, as JSON pointers (RFC 6901) with a sentence each; the values are not repeated."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [{"pointer": pointer(e["loc"]), "detail": sentence(e["type"], e["msg"])} for e in found[:MISTAKES_MAX]]


def pointer(place: Sequence[int | str]) -> str:
    """A place in a body, as the fragment of a URI (RFC 6901, section 6); the names that it consists of cut short."""
    return "#" + "".join(_step(part) for part in place)


def sentence(kind: str, said: str) -> str:
    """What pydantic says is wrong, without the few characters of the value that it tells about some kinds."""
    return _BARE.get(kind, said)


def _step(part: int | str) -> str:
    return "/" + str(part)[:NAME_CHARACTERS_MAX].replace("~", "~0").replace("/", "~1")
