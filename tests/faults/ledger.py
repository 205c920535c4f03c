"""What the broker took, line by line: what must have one answer, one dead letter a reader, or no effect at all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

Line: TypeAlias = dict[str, Any]


def command(id_: str, type_: str, key: str) -> Line:
    """A command that must be answered exactly once, however often it is sent."""
    return {"kind": "command", "id": id_, "type": type_, "key": key}


def poison(service: str, what: str) -> Line:
    """A record that this service must bury, once."""
    return {"kind": "poison", "service": service, "what": what}


def mended(service: str, what: str) -> Line:
    """A record that this service could not handle because of a fault, and handled when it was asked for again."""
    return {"kind": "mended", "service": service, "what": what}


def ignored(what: str) -> Line:
    """A record that must have no effect."""
    return {"kind": "ignored", "what": what}


class Ledger:
    """A file of JSON lines, written when the broker acknowledges and never before."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.file = file
        self.lines: list[Line] = []
        self._out = file.open("w", encoding="utf-8")

    def taken(self, lines: Iterable[Line], topic: str, partition: int | None, offset: int | None) -> None:
        """The record behind these lines is on its topic. Of a command's its place may be unknown: over HTTP, say."""
        for line in lines:
            full = {**line, "topic": topic, "partition": partition, "offset": offset}
            self.lines.append(full)
            self._out.write(json.dumps(full) + "\n")
        self._out.flush()

    def dropped(self, database: str) -> None:
        """A database was emptied on purpose."""
        self.lines.append({"kind": "dropped", "database": database})
        self._out.write(json.dumps(self.lines[-1]) + "\n")
        self._out.flush()

    @property
    def commands(self) -> set[str]:
        """The ids of commands that must be answered."""
        return {line["id"] for line in self.lines if line["kind"] == "command"}

    def offsets(self, topic: str, partition: int) -> set[int]:
        """Where the records of a partition stand that are in it."""
        return {one["offset"] for one in self.lines if (one.get("topic"), one.get("partition")) == (topic, partition)}

    def counted(self, kind: str, by: str) -> Counter[str]:
        """How many records of a kind, by one of their fields; a record that several must bury counts once."""
        seen = {(one["topic"], one["partition"], one["offset"], one.get("id")): one[by] for one in self._of(kind)}
        return Counter(seen.values())

    def _of(self, kind: str) -> Iterable[Line]:
        return (line for line in self.lines if line["kind"] == kind)

    def close(self) -> None:
        """Nothing more is sent."""
        self._out.close()
