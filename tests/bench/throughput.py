"""Enrolments a second: each program in turn, round after round, on the same stack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.bench.report import Measure, out, short
from tests.bench.rounds import Round

CORES = 2
"""The figures are meant for so many: what one CPU second gives, times two, is what a quiet machine could reach."""


def rates(name: str, rounds: Sequence[Round]) -> Iterator[Measure]:
    """How fast a program was, and how fast its use of the processor would let it be."""
    unit = "enrolments/s"
    yield Measure(f"{name}: enrolments, command to all stored", unit, [r.rate for r in rounds])
    possible = [CORES * r.enrolments / sum(r.cpu_seconds.values()) for r in rounds]
    note = "Kafka and PostgreSQL included; not disturbed by others on the machine"
    yield Measure(f"{name}: the same by its CPU time on {CORES} cores", unit, possible, note=note)


def written_of(name: str, rounds: Sequence[Round]) -> dict[str, Any]:
    """What one enrolment writes and uses, for the file."""
    last = rounds[-1]
    return {
        "program": name,
        "records": last.written.records,
        "rows": {t: {"inserted": i, "updated": u} for t, (i, u) in sorted(last.written.rows.items())},
        "cpu_ms": {p: 1000 * s / last.enrolments for p, s in last.cpu_seconds.items()},
        "memory_mb": last.memory_mb,
    }


def show(name: str, done: Round) -> None:
    """One round, as it ends."""
    records = {t.removeprefix("spn."): short(n) for t, n in done.written.records.items() if n}
    rows = done.written.rows.values()
    cpu = {p: short(1000 * s / done.enrolments) for p, s in done.cpu_seconds.items() if s}
    busy = sum(done.cpu_seconds.values()) / done.seconds
    out.print(f"[bold]{name}[/bold]: {done.enrolments} enrolments in {done.seconds:.1f} s: {done.rate:.0f}/s")
    out.print(f"  records an enrolment: {short(sum(done.written.records.values()))} {records}")
    out.print(f"  rows an enrolment: {sum(i for i, _ in rows):.1f} inserted, {sum(u for _, u in rows):.1f} updated")
    out.print(f"  CPU ms an enrolment: {1000 * sum(done.cpu_seconds.values()) / done.enrolments:.2f} {cpu}")
    out.print(f"  processors in use by all of them together: {busy:.2f}")
