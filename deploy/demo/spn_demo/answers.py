"""What came of a command, whichever way it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


class NoAnswerError(Exception):
    """A command was not taken, or not answered in time; the text names it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``outcome``: done, unchanged or refused; ``sentence``: the same for people, in their language."""

    outcome: str
    sentence: str

    @classmethod
    def told(cls, data: Mapping[str, Any]) -> Self:
        """From the data of a command.answered.v1, as Kafka and the API tell it."""
        return cls(str(data["outcome"]), str(data["sentence_en"]))
