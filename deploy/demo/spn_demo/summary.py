"""The season in figures: for a table, and for summary.json."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from spn_demo.books import Books, imbalances
from spn_demo.story.words import counted, euros
from spn_demo.ways import way_of

REQUEST = "enrolment.request.v1"


@dataclass(frozen=True)
class Summary:
    """Counted on the topics, asked of /status, found in the mail directory: nothing comes from the script.

    ``requests``: enrolments asked for, however often; ``by_page``, ``by_api`` and ``by_kafka``: commands, each once, by
    the way they came in; ``accepted``, ``waiting`` and ``withdrawn``: how they stand at the end; ``places``: in the
    sessions to come; ``messages``: handled by the four services together; ``duplicates_absorbed``: messages that came
    twice, and requests of somebody who had asked before.
    """

    requests: int
    by_page: int
    by_api: int
    by_kafka: int
    accepted: int
    waiting: int
    withdrawn: int
    substituted: int
    invoices: int
    credit_notes: int
    invoiced_cents: int
    credited_cents: int
    places: int
    mails: int
    messages: int
    duplicates_absorbed: int
    dead_letters: int
    seconds: float
    books_balance: bool

    def write(self, file: Path) -> None:
        """As JSON."""
        file.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")


def summarise(books: Books, statuses: Iterable[Mapping[str, Any]], seconds: float) -> Summary:
    """The figures of a season that is over."""
    told = list(statuses)
    accounts = books.names.accounts.values()
    ways = Counter({command.id: way_of(command) for command in books.commands}.values())
    kinds = [document["kind"] for document in books.documents]
    return Summary(
        requests=len(books.enrolments),
        by_page=ways["page"],
        by_api=ways["api"],
        by_kafka=ways["kafka"],
        accepted=len(books.with_status("accepted")),
        waiting=len(books.with_status("waiting")),
        withdrawn=len(books.with_status("withdrawn")),
        substituted=len(books.of_type("enrolment.substituted.v1")),
        invoices=kinds.count("invoice"),
        credit_notes=kinds.count("credit-note"),
        invoiced_cents=sum(account["invoiced_cents"] for account in accounts),
        credited_cents=sum(account["credited_cents"] for account in accounts),
        places=books.places,
        mails=len(books.mails),
        messages=sum(one["counters"]["messages"] for one in told),
        duplicates_absorbed=sum(one["counters"]["duplicates"] for one in told) + _asked_again(books),
        dead_letters=sum(sum(one["dead_letters"].values()) for one in told),
        seconds=round(seconds, 1),
        books_balance=not imbalances(books),
    )


def _asked_again(books: Books) -> int:
    answers = (told.data for told in books.of_type("command.answered.v1"))
    return sum(one["command_type"] == REQUEST and one["outcome"] == "unchanged" for one in answers)


def table_of(summary: Summary, books: Books) -> Table:
    """The figures as people read them."""
    table = Table(box=SIMPLE_HEAD, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for row in rows_of(summary, books):
        table.add_row(*row)
    return table


def rows_of(summary: Summary, books: Books) -> Iterable[tuple[str, str]]:
    """The figures in words: what, and how much."""
    seats = sum(edition["seats"] for edition in books.names.editions.values())
    asked = sum(command.type == REQUEST for command in books.commands)
    ended = len(books.with_status("lapsed", "declined", "left"))
    invoiced, credited = euros(summary.invoiced_cents), euros(summary.credited_cents)
    owed = euros(summary.invoiced_cents - summary.credited_cents)
    invoices, notes = counted(summary.invoices, "invoice"), counted(summary.credit_notes, "credit note")
    taken = f"{summary.accepted} of {seats} taken"
    yield "Requests", f"{summary.requests} people, in {asked} messages; {summary.duplicates_absorbed} doubles absorbed"
    yield (
        "Asked",
        f"{counted(summary.by_page, 'command')} by page, {summary.by_api} by API, {summary.by_kafka} by Kafka",
    )
    yield "Seats", f"{taken}; {summary.withdrawn} given up, {summary.substituted} taken over by a colleague"
    yield "Waiting list", f"{summary.waiting} still wait; {ended} left it without a seat"
    yield "Money", f"{invoiced} on {invoices}, {credited} on {notes}: {owed} is owed (VAT excluded)"
    yield "Sessions", f"{len(books.sessions_to_come)} to come, with {summary.places} places"
    yield "Mails", f"{summary.mails}, each once"
    yield "Messages", f"{summary.messages:,} handled; {counted(summary.dead_letters, 'dead letter')}"
    yield "Time", f"{summary.seconds:.1f} s"
    yield "Books", "balance" if summary.books_balance else "do NOT balance"
