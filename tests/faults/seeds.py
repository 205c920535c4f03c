"""Randomness that a seed brings back."""

from __future__ import annotations

from random import Random
from uuid import UUID


def seeded(*what: object) -> Random:
    """A generator of its own for everything that is drawn: what one draws does not change what another gets."""
    return Random(" ".join(map(str, what)))  # noqa: S311 - it has to be foreseeable


def uuid_of(rng: Random) -> str:
    """An id that the same seed draws again."""
    return str(UUID(int=rng.getrandbits(128), version=4))
