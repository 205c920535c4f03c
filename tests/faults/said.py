"""What the services said of themselves in their logs. Who dies between a deed and its line takes that line along."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BATCH = {
    "duplicates": "delivered again and absorbed by an inbox",
    "misrouted": "put on their right partition",
    "parked": "waited behind a dead letter",
}
NUMBER = re.compile(r"\d+")
WHY_LENGTH = 120


@dataclass
class Said:
    """Counted over all replicas.

    ``ended``: why processes ended themselves. Numbers are left out, so that the same counts as such.
    """

    batches: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(BATCH.values(), 0)))
    ended: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    """Positions that a replica would not go on from: somebody must decide, and here nobody emptied anything."""


def said_in(logs: Path) -> Said:
    """Read the logs of all replicas."""
    said = Said()
    for file in sorted(logs.glob("*-[0-9].log")):
        for told in _lines(file.read_text(encoding="utf-8", errors="replace").splitlines()):
            if told["event"] == "batch":
                said.batches.update({name: told[count] for count, name in BATCH.items()})
            elif told["event"] == "service_ends":
                said.ended[NUMBER.sub("#", str(told["why"]))[:WHY_LENGTH]] += 1
            elif told["event"] == "position_refused":
                said.refused.append(f"{file.stem}: {told['error']}")
    return said


def _lines(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            told = json.loads(line)
        except ValueError:
            continue  # a traceback, or the last words of somebody who was killed
        if isinstance(told, dict) and "event" in told:
            yield told
