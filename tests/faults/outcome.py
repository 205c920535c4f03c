"""What a run came to, as data: every figure with what it is a part of, and in sentences what is wrong."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from spn.messaging import failpoints
from tests.faults.run import Faults, Run
from tests.faults.said import Said, said_in

FINDINGS_MAX = 5


@dataclass(frozen=True)
class Verdict:
    """So many of ``among`` were found to be wrong."""

    name: str
    of: str
    found: int
    among: int

    @property
    def sentence(self) -> str:
        """With the rule of three where nothing was found: what 95 % of confidence allows."""
        if self.found or not self.among:
            return f"{self.found} in {self.among:,} {self.of}"
        return f"0 in {self.among:,} {self.of}; at 95 % below {3 / self.among:.3%}"


@dataclass
class Outcome:
    """Everything that the report shows."""

    run: Run
    command: str
    figures: dict[str, Any] = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.wrong

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "ok": self.ok,
            "command": self.command,
            "seed": self.run.seed,
            "minutes": self.run.minutes,
            **self.figures,
            "verdicts": [vars(v) | {"sentence": v.sentence} for v in self.verdicts],
            "audit": self.run.audit.as_json() if self.run.audit else None,
            "wrong": self.wrong,
        }


def outcome_of(run: Run, faults: Faults, logs: Path) -> Outcome:
    """Draw up a run."""
    command = f"SPN_FAULTS_MINUTES={run.minutes:g} SPN_FAULTS_SEED={run.seed} make faults"
    said = said_in(logs)
    outcome = Outcome(run, command, _figures(run, faults, said))
    if run.examined:
        one = run.examined
        both = "commands and events"
        outcome.verdicts = [
            Verdict("lost", both, len(one.lost), one.commands + one.events),
            Verdict("doubled", both, len(one.doubled), one.commands + one.events),
            Verdict("out of order", "events", len(one.disordered), one.events),
        ]
    outcome.wrong = [*_wrong(run, faults), *(f"A replica refused its position: {one}" for one in said.refused)]
    return outcome


def _figures(run: Run, faults: Faults, said: Said) -> dict[str, Any]:
    ledger = faults.ledger
    return {
        "machine": {
            "cpus": os.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 2**30),
            "python": platform.python_version(),
        },
        "seconds": round(run.seconds, 1),
        "quiet_seconds": round(run.quiet_seconds, 1),
        "commands": len(ledger.commands),
        "events": run.examined.events if run.examined else 0,
        "asked": dict(faults.load.asked.most_common()),
        "commands_by_type": dict(ledger.counted("command", "type").most_common()),
        "poison": dict(ledger.counted("poison", "what").most_common()),
        "ignored": dict(ledger.counted("ignored", "what").most_common()),
        "http": dict(faults.edge.status.most_common()),
        "blows": dict(faults.chaos.done.most_common()),
        "leaders_frozen": faults.chaos.done["freeze leader"],
        "leads_taken_over": faults.chaos.takeovers,
        "restarts": run.restarts,
        "failpoints": {name: _failpoint(run, faults, name) for name in failpoints.ALL},
        "duplicates": {
            "published again by a relay": run.examined.told_again if run.examined else 0,
            **said.batches,
        },
        "ended_themselves": dict(said.ended.most_common()),
    }


def _failpoint(run: Run, faults: Faults, name: str) -> dict[str, Any]:
    by = {service: count for (one, service), count in sorted(run.hits.items()) if one == name}
    return {
        "hits": run.hits_of(name),
        "needed": run.hits_needed,
        "by_service": by,
        "missed": faults.deaths.missed[name],
    }


def _wrong(run: Run, faults: Faults) -> Iterator[str]:
    if run.still_moving:
        yield f"It did not come to rest: {run.still_moving}"
    if run.examined is None or run.audit is None:
        yield "It could not be looked at in the end."
        return
    for found in (run.examined.lost, run.examined.doubled, run.examined.disordered):
        yield from found[:FINDINGS_MAX]
    yield from _short(run, faults)
    for check in run.audit.checks:
        for one in check.wrong[:FINDINGS_MAX]:
            yield f"Audit, {check.name}: {one.sentence} ({one.where})"
        if (more := len(check.wrong) - FINDINGS_MAX) > 0:
            yield f"Audit, {check.name}: {more} more like these."


def _short(run: Run, faults: Faults) -> Iterator[str]:
    """What should have happened in the run, and did not; and the other way round."""
    for name in failpoints.ALL:
        if (hits := run.hits_of(name)) < run.hits_needed:
            yield f"Only {hits} of {run.hits_needed} deaths at the failpoint {name}."
    if faults.chaos.done["freeze leader"] and not faults.chaos.takeovers:
        yield "No standby ever took the lead of a frozen leader over."
    if failed := sum(n for status, n in faults.edge.status.items() if status.startswith("5") and status != "503"):
        yield f"The HTTP edge answered {failed} times with a status that says it failed."
    for refused in faults.wire.refused[:FINDINGS_MAX]:
        yield f"The broker did not take a record: {refused}"
