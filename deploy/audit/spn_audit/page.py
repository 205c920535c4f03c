"""The audit as a page that a person understands who is no programmer."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from spn_audit.result import Audit, Check


def write_page(file: Path, audit: Audit) -> None:
    """Write it, whole in one file."""
    environment = Environment(
        loader=PackageLoader("spn_audit"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("audit.html.j2").render(audit=audit, chapters=_chapters(audit))
    file.write_text(page, encoding="utf-8")


def _chapters(audit: Audit) -> list[tuple[str, list[Check]]]:
    return [(name, list(some)) for name, some in groupby(audit.checks, key=lambda check: check.chapter)]
