"""Every mail of the season, ready to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from spn_demo.books import Books
from spn_demo.mailbox import Arrived
from spn_demo.report.entries import Entry, effect_of, entry_of


@dataclass(frozen=True)
class Mail:
    """One mail. ``before``: the mail with which the same calendar entry came to the same person before."""

    number: int
    arrived: Arrived
    message_id: str
    person_id: str
    purpose: str
    about: str
    to_name: str
    to_address: str
    subject: str
    language: str
    sent_at: datetime
    entry: Entry | None
    effect: str
    before: int | None

    @property
    def page(self) -> str:
        """Its page, from the folder of the report."""
        return f"mails/{self.number:04d}.html"

    @property
    def source(self) -> str:
        """The mail as it was sent."""
        return f"mails/{self.number:04d}.eml"


def mails_of(books: Books) -> list[Mail]:
    """All mails in the order in which they arrived."""
    told = {one.data["message_id"]: one.data for one in books.of_type("notifications.message-sent.v1")}
    last: dict[tuple[str, str], Mail] = {}
    found = []
    for number, arrived in enumerate(books.mails, start=1):
        mail = _read(number, arrived, told.get(arrived.message_id, {}), last)
        if mail.entry:
            last[mail.to_address, mail.entry.uid] = mail
        found.append(mail)
    return found


def _read(number: int, arrived: Arrived, told: Mapping[str, str], last: Mapping[tuple[str, str], Mail]) -> Mail:
    to_name, to_address = arrived.to
    calendar = arrived.text("text/calendar")
    entry = entry_of(calendar) if calendar else None
    before = last.get((to_address, entry.uid)) if entry else None
    return Mail(
        number=number,
        arrived=arrived,
        message_id=arrived.message_id,
        person_id=told.get("person_id", ""),
        purpose=told.get("purpose", ""),
        about=told.get("about", ""),
        to_name=to_name,
        to_address=to_address,
        subject=arrived.header("Subject"),
        language=arrived.header("Content-Language") or "nl",
        sent_at=arrived.sent_at,
        entry=entry,
        effect=effect_of(entry, before.entry if before else None) if entry else "",
        before=before.number if before else None,
    )
