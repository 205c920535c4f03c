"""How long one enrolment takes in an idle system: from the command to the mail that says so, handed over by SMTP."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spn.testing.waiting import eventually
from spn_demo.platform import Command
from tests.bench.report import Measure, Report, out
from tests.bench.spent import Meter, disturbance
from tests.bench.system import System

GAP_SECONDS = 0.4
WARM_UP = 25
P50_MS_MAX = 100.0
P99_MS_MAX = 250.0
ENVELOPE_BYTES = 4_096


@dataclass(frozen=True)
class Mail:
    """A mail that the sink has: when it came, to whom, and whether a calendar entry or a PDF is in it."""

    at: float
    to: str
    plain: bool


async def measure(report: Report, system: System, samples: int) -> None:
    """One request each ``GAP_SECONDS``, whether the one before is done or not."""
    folder = system.stack.mail_dir
    await system.prepare(WARM_UP + samples + 2 * system.scenario.seats)
    await system.start(lanes=True)
    requests = system.requests(WARM_UP + samples)
    before = len(list(folder.glob("*.eml")))
    meter = Meter(system.pids())
    moments = await asyncio.gather(*(_at(system, command, moment) for moment, command in _paced(requests)))
    sent = list(zip(requests, moments, strict=True))
    usage = meter.read()
    wanted = before + len(sent) * system.scenario.mails(lanes=True)
    await eventually(lambda: len(list(folder.glob("*.eml"))) >= wanted, "every mail is handed over", seconds=600)
    await system.quiet()
    await system.stop()
    accepted, last = _milliseconds(sent[WARM_UP:], sorted(mails(folder), key=lambda mail: mail.at))
    out.print(f"[bold]latency[/bold]: {samples} enrolments, one each {GAP_SECONDS:g} s")
    report.measures += _percentiles(accepted, last, disturbance(usage))
    report.details["latency_ms"] = {"accepted": accepted, "last_mail_to_participant": last}


def _paced(commands: Sequence[Command]) -> Iterator[tuple[float, Command]]:
    began = time.monotonic()
    for n, command in enumerate(commands):
        yield began + n * GAP_SECONDS, command


async def _at(system: System, command: Command, moment: float) -> float:
    """Put one command at its moment: people do not wait for each other. The real time just before."""
    await asyncio.sleep(max(0.0, moment - time.monotonic()))
    return await asyncio.to_thread(system.putter.put, [command])


def mails(folder: Path) -> Iterator[Mail]:
    """Every mail in the sink; its name begins with the nanosecond at which it came."""
    for file in folder.glob("*.eml"):
        content = file.read_bytes()
        to = next(line for line in content[:ENVELOPE_BYTES].splitlines() if line.startswith(b"X-Envelope-To: "))
        plain = b"text/calendar" not in content and b"application/pdf" not in content
        yield Mail(int(file.name.partition("-")[0]) / 1e9, to.partition(b": ")[2].decode(), plain)


def _milliseconds(
    sent: Sequence[tuple[Command, float]], came: Sequence[Mail]
) -> tuple[Sequence[float], Sequence[float]]:
    """For each request: until the mail that says it is accepted, and until the last one to the participant."""
    accepted: dict[str, float] = {}
    last: dict[str, float] = {}
    for mail in came:
        last[mail.to] = mail.at
        if mail.plain:
            accepted.setdefault(mail.to, mail.at)
    people: list[tuple[str, float]] = [(_participant(c.data), at) for c, at in sent]
    return [1000 * (accepted[p] - at) for p, at in people], [1000 * (last[p] - at) for p, at in people]


def _participant(data: Mapping[str, Mapping[str, str]]) -> str:
    return data["participant"]["email"]


def _percentiles(accepted: Sequence[float], last: Sequence[float], disturbed: str) -> Iterator[Measure]:
    what = "idle system: command to its mail handed over"
    note = f"{len(accepted)} samples, open loop; the worst {max(accepted):.0f} ms"
    yield Measure(f"{what}, p50", "ms", [statistics.median(accepted)], at_most=P50_MS_MAX, note=note)
    yield Measure(f"{what}, p99", "ms", [p99(accepted)], at_most=P99_MS_MAX, note=disturbed)
    yield Measure("idle system: command to the participant's last mail, p50", "ms", [statistics.median(last)])
    yield Measure("idle system: command to the participant's last mail, p99", "ms", [p99(last)])


def p99(values: Sequence[float]) -> float:
    """Below this are 99 of 100."""
    return statistics.quantiles(values, n=100, method="inclusive")[98]
