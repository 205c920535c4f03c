"""Forms that nobody has filled in yet: each is rendered once, and its copies differ in nothing but the ticket.

Rendering is four fifths of what the page costs, and at the opening everybody asks for the same one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Hashable
from typing import Final

BLANKS_MAX: Final = 64
"""A form is some 15 kB. More editions are not open at a time; when they are, each is rendered anew now and then."""


class Blanks:
    """The rendered forms, by everything that they show."""

    def __init__(self) -> None:
        self._made: dict[Hashable, tuple[bytes, bytes]] = {}

    def copy(self, shown: Hashable, ticket: str, render: Callable[[str], bytes]) -> bytes:
        """The form with this ticket. ``render`` makes it with any ticket, and from nothing else than ``shown``."""
        made = self._made.get(shown)
        if made is None:
            made = self._make(render)
            if len(self._made) >= BLANKS_MAX:
                self._made.clear()
            self._made[shown] = made
        return ticket.encode().join(made)

    def _make(self, render: Callable[[str], bytes]) -> tuple[bytes, bytes]:
        stand_in = secrets.token_hex()
        before, found, after = render(stand_in).partition(stand_in.encode())
        assert found, "the form does not hold its ticket"
        return before, after
