"""The file for one's calendar, read back as a calendar program would read it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from icalendar import Calendar

from enrolment.links import LIVES
from enrolment.pages.words import words_in
from services.enrolment.tests.pages.house import House
from services.enrolment.tests.season import OPENS
from services.enrolment.tests.timetable import DAY, ELSEWHERE, OTHER, Timetable

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FILES = {"nl": ("/mijn/", "agenda.ics"), "en": ("/en/my/", "calendar.ics")}


async def fetched(link: str, house: House, language: str = "nl") -> httpx.Response:
    place, name = FILES[language]
    return await house.http.get(f"{link.replace('/mijn/', place)}/{name}")


def entries(answer: httpx.Response) -> tuple[Calendar, dict[str, Any]]:
    """The calendar, and its entries by their UID."""
    assert answer.status_code == 200, answer.text
    read = Calendar.from_ical(answer.content)
    assert isinstance(read, Calendar)
    assert read.errors == []
    assert all(event.errors == [] for event in read.events)
    return read, {str(event["UID"]): event for event in read.events}


@pytest.fixture
async def link(house: House) -> str:
    """Anna has a place in two sessions; Bram in one of them."""
    anna, bram = await house.opened("anna", "bram")
    timetable = Timetable()
    await house.bench.handle(timetable.told(7, anna, bram, sequence=4), timetable.told(2, anna, **OTHER))
    return await house.link(anna)


@pytest.mark.parametrize("language", FILES)
async def test_every_session_is_an_entry_at_its_own_hours_in_the_language_of_the_page(
    house: House, link: str, language: str
) -> None:
    read, found = entries(await fetched(link, house, language))
    assert found.keys() == {"ln27-verhalend-1@sessions.spn", "ln27-veranderend-1@sessions.spn"}
    for day in (DAY, OTHER):
        event = found[f"{day['session_id']}@sessions.spn"]
        assert str(event["SUMMARY"]) == day[f"title_{language}"]
        assert str(event["LOCATION"]) == day["venue"]
        assert (event.start, event.end) == tuple(datetime.fromisoformat(day[at]) for at in ("starts_at", "ends_at"))
        assert (event.start.hour, event.end.hour, event["DTSTART"].params["TZID"]) == (9, 16, "Europe/Amsterdam")
        assert (event["STATUS"], event["DTSTAMP"].dt) == ("CONFIRMED", OPENS)
    assert (str(read["METHOD"]), str(read["VERSION"])) == ("PUBLISH", "2.0")


async def test_it_carries_the_rules_of_summer_time_itself(house: House, link: str) -> None:
    read, _ = entries(await fetched(link, house))
    (zone,) = read.timezones
    assert str(zone["TZID"]) == "Europe/Amsterdam"
    made = zone.to_tz()
    for month in range(1, 13):
        at = datetime(2027, month, 15, 12)  # noqa: DTZ001 - the zone is what is tried
        assert at.replace(tzinfo=made).utcoffset() == at.replace(tzinfo=AMSTERDAM).utcoffset()


async def test_a_session_that_moved_or_is_off_is_the_same_entry_with_a_higher_sequence(house: House) -> None:
    (anna,) = await house.opened("anna")
    timetable, link = Timetable(), await house.link(anna)
    await house.bench.handle(timetable.told(1, anna))
    ((uid, before),) = entries(await fetched(link, house))[1].items()
    await house.bench.handle(timetable.told(2, anna, **ELSEWHERE, status="cancelled"))
    after = entries(await fetched(link, house))[1][uid]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (1, 2)
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert after.start == datetime.fromisoformat(ELSEWHERE["starts_at"])


async def test_it_is_behind_the_link_found_by_no_robot_and_kept_by_nobody(house: House, link: str) -> None:
    answer = await fetched(link, house)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert answer.headers["content-disposition"] == 'attachment; filename="lerend-netwerk.ics"'
    assert (answer.headers["cache-control"], answer.headers["x-robots-tag"]) == ("no-store", "noindex, nofollow")
    forged = link[:-1] + ("A" if link[-1] != "A" else "B")
    for closed in (forged, "/mijn/x"):
        assert (await fetched(closed, house)).status_code == 404
    (anna, *_) = [row[0] for row in await house.pool.fetch("SELECT enrolment_id FROM enrolments ORDER BY number")]
    old = await house.link(anna, at=datetime.now(UTC) - LIVES - timedelta(days=1))
    assert (await fetched(old, house)).status_code == 404


async def test_it_holds_no_name_no_address_and_no_personal_link(house: House, link: str) -> None:
    text = (await fetched(link, house)).text
    code = link.rpartition("/")[2]
    assert all(word not in text.lower() for word in ("anna", "attendee", "@bibliotheek", "/mijn/", code.lower()))


async def test_without_sessions_there_is_no_file(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    answer = await fetched(link, house)
    assert (answer.status_code, answer.headers["location"]) == (303, link)


async def test_its_organizer_is_the_address_for_questions_and_nobody_without_one(house: House, link: str) -> None:
    _, found = entries(await fetched(link, house))
    assert {str(event["ORGANIZER"]) for event in found.values()} == {"mailto:lerendnetwerk@spn.example"}
    house.desk.pages.contact = None
    assert "ORGANIZER" not in (await fetched(link, house)).text


async def test_long_and_strange_words_come_back_as_they_were(house: House) -> None:
    (anna,) = await house.opened("anna")
    strange = 'Zaal "De Zwaan"; eerste, tweede \\ derde: ' + "é" * 90
    await house.bench.handle(Timetable().told(1, anna, venue=strange, title_nl="X\r\nATTENDEE:mailto:x@y"))
    answer = await fetched(await house.link(anna), house)
    (event,) = entries(answer)[1].values()
    assert str(event["LOCATION"]) == strange
    assert "ATTENDEE" not in event
    assert max(len(line) for line in answer.content.split(b"\r\n")) <= 75


def test_clocks_and_days_are_those_of_the_netherlands() -> None:
    midnight = datetime(2027, 7, 31, 22, 5, tzinfo=UTC)
    nl, en = words_in("nl"), words_in("en")
    assert (nl.weekday(midnight), nl.clock(midnight)) == ("zondag 1 augustus 2027", "0.05")
    assert (en.weekday(midnight), en.clock(midnight)) == ("Sunday 1 August 2027", "0:05")
