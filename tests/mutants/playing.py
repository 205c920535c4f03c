"""One mutant's run: a stack, the story, the audit, and whether it was found."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spn_audit import Audit, CannotAuditError, Ledger, Sources, audit
from spn_local.launch import StackError
from spn_local.stack import Stack
from tests.faults.ledger import Ledger as Written
from tests.faults.wire import Wire
from tests.mutants.forging import Forgery
from tests.mutants.mutants import Cast, Mutant
from tests.mutants.story import Story
from tests.mutants.tampering import Tampering, tampered

EDITIONS = ("mutant-1", "mutant-2")
# A mutant that never comes to rest is looked at for so long; one that is well is at rest in two or three looks.
WAIT_SECONDS = 45.0
WELL_SECONDS = 60.0


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant. ``red``: the checks that found something; ``expected``: those of which one must have."""

    name: str
    about: str
    expected: frozenset[str]
    red: tuple[str, ...]
    first: str
    seconds: float

    @property
    def caught(self) -> bool:
        """Found by a check that is about it. The run without a mutant must find nothing."""
        return bool(self.expected & set(self.red)) if self.expected else not self.red

    @property
    def caught_by(self) -> str:
        """Those that were expected first."""
        return ", ".join(sorted(self.red, key=lambda name: (name not in self.expected, name))) or "nobody"


def play(mutant: Mutant) -> Outcome:
    """Run it; one that cannot be played is not caught."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        cast = Cast(mutant, Path(folder))
        try:
            with Stack(services=cast.services) as stack:
                ledger = _told(stack, cast, Path(folder))
                found = asyncio.run(audit(_sources(stack), ledger, WAIT_SECONDS))
        except (StackError, CannotAuditError) as error:
            why, seconds = f"not played: {str(error).splitlines()[0]}", round(time.monotonic() - began, 1)
            return Outcome(mutant.name, mutant.about, mutant.caught_by, (), why, seconds)
    return _outcome(mutant.name, mutant.about, mutant.caught_by, found, time.monotonic() - began)


def play_well(tamperings: tuple[Tampering | Forgery, ...]) -> Iterator[Outcome]:
    """The same story with nothing broken: nothing is found. Then rows of it are tampered with, one after the other."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        cast = Cast(None, Path(folder))
        with Stack(services=cast.services) as stack:
            ledger = _told(stack, cast, Path(folder))
            found = asyncio.run(audit(_sources(stack), ledger, WELL_SECONDS))
            yield _outcome("no mutant", "Nothing is broken.", frozenset(), found, time.monotonic() - began)
            for one in tamperings:
                yield asyncio.run(_tampered(stack, ledger, one))


async def _tampered(stack: Stack, ledger: Ledger, one: Tampering | Forgery) -> Outcome:
    began = time.monotonic()
    async with tampered(stack, one):
        found = await audit(_sources(stack), ledger, wait_seconds=0)
    return _outcome(f"row: {one.about}", one.told, frozenset({one.caught_by}), found, time.monotonic() - began)


def _told(stack: Stack, cast: Cast, folder: Path) -> Ledger:
    """Play the story; what was asked in it."""
    written = Written(folder / "ledger.jsonl")
    wire = Wire(stack, written)
    try:
        Story(wire, EDITIONS, before_rush=cast.arm).play()
    finally:
        wire.close()
        written.close()
    return Ledger.read(written.file)


def _sources(stack: Stack) -> Sources:
    return Sources.of_stack(stack.addresses, mails=stack.mail_dir)


def _outcome(name: str, about: str, expected: frozenset[str], found: Audit, seconds: float) -> Outcome:
    wrong = sorted((c for c in found.checks if c.wrong), key=lambda c: c.name not in expected)
    first = wrong[0].wrong[0].sentence if wrong else ""
    return Outcome(name, about, expected, tuple(check.name for check in wrong), first, round(seconds, 1))
