"""Failpoints, a folder a service: armed, hit, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from spn.messaging import failpoints
from tests.faults.seeds import seeded


class Failpoints:
    """Where the replicas of each service are made to die."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def environment(self, service: str) -> dict[str, str]:
        """What a replica of this service has to be told."""
        folder = self._folder / service
        folder.mkdir(parents=True, exist_ok=True)
        return {"SPN_FAILPOINTS": str(folder)}

    def arm(self, service: str, name: str) -> None:
        """The next process of this service that comes there dies."""
        (self._folder / service / f"{name}.armed").touch()

    def is_armed(self, service: str, name: str) -> bool:
        """Whether nobody has come there yet."""
        return (self._folder / service / f"{name}.armed").exists()

    def disarm(self, service: str, name: str) -> None:
        """Nobody came."""
        (self._folder / service / f"{name}.armed").unlink(missing_ok=True)

    def hits(self) -> Counter[tuple[str, str]]:
        """How many processes died, by failpoint and service."""
        files = self._folder.glob("*/*.hit-*")
        return Counter((file.name.partition(".")[0], file.parent.name) for file in files)


def order_of(seed: int, service: str) -> Iterator[str]:
    """Failpoint after failpoint, for ever: each round has all of them, shuffled. The same seed, the same order."""
    rng = seeded("failpoints", seed, service)
    while True:
        names = list(failpoints.ALL)
        rng.shuffle(names)
        yield from names
