"""Fifty visitors at once on the form page of an edition that is open: each asks again as soon as it has the page."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from tests.bench.latency import p99
from tests.bench.opening import ENROLMENT, Step
from tests.bench.report import Measure, Report, out
from tests.bench.spent import Meter, disturbance
from tests.bench.system import System

VISITORS, WARM_UP, P99_MS_MAX = 50, 5, 100.0
FORM = "form page at 50 concurrent visitors"
UNTIL_SECONDS = 120


class WrongPageError(Exception):
    """What came is not the form; the text is how the answer begins."""


async def measure(report: Report, system: System, rounds: int, pages: int) -> None:
    """So many pages for each visitor, a round; the visitors run here, in the process of the bench."""
    step = Step(system, 1)
    (edition_id,) = await step.opened(step.wanted, 1)
    await step.begin()
    url = f"{system.stack.http_url(ENROLMENT)}/inschrijven/{edition_id}"
    p50s, p99s, rates, notes = [], [], [], []
    for _ in range(rounds):
        await _visits(url, WARM_UP)
        meter, began = Meter(step.pids()), time.monotonic()
        took = await _visits(url, pages)
        rates.append(len(took) / (time.monotonic() - began))
        notes.append(disturbance(meter.read()))
        p50s.append(statistics.median(took))
        p99s.append(p99(took))
        out.print(f"[bold]form page[/bold]: p50 {p50s[-1]:.0f} ms, p99 {p99s[-1]:.0f} ms, {rates[-1]:.0f} pages/s")
    await step.end()
    report.measures += [
        Measure(f"{FORM}, p50", "ms", p50s),
        Measure(f"{FORM}, p99", "ms", p99s, at_most=P99_MS_MAX, note=notes[-1]),
        Measure(f"{FORM}, rate", "pages/s", rates),
    ]


async def _visits(url: str, pages: int) -> Sequence[float]:
    """The milliseconds that each page took."""
    async with asyncio.timeout(UNTIL_SECONDS):
        took = await asyncio.gather(*(_visitor(url, pages) for _ in range(VISITORS)))
    return [milliseconds for some in took for milliseconds in some]


async def _visitor(url: str, pages: int) -> Sequence[float]:
    """One connection, as a browser keeps it. By hand: a client library would cost more than the page that it gets."""
    parts, took = urlsplit(url), []
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        for _ in range(pages):
            began = time.monotonic()
            writer.write(f"GET {parts.path} HTTP/1.1\r\nhost: {parts.netloc}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            page = await reader.readexactly(_length(head))
            took.append(1000 * (time.monotonic() - began))
            if not head.startswith(b"HTTP/1.1 200 ") or b'name="ticket"' not in page:
                raise WrongPageError((head + page)[:500].decode())
    finally:
        writer.close()
    return took


def _length(head: bytes) -> int:
    lines = (line.lower().partition(b":") for line in head.split(b"\r\n"))
    return next(int(value) for name, _, value in lines if name == b"content-length")
