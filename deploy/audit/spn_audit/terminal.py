"""The audit as a page in a terminal: what was counted, what agrees, what does not, and where to look."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from spn_audit.result import Audit, Check, Finding

FINDINGS_SHOWN = 10


def show(audit: Audit, out: Console) -> None:
    """Print it."""
    out.print(Group(*_page(audit)))


def _page(audit: Audit) -> Iterable[RenderableType]:
    yield _table(audit)
    for check in audit.checks:
        if check.findings:
            yield Text("")
            yield Text(f"{check.name}: {check.sentence}", style="bold")
            for finding in check.findings[:FINDINGS_SHOWN]:
                yield from _finding(finding)
            if (more := len(check.findings) - FINDINGS_SHOWN) > 0:
                yield Text(f"  and {more} more: see --html or --json", style="dim")
    yield Text("")
    yield verdict(audit)


def _table(audit: Audit) -> Table:
    """A table that stays whole at 80 columns when sentences may wrap."""
    table = Table(title="Audit", title_justify="left", title_style="bold", header_style="dim", box=None, padding=(0, 1))
    table.add_column("", no_wrap=True)
    table.add_column("promise", ratio=3)
    table.add_column("counted", ratio=2, style="dim")
    chapter = ""
    for check in audit.checks:
        if check.chapter != chapter:
            chapter = check.chapter
            table.add_row("", Text(chapter, style="bold"), "")
        table.add_row(mark(check), Text(check.sentence), counted(check))
    return table


def mark(check: Check) -> Text:
    """Kept, broken, waiting for a person, or not looked at."""
    if check.skipped:
        return Text("-", style="dim")
    if check.wrong:
        return Text("✗", style="bold red")
    return Text("!", style="bold yellow") if check.attention else Text("✓", style="green")


def counted(check: Check) -> str:
    """The figures, as words."""
    return check.skipped or ", ".join(f"{count:,} {what}" for what, count in check.counted.items())


def _finding(finding: Finding) -> Iterable[Text]:
    red = finding.severity == "wrong"
    yield Text.assemble("  ", ("✗ " if red else "! ", "red" if red else "yellow"), finding.sentence)
    yield Text(f"    where: {finding.where}", style="dim")
    if finding.next:
        yield Text(f"    next:  {finding.next}", style="dim")


def verdict(audit: Audit) -> Text:
    """The last line: what it comes to."""
    how = f"{audit.looks} {'look' if audit.looks == 1 else 'looks'}, {audit.seconds:g} s"
    if audit.in_flight:
        how += f"; {audit.in_flight} things were on their way and are not counted"
    if not audit.ok:
        broken = len(audit.red)
        are = "is" if broken == 1 else "are"
        return Text(f"{broken} of {len(audit.checks)} promises {are} not kept ({how}).", style="bold red")
    if waits := len(audit.attention):
        things = "1 thing waits" if waits == 1 else f"{waits} things wait"
        return Text(f"Everything agrees; {things} for a person ({how}).", style="bold yellow")
    return Text(f"Everything agrees ({how}).", style="bold green")
