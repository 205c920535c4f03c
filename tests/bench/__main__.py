"""The bench: ``python -m tests.bench``. Its table goes to the terminal and to ``build/bench.json``.

The exit code is 1 when a limit is not kept.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from pathlib import Path

from tests.bench import history, lanes, latency, opening, statements, throughput, visitors
from tests.bench.report import Report, out
from tests.bench.scenario import ROOT, Scenario
from tests.bench.spent import keep_to_two_processors
from tests.bench.system import System, bench_stack

WARM_UP = 240
WHAT = """\
One enrolment: a request that is accepted, in one of many editions with {0.seats} seats and {0.sessions} sessions.
Its rate is taken from the first request appended to the last effect stored by all four services: enrolment, draft of
the invoice, places, and the mails that events cause (accepted, and one invitation a session) as rows that wait.
PDFs and SMTP are lanes that no event waits for. They are not in the rates; "PDF included" and "handed over" have them.
"""
PARTS = ("rates", "system", "lanes", "latency", "statements", "opening", "visitors", "history")


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="this part only; may be given again")
    parser.add_argument("--quick", action="store_true", help="one round, few samples: a look, not a measurement")
    parser.add_argument("--enrolments", type=int, help="in one round of the system (default 4800, quick 720)")
    parser.add_argument("--history", type=int, help="rows a table behind it (default 1,000,000, quick 50,000)")
    parser.add_argument("--seats", type=int, help="of an edition (default: as in examples/)")
    parser.add_argument("--sessions", type=int, help="of an edition (default: as in examples/)")
    parser.add_argument("--profile", type=Path, help="folder for what cProfile sees of each service")
    parser.add_argument("--logs", type=Path, help="folder for the logs of the stack")
    return parser.parse_args()


async def run(options: argparse.Namespace, report: Report) -> None:
    """Measure what was asked for; by default the season of ``examples/``, rates also with one session.

    With one session an enrolment is 8 records, the shape whose bare ceiling the goals were set by;
    with the 8 sessions of the season it is 15, and what is told of each goes to all who are in it.
    """
    sizes = {"seats": options.seats, "sessions": options.sessions}
    given = {name: n for name, n in sizes.items() if n is not None}
    await run_on_one_stack(options, Scenario(**given), report)
    if not given and "rates" in (options.only or PARTS):
        short = Report()
        try:
            only_rates = argparse.Namespace(**{**vars(options), "only": ["rates"]})
            await run_on_one_stack(only_rates, Scenario(sessions=1), short)
        finally:
            report.add(short, "1 session")


async def run_on_one_stack(options: argparse.Namespace, scenario: Scenario, report: Report) -> None:
    """Measure one kind of enrolment."""
    out.print(WHAT.format(scenario), soft_wrap=True)
    stack = bench_stack(options.profile and options.profile.absolute())
    try:
        await asyncio.to_thread(stack.start)
        await measure(options, System(stack, scenario), report)
    finally:
        if options.logs:
            shutil.copytree(stack.paths.logs, options.logs, dirs_exist_ok=True)
        await asyncio.to_thread(stack.stop)


async def measure(options: argparse.Namespace, system: System, report: Report) -> None:
    """Part after part. What needs an idle system comes first: the rates leave mails and drafts that nobody takes."""
    parts, quick = options.only or PARTS, options.quick
    enrolments = options.enrolments or (720 if quick else 4_800)
    size = throughput.Size(1 if quick else 3, enrolments, WARM_UP)
    if "latency" in parts:
        await latency.measure(report, system, 50 if quick else 500)
    if "lanes" in parts:
        await lanes.measure(report, system, round(enrolments * lanes.SHARE), WARM_UP // 4)
    if "statements" in parts:
        await statements.measure(report, system.stack.admin_database_url, system.scenario)
    if "system" in parts or "rates" in parts:
        await throughput.measure(report, system, size, alone="rates" not in parts)
    if "opening" in parts:
        await opening.measure(report, system, 1 if quick else 3, 2_000 if quick else opening.REQUESTS)
    if "visitors" in parts:
        await visitors.measure(report, system, 1 if quick else 3, 20 if quick else 100)
    if "history" in parts:
        await history.measure(report, system, size, options.history or (50_000 if quick else 1_000_000))


def main() -> int:
    """Measure, show, save; also what was measured before something failed."""
    options, report = arguments(), Report()
    keep_to_two_processors()
    try:
        asyncio.run(run(options, report))
    finally:
        report.show()
        report.save(ROOT / "build" / "bench.json")
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
