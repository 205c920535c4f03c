"""What can be wrong with a document, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that is wrong. ``key`` names the sentence for it in the catalogue, which ``fields`` fill in.

    ``line`` counts from 1; None where no line is at fault. ``place`` is the field, as in ``themes[0].title_nl``.
    """

    line: int | None
    key: str
    place: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


class UnreadableError(Exception):
    """The document cannot be read at all, or not safely."""

    def __init__(self, *mistakes: Mistake) -> None:
        super().__init__(mistakes)
        self.mistakes = mistakes
