"""The calendar part of a mail, read back as a calendar program would read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP as STRICT
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from notifications.rendering import write
from notifications.rendering.catalogue import catalogue
from services.notifications.tests.drafts import SENDER, draft
from services.notifications.tests.season import NOW

CATALOGUE = catalogue()
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
METHODS = {
    "session-invited": ("REQUEST", "CONFIRMED"),
    "session-moved": ("REQUEST", "CONFIRMED"),
    "session-withdrawn": ("CANCEL", None),
    "session-cancelled": ("CANCEL", "CANCELLED"),
}
PURPOSES = list(METHODS)


def mail(purpose: str, **changes: Any) -> EmailMessage:
    content = write(CATALOGUE, draft(purpose, **changes), SENDER, NOW)
    return BytesParser(EmailMessage, policy=STRICT).parsebytes(content)


def calendar_part(purpose: str, **changes: Any) -> EmailMessage:
    parts = [part for part in mail(purpose, **changes).walk() if part.get_content_type() == "text/calendar"]
    assert len(parts) == 1
    assert isinstance(parts[0], EmailMessage)
    return parts[0]


def calendar(purpose: str, **changes: Any) -> tuple[Calendar, Any]:
    raw = calendar_part(purpose, **changes).get_payload(decode=True)
    assert isinstance(raw, bytes)
    read = Calendar.from_ical(raw)
    assert isinstance(read, Calendar)
    assert read.errors == []
    (event,) = read.events
    assert event.errors == []
    return read, event


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_calendar_is_the_last_part_of_the_alternative_and_names_its_method(purpose: str) -> None:
    message = mail(purpose)
    assert message.get_content_type() == "multipart/alternative"
    parts = [part.get_content_type() for part in message.iter_parts()]
    assert parts == ["text/plain", "text/html", "text/calendar"]
    header = calendar_part(purpose)["Content-Type"]
    assert (header.params["method"], header.params["charset"]) == (METHODS[purpose][0], "UTF-8")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_method_and_status_are_those_of_rfc_5546(purpose: str) -> None:
    read, event = calendar(purpose)
    assert (str(read["METHOD"]), event.get("STATUS")) == METHODS[purpose]
    assert (str(read["VERSION"]), str(read["CALSCALE"])) == ("2.0", "GREGORIAN")
    assert read["PRODID"]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_one_entry_with_the_uid_of_the_session_and_the_sequence_of_its_change(purpose: str) -> None:
    _, event = calendar(purpose)
    assert str(event["UID"]) == "dag-1@sessions.spn"
    made = draft(purpose).entry
    assert made is not None
    assert event["SEQUENCE"] == made.sequence
    assert "RRULE" not in event


def test_the_uid_stays_and_the_sequence_rises_through_the_life_of_a_session() -> None:
    events = [calendar(purpose)[1] for purpose in ("session-invited", "session-moved", "session-cancelled")]
    assert len({str(event["UID"]) for event in events}) == 1
    assert [event["SEQUENCE"] for event in events] == sorted({event["SEQUENCE"] for event in events})


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_organizer_is_a_bare_mailto_equal_to_from_and_the_attendee_is_the_recipient(purpose: str) -> None:
    message, (_, event) = mail(purpose), calendar(purpose)
    assert str(event["ORGANIZER"]) == f"mailto:{message['From'].addresses[0].addr_spec}"
    assert dict(event["ORGANIZER"].params) == {}
    assert str(event["ATTENDEE"]) == f"mailto:{message['To'].addresses[0].addr_spec}"


@pytest.mark.parametrize("purpose", PURPOSES)
def test_start_and_end_are_in_amsterdam_time_also_in_a_cancellation(purpose: str) -> None:
    _, event = calendar(purpose)
    details = draft(purpose).details
    for name, key in (("DTSTART", "starts_at"), ("DTEND", "ends_at")):
        assert event[name].params["TZID"] == "Europe/Amsterdam"
        assert event[name].dt == datetime.fromisoformat(details[key])
    assert event["DTSTAMP"].dt == NOW


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_time_zone_comes_along_before_it_is_used(purpose: str) -> None:
    text = calendar_part(purpose).get_content()
    assert text.index("BEGIN:VTIMEZONE") < text.index("BEGIN:VEVENT")
    assert text.count("BEGIN:VTIMEZONE") == 1


def test_the_time_zone_tells_the_hours_of_amsterdam_for_years() -> None:
    read, _ = calendar("session-invited")
    (zone,) = read.timezones
    told = zone.to_tz(lookup_tzid=False)
    hours = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(24 * 366 * 3))
    wrong = [at for at in hours if at.astimezone(told).utcoffset() != at.astimezone(AMSTERDAM).utcoffset()]
    assert wrong == []


def test_the_clock_of_amsterdam_changes_at_the_same_hour_in_2060() -> None:
    read, _ = calendar("session-invited")
    rules = {sub.name: sub["RRULE"].to_ical() for sub in read.timezones[0].subcomponents}
    assert rules == {
        "DAYLIGHT": b"FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "STANDARD": b"FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
    }


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_entry_says_in_the_language_of_its_reader_what_and_where(language: str) -> None:
    details = {**draft("session-invited").details, "title_nl": "Één; twee, drie\nvier", "venue": "Zaal 3, Gouda"}
    _, event = calendar("session-invited", details=details, language=language)
    assert str(event["SUMMARY"]) == details[f"title_{language}"]
    assert str(event["LOCATION"]) == "Zaal 3, Gouda"


def test_lines_end_in_crlf_and_are_folded() -> None:
    details = {**draft("session-invited").details, "venue": "Bibliotheek " * 20}
    raw = calendar_part("session-invited", details=details).get_payload(decode=True)
    assert isinstance(raw, bytes)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))


@pytest.mark.parametrize("purpose", ["accepted", "invoice", "withdrawn"])
def test_a_mail_that_is_about_no_session_has_no_calendar(purpose: str) -> None:
    assert [p for p in mail(purpose).walk() if p.get_content_type() == "text/calendar"] == []
