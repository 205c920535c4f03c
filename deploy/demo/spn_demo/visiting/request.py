"""What a director or a secretary types into the form of an edition: the data of a request, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

TICKED = "yes"
NUMBERS = ("kvk", "oin")
# What whoever types it sees already, and no field asks.
SHOWN = ("edition_id",)


def typed(request: Mapping[str, Any]) -> dict[str, str]:
    """The answers to the form, by the names of its fields."""
    answers = dict(_flat(request, ""))
    if "organisation" in request["payer"]:
        answers["payer.kind"] = "other"
    if "requester" in request:
        answers["for_whom"] = "someone"
    return answers


def _flat(data: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    """A field is named by its place in the command. Either legal number of an organisation has one and the same."""
    for name, value in data.items():
        where = place + ("number" if name in NUMBERS else name)
        if isinstance(value, Mapping):
            yield from _flat(value, f"{where}.")
        elif value is True:
            yield where, TICKED
        elif value not in (None, False) and name not in SHOWN:
            yield where, str(value)
