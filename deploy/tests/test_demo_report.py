from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from deploy.tests.recorded import BEGAN, mail, small_season
from spn_demo.books import books_of
from spn_demo.mailbox import Arrived
from spn_demo.report import write_report
from spn_demo.report.entries import effect_of, entry_of
from spn_demo.story.weaving import Weaver
from spn_demo.summary import summarise

ENTRY = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//SPN//NL
METHOD:{method}
BEGIN:VEVENT
UID:s1@sessions.spn
SEQUENCE:{sequence}
DTSTAMP:20270114T080006Z
SUMMARY:Dag 1
DTSTART:20270311T083000Z
DTEND:20270311T153000Z
ATTENDEE:mailto:ann@example.org
{status}END:VEVENT
END:VCALENDAR
"""


def calendar(method: str, sequence: int, status: str = "") -> str:
    line = f"STATUS:{status}\n" if status else ""
    return ENTRY.format(method=method, sequence=sequence, status=line).replace("\n", "\r\n")


def report_of(mails: list[Arrived], folder: Path) -> str:
    weaver = Weaver()
    messages = small_season()
    for one in messages:
        weaver.hear(one)
    books = books_of(messages, mails, BEGAN + timedelta(days=1))
    write_report(folder, messages, books, lines=weaver.rest(), summary=summarise(books, [], 1.0))
    return (folder / "report.html").read_text()


def test_the_report_holds_every_line_mail_and_document(tmp_path: Path) -> None:
    page = report_of([mail()], tmp_path)
    for expected in ("<b>Ann</b>", 'href="mails/0001.html"', 'href="documents/LN-2027-0001.pdf"', "Welkom"):
        assert expected in page
    assert (tmp_path / "documents" / "LN-2027-0001.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "mails" / "0001.eml").read_bytes() == mail().source
    assert '<li class="wrong">' not in page


def test_the_report_shows_what_does_not_balance(tmp_path: Path) -> None:
    page = report_of([mail(), mail()], tmp_path)
    assert '<li class="wrong">' in page
    assert "mail m1 arrived 2 times" in page


def test_what_strangers_wrote_is_text_and_nothing_else(tmp_path: Path) -> None:
    source = (
        mail()
        .source.replace(b"Subject: Welkom", b"Subject: <script>alert(1)</script>")
        .replace(b"\r\n\r\nWelkom", b"\r\n\r\n</pre><script>alert(2)</script>")
    )
    pages = report_of([Arrived(source)], tmp_path) + (tmp_path / "mails" / "0001.html").read_text()
    assert "<script>alert" not in pages
    assert "&lt;script&gt;alert(2)" in pages


def test_the_name_of_an_attachment_leads_out_of_no_folder(tmp_path: Path) -> None:
    source = (
        b"To: a@example.org\r\nSubject: x\r\nDate: Thu, 14 Jan 2027 08:00:06 +0000\r\nMessage-ID: <m1@x>\r\n"
        b'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="../../evil.pdf"\r\n\r\n%PDF'
    )
    (tmp_path / "deep").mkdir()
    report_of([Arrived(source)], tmp_path / "deep")
    assert [file.name for file in tmp_path.rglob("*evil.pdf")] == ["0001-evil.pdf"]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (None, calendar("REQUEST", 3, "CONFIRMED"), "Puts the session in the calendar."),
        (calendar("REQUEST", 3, "CONFIRMED"), calendar("REQUEST", 5, "CONFIRMED"), "SEQUENCE 5 after 3"),
        (calendar("REQUEST", 3, "CONFIRMED"), calendar("CANCEL", 4), "this person's calendar only"),
        (calendar("REQUEST", 3, "CONFIRMED"), calendar("CANCEL", 4, "CANCELLED"), "for everybody"),
        (calendar("CANCEL", 4), calendar("REQUEST", 5, "CONFIRMED"), "again"),
    ],
)
def test_a_calendar_entry_is_explained_by_what_it_does(before: str | None, now: str, expected: str) -> None:
    entry = entry_of(now)
    assert entry is not None
    assert entry.when == "Thursday 11 March 2027, 09:30-16:30"
    assert expected in effect_of(entry, entry_of(before) if before else None)
