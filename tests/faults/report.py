"""The report of a run: a page that a person reads, and the same as data."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from spn_local.config import SERVICE_NAMES
from tests.faults.outcome import Outcome

TEMPLATES = Path(__file__).with_name("templates")


def write_report(outcome: Outcome, folder: Path) -> None:
    """``report.json`` and ``report.html``."""
    folder.mkdir(parents=True, exist_ok=True)
    data = outcome.as_json() | {"at": datetime.now(UTC).isoformat(timespec="seconds")}
    (folder / "report.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
    pages = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    style = (TEMPLATES / "style.css").read_text("utf-8")
    page = pages.get_template("report.html.j2").render(data, style=style, services=SERVICE_NAMES)
    (folder / "report.html").write_text(page, encoding="utf-8")
