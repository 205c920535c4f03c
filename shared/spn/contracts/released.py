"""The contracts as they were at the last release: a file of the checkout, so that a shallow clone can compare too."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spn.contracts.additive import Contracts
from spn.contracts.published import Contract
from spn.contracts.schemas import schema_of

FILE = Path("shared") / "contracts" / "released.json"


def promises(contracts: Iterable[Contract]) -> dict[str, dict[str, Any]]:
    """What others rely on in these contracts, by ``<owner>/<type>``. Words and examples are no part of it."""
    return {
        contract.name: {
            "topic": contract.topic,
            "key": contract.key,
            "subject": contract.subject,
            "kind": contract.kind,
            "content_type": contract.content_type,
            "schema": schema_of(contract),
        }
        for contract in contracts
    }


def read(root: Path) -> Contracts:
    """The promises of the last release; none before the first."""
    file = root / FILE
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return found


def write(root: Path, contracts: Contracts) -> None:
    """Make these the promises that later changes have to keep."""
    file = root / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(dict(sorted(contracts.items())), indent=1, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8")
