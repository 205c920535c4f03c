"""Amounts and percentages as people type them."""

from __future__ import annotations

import re
from typing import Final

_GROUPED: Final = r"(\d{1,3}(?:[. ]\d{3})+|\d+)(?:,(\d{1,2}|-))?"
_ENGLISH: Final = r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?"
_AMOUNT: Final = re.compile(f"{_GROUPED}|{_ENGLISH}", re.ASCII)
_PERCENT: Final = re.compile(r"\d{1,3}", re.ASCII)
_SIGNS: Final = re.compile(r"^(?:€|EUR)\s*|\s*(?:€|%|EUR)$", re.IGNORECASE)
_CHARACTERS_MAX: Final = 30


def cents_of(text: str) -> int | None:
    """An amount in euros, in cents; None when it is none.

    ``1.500,00``, ``1500``, ``€ 1.500,-`` and the English ``1,500.00`` alike: a mark before three digits groups, one
    before one or two begins the cents, so nothing can be read in two ways.
    """
    found = _AMOUNT.fullmatch(_plain(text))
    if found is None:
        return None
    whole, cents = (found[1], found[2]) if found[1] else (found[3], found[4])
    part = (cents or "").replace("-", "")
    return int(re.sub(r"[., ]", "", whole)) * 100 + int(part.ljust(2, "0") or 0)


def percent_of(text: str) -> int | None:
    """A whole percentage, with its sign or without; None when it is none."""
    return int(plain) if _PERCENT.fullmatch(plain := _plain(text)) else None


def _plain(text: str) -> str:
    """Without signs, and with plain spaces. What is far too long is nothing."""
    plain = " ".join(text.split())
    return _SIGNS.sub("", _SIGNS.sub("", plain)) if len(plain) <= _CHARACTERS_MAX else ""
