"""Everything: also the PDF of each invoice and the handing over of each mail, which are lanes of their own."""

from __future__ import annotations

from tests.bench.report import Measure, Report
from tests.bench.spent import disturbance
from tests.bench.system import System
from tests.bench.throughput import show

SHARE = 0.1
"""So much of what the events are measured with: a PDF takes its time, and no event waits for it."""


async def measure(report: Report, system: System, enrolments: int, warm_up: int) -> None:
    """Until the last mail of the last enrolment was taken by the mail server and told."""
    await system.prepare(enrolments + warm_up + 2 * system.scenario.seats)
    done = await system.round(enrolments, warm_up, lanes=True)
    show("system, PDFs and mails too", done)
    note = f"{system.scenario.mails(lanes=True)} mails and a PDF each; {disturbance(done.usage)}"
    name = "system: enrolments, command to last mail handed over, PDF included"
    report.measures.append(Measure(name, "enrolments/s", [done.rate], note=note))
