"""The published contracts, shared/contracts/<owner>/<type>.json, as far as the command line needs them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Contract:
    """Where a type of message goes, and which field of its data is the key."""

    type: str
    topic: str
    key: str
    kind: str


def contracts(root: Path) -> dict[str, Contract]:
    """Every contract of the checkout, by type. None are there before they were generated."""
    found = (_read(file) for file in sorted((root / "shared" / "contracts").glob("*/*.json")))
    return {contract.type: contract for contract in found if contract is not None}


def _read(file: Path) -> Contract | None:
    content: Any = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or not {"type", "topic", "key", "kind"} <= content.keys():
        return None
    return Contract(content["type"], content["topic"], content["key"], content["kind"])
