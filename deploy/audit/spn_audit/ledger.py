"""The ledger: what the driver of a load says the broker acknowledged. JSON Lines, one record a line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

Place: TypeAlias = tuple[str, int, int]
"""Topic, partition, offset."""


class LedgerError(Exception):
    """The ledger cannot be read; the text says which line."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command with an id of its own: exactly one answer, however often it was sent.

    ``places``: where it stands; none that came in over HTTP, whose place nobody told.
    """

    type: str
    topic: str
    key: str
    places: tuple[Place, ...]


@dataclass(slots=True)
class Ledger:
    """What was put on the topics by somebody who is no service."""

    commands: dict[str, Asked] = field(default_factory=dict)
    poison: dict[tuple[str, Place], str] = field(default_factory=dict)
    """By (service that must bury it, place): what is wrong with it."""
    ignored: dict[Place, str] = field(default_factory=dict)
    mended: set[tuple[str, Place]] = field(default_factory=set)
    """By (service, place): what failed because of a fault that was mended, and had its effect when tried again."""
    dropped: set[str] = field(default_factory=set)
    """Databases that were emptied on purpose."""

    @property
    def strange(self) -> set[Place]:
        """Records that no service told: they are no part of any service's own story."""
        return {place for _, place in self.poison} | set(self.ignored)

    @classmethod
    def read(cls, file: Path) -> Ledger:
        """Read a ledger file.

        :raises LedgerError: it is missing, or a line is not what it should be.
        """
        try:
            with file.open(encoding="utf-8") as lines:
                return cls.of(lines)
        except OSError as error:
            raise LedgerError(f"{file} cannot be read: {error.strerror}") from None

    @classmethod
    def of(cls, lines: Iterable[str]) -> Ledger:
        """Read the lines of a ledger."""
        ledger = cls()
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    ledger._take(json.loads(line))
                except (ValueError, LookupError, TypeError) as error:
                    raise LedgerError(f"line {number} of the ledger: {type(error).__name__}: {error}") from None
        return ledger

    def _take(self, line: dict[str, Any]) -> None:
        kind = line["kind"]
        if kind == "dropped":
            self.dropped.add(line["database"])
            return
        if kind == "command":
            self._ask(line)
            return
        place = _place(line)
        if kind == "poison":
            self.poison[line["service"], place] = line["what"]
        elif kind == "mended":
            self.mended.add((line["service"], place))
        elif kind == "ignored":
            self.ignored[place] = line["what"]
        else:
            raise ValueError(f"no such kind: {kind}")

    def _ask(self, line: dict[str, Any]) -> None:
        known = self.commands.get(line["id"])
        before = known.places if known else ()
        places = before if line.get("partition") is None else (*before, _place(line))
        self.commands[line["id"]] = Asked(line["type"], line["topic"], line.get("key", ""), places)


def _place(line: dict[str, Any]) -> Place:
    return str(line["topic"]), int(line["partition"]), int(line["offset"])
