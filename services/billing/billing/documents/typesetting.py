"""Sets a paper as PDF with typst. Only the worker process imports this: a forked typst hangs, and it takes 60 MB."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import typst

from billing.documents.wording import view

TEMPLATE = Path(__file__).with_name("document.typ")
FONTS = Path(str(resources.files("fontpkg_source_sans_3"))) / "files"


class Typesetter:
    """One compiler, warm after its first document: 5 ms each from then on."""

    def __init__(self) -> None:
        # Only what comes along: a document looks the same on every machine.
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
        self._compiler = typst.Compiler(TEMPLATE, font_paths=fonts)

    def pdf(self, paper: Mapping[str, Any]) -> bytes:
        """The document as PDF/A-3a and PDF/UA-1; the same paper gives the same bytes.

        :raises ValueError: typst warns, for example of a missing font: such a page is not what was designed.
        :raises typst.TypstError: typst refuses.
        """
        issued_on = datetime.combine(date.fromisoformat(paper["issued_on"]), datetime.min.time(), UTC)
        content, warnings = self._compiler.compile_with_warnings(
            format="pdf",
            # PDF/A-3a may carry the e-invoice inside later; UA-1 is for people who listen. A-4 cannot be UA-1.
            pdf_standards=["a-3a", "ua-1"],
            sys_inputs=_inputs(paper),
            timestamp=int(issued_on.timestamp()),
        )
        if warnings:
            raise ValueError(f"typst warns: {warnings[0].message}")
        assert isinstance(content, bytes), type(content)
        return content

    def png(self, paper: Mapping[str, Any], *, ppi: int = 110) -> list[bytes]:
        """The pages as pictures, for eyes."""
        pages = self._compiler.compile(format="png", ppi=ppi, sys_inputs=_inputs(paper))
        return [page for page in (pages if isinstance(pages, list) else [pages]) if page]


def _inputs(paper: Mapping[str, Any]) -> dict[str, str]:
    return {"data": json.dumps(view(paper), ensure_ascii=False)}
