"""Writes the folder: report.html, a page and the source of each mail, the documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from spn_demo.books import CHECKS, Books
from spn_demo.journal import Told
from spn_demo.report.entries import meanings_of
from spn_demo.report.journey import Journey
from spn_demo.report.mails import Mail, mails_of
from spn_demo.story.lines import ACTORS, Line
from spn_demo.story.mailed import PURPOSES
from spn_demo.story.words import AMSTERDAM, counted, day, euros, local_time, short_day
from spn_demo.summary import Summary, rows_of

TEMPLATES = Environment(
    loader=PackageLoader("spn_demo.report", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters |= {"day": day, "short_day": short_day, "euros": euros, "local": local_time}
TEMPLATES.globals |= {"counted": counted, "actors": ACTORS, "amsterdam": AMSTERDAM}
STATUS = {
    "accepted": "takes part",
    "withdrawn": "has withdrawn",
    "waiting": "on the waiting list",
    "offered": "is offered a seat",
    "lapsed": "let the offer lapse",
    "declined": "declined the offer",
    "left": "left the waiting list",
}


@dataclass(frozen=True)
class Person:
    """Someone of the season. ``role`` is how the enrolment stands, or what else they do."""

    id: str
    name: str
    role: str
    library: str
    number: int
    mails: int


def write_report(
    target: Path, messages: Sequence[Told], books: Books, *, lines: Sequence[Line], summary: Summary
) -> None:
    """Write everything into ``target``, which is there and empty."""
    for folder in ("mails", "documents"):
        (target / folder).mkdir()
    mails = mails_of(books)
    documents = sorted(books.documents, key=lambda one: str(one["number"]))
    for document in documents:
        (target / "documents" / f"{document['number']}.pdf").write_bytes(books.files.get(document["sha256"], b""))
    _write_mails(target, mails, {one["sha256"]: str(one["number"]) for one in documents})
    page = TEMPLATES.get_template("report.html.j2").render(
        style=_asset("style.css"),
        script=_asset("report.js"),
        editions=list(books.names.editions.values()),
        summary=summary,
        figures=list(rows_of(summary, books)),
        checks={sentence: list(check(books)) for sentence, check in CHECKS.items()},
        days=Journey(messages, books.names, mails).days(lines),
        people=people_of(books, mails),
        mails=mails,
        documents=documents,
        names=books.names,
        accounts=books.names.accounts,
        mail_of={(mail.about, mail.person_id): mail for mail in mails},
    )
    (target / "report.html").write_text(page, encoding="utf-8")


def people_of(books: Books, mails: Iterable[Mail]) -> list[Person]:
    """Participants in the order of their requests, former ones after them, then those who speak for payers."""
    names, sent = books.names, [mail.person_id for mail in mails]
    found: dict[str, Person] = {}

    def add(person_id: str, role: str, library: str, number: int) -> None:
        if person_id not in found:
            found[person_id] = Person(person_id, names.person(person_id), role, library, number, sent.count(person_id))

    enrolments = sorted(books.enrolments.values(), key=lambda one: int(one["number"]))
    for one in enrolments:
        library = names.organisation(one["organisation_id"])
        add(one["participant_id"], STATUS.get(str(one["status"]), str(one["status"])), library, one["number"])
    for one in enrolments:
        for former in one["former_participant_ids"]:
            add(former, "handed the place over", names.organisation(one["organisation_id"]), one["number"])
    for one in enrolments:
        for payer in one["payers"]:
            add(payer["contact_id"], "speaks for a payer", names.organisation(payer["organisation_id"]), one["number"])
    return list(found.values())


def _write_mails(target: Path, mails: Sequence[Mail], numbers: dict[str, str]) -> None:
    (target / "mails" / "style.css").write_text(_asset("style.css"), encoding="utf-8")
    template = TEMPLATES.get_template("mail.html.j2")
    for mail in mails:
        (target / mail.source).write_bytes(mail.arrived.source)
        attached = []
        for file in mail.arrived.attachments():
            number = numbers.get(file.sha256)
            place = f"../documents/{number}.pdf" if number else f"{mail.number:04d}-{Path(file.name).name}"
            if number is None:
                (target / "mails" / place).write_bytes(file.content)
            attached.append((file.name, place, number))
        page = template.render(
            mail=mail,
            html=mail.arrived.text("text/html"),
            text=mail.arrived.text("text/plain"),
            last=len(mails),
            why=PURPOSES.get(mail.purpose, (mail.purpose, ""))[0],
            attached=attached,
            meanings=meanings_of(mail.entry) if mail.entry else {},
        )
        (target / mail.page).write_text(page, encoding="utf-8")


def _asset(name: str) -> Any:
    """A file of ours, to stand in a page as it is."""
    return Markup(TEMPLATES.loader.get_source(TEMPLATES, name)[0] if TEMPLATES.loader else "")  # noqa: S704 our own file
