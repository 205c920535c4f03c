"""Tables that stand in pages written by hand.

Each stands between ``<!-- generated: settings billing -->``, with the table's name, and ``<!-- end of generated -->``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

Tables: TypeAlias = Mapping[str, Callable[[], str]]
"""The text of each table, by the words in its first marker."""

_BLOCK = re.compile(
    r"^(?P<begin><!-- generated: (?P<name>[a-z -]+?) -->\n)(?P<text>.*?)(?P<end>^<!-- end of generated -->$)",
    re.MULTILINE | re.DOTALL,
)
_PLACES = ("README.md", "docs/**/*.md", "services/*/README.md")


class PageError(Exception):
    """A page asks for a table that there is not."""


def pages(root: Path) -> Iterator[Path]:
    """The pages of a checkout in which tables may stand, relative to it."""
    for place in _PLACES:
        yield from sorted(file.relative_to(root) for file in root.glob(place))


def names_in(text: str) -> list[str]:
    """The tables that a page asks for."""
    return [block["name"] for block in _BLOCK.finditer(text)]


def filled(text: str, tables: Tables) -> str:
    """The page with its tables as they are now.

    :raises PageError: it asks for one that there is not.
    """

    def fill(block: re.Match[str]) -> str:
        if block["name"] not in tables:
            raise PageError(f"there is no table '{block['name']}', only: {', '.join(sorted(tables))}")
        return f"{block['begin']}\n{tables[block['name']]().strip()}\n\n{block['end']}"

    return _BLOCK.sub(fill, text)
