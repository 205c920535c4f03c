"""The story in a terminal, while it happens: read from the journal, printed line by line."""

from __future__ import annotations

import threading
import time
from datetime import date
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from spn_demo.journal import Journal
from spn_demo.story.lines import Line, Name
from spn_demo.story.weaving import Weaver
from spn_demo.story.words import day

COLOURS = {
    "visitor": "bright_blue",
    "organiser": "bright_red",
    "platform": "white",
    "enrolment": "green",
    "billing": "yellow",
    "scheduling": "cyan",
    "notifications": "magenta",
}
TURN_S = 0.1
END_PATIENCE_S = 10.0


class Teller:
    """Tells the journal in a thread of its own; keeps the lines for the report."""

    def __init__(self, journal: Journal, console: Console) -> None:
        self.weaver = Weaver()
        self.lines: list[Line] = []
        self._journal = journal
        self._console = console
        self._day: date | None = None
        self._end = threading.Event()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="teller", daemon=True)

    def _run(self) -> None:
        heard = 0
        try:
            while not self._end.is_set():
                heard += self._hear(heard, TURN_S)
                self._tell(self.weaver.lines(time.monotonic()))
            self._hear(heard, 0.0)
            self._tell(self.weaver.rest())
        except Exception as error:  # noqa: BLE001 whoever ends the story hears of it
            self._error = error

    def _hear(self, heard: int, patience_s: float) -> int:
        news = self._journal.since(heard, patience_s)
        for told in news:
            self.weaver.hear(told)
        return len(news)

    def _tell(self, lines: list[Line]) -> None:
        for line in lines:
            self.lines.append(line)
            if line.time.date() != self._day:
                self._day = line.time.date()
                self._console.print()
                self._console.print(Rule(Text(day(self._day), "bold"), align="left", style="dim"))
            self._console.print(row_of(line))

    def finish(self) -> list[Line]:
        """Tell what is left, and stop. Raises what stopped the story earlier."""
        self._end.set()
        self._thread.join(END_PATIENCE_S)
        if self._error is not None:
            raise self._error
        return self.lines

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end.set()
        self._thread.join(END_PATIENCE_S)


def row_of(line: Line) -> Table:
    """One line: when, who, what; long sentences stay in their column."""
    row = Table.grid(padding=(0, 2, 0, 0))
    row.add_column(width=8, no_wrap=True)
    row.add_column(width=13, no_wrap=True)
    row.add_column(ratio=1, overflow="fold")
    row.add_row(
        Text(f"{line.time:%H:%M:%S}", "dim"),
        Text(line.actor, COLOURS.get(line.actor, "white")),
        sentence_of(line),
    )
    return row


def sentence_of(line: Line) -> Text:
    """The sentence with its names in bold; quiet lines step back, bad ones stand out."""
    text = Text(style={"quiet": "dim", "bad": "red"}.get(line.tone, ""))
    for part in line.sentence:
        text.append(part, "bold" if isinstance(part, Name) else None)
    return text
