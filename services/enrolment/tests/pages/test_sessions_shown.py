"""Participants see their sessions on their own page, guests those of their theme."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from enrolment.commands import InviteGuest, SubstituteParticipant, WithdrawEnrolment
from services.enrolment.tests.pages.house import House, about
from services.enrolment.tests.season import THEMES
from services.enrolment.tests.timetable import DAY, ELSEWHERE, OTHER, Timetable

NOOR = {"name": "Noor", "email": "noor@partner.example", "language": "nl"}
SUMMER = "donderdag 9 september 2027, 9.30 tot 16.30 uur"
WINTER = "donderdag 11 maart 2027, 9.30 tot 16.30 uur"
NOTHING_YET = "Uw bijeenkomsten staan hier zodra ze gepland zijn."


@pytest.fixture
def timetable() -> Timetable:
    return Timetable()


async def shown(house: House, enrolment: UUID, language: str = "/mijn/") -> str:
    link = (await house.link(enrolment)).replace("/mijn/", language)
    return (await house.http.get(link)).text


async def test_sessions_stand_under_their_theme_with_day_times_and_place(house: House, timetable: Timetable) -> None:
    anna, bram = await house.opened("anna", "bram")
    assert NOTHING_YET in await shown(house, anna)
    await house.bench.handle(timetable.told(1, anna), timetable.told(1, anna, bram, **OTHER))
    page = await shown(house, anna)
    parts = ["Veranderend leiderschap", OTHER["title_nl"], WINTER, OTHER["venue"]]
    parts += ["Verhalend leiderschap", DAY["title_nl"], SUMMER, DAY["venue"]]
    list_ = page[page.index('id="sessions"') :]
    assert [list_.index(part) for part in parts] == sorted(list_.index(part) for part in parts)
    assert "/agenda.ics" in page
    assert NOTHING_YET not in page
    assert SUMMER not in await shown(house, bram), "only one's own"


async def test_they_are_there_in_english(house: House, timetable: Timetable) -> None:
    (anna,) = await house.opened("anna")
    await house.bench.handle(timetable.told(1, anna), timetable.told(2, anna, **ELSEWHERE))
    page = await shown(house, anna, "/en/my/")
    assert "Thursday 16 September 2027, 9:30 to 16:30 (Amsterdam time)" in page
    assert "The story of your library" in page
    assert "Originally: Thursday 9 September 2027, 9:30 to 16:30 (Amsterdam time), OBA Oosterdok" in page
    assert "/calendar.ics" in page


async def test_a_session_that_moved_says_what_it_was_first_and_one_that_is_off_says_so(
    house: House, timetable: Timetable
) -> None:
    (anna,) = await house.opened("anna")
    await house.bench.handle(timetable.told(1, anna), timetable.told(1, anna, **OTHER))
    await house.bench.handle(
        timetable.told(2, anna, **ELSEWHERE), timetable.told(2, anna, **{**OTHER, "status": "cancelled"})
    )
    page = await shown(house, anna)
    assert "donderdag 16 september 2027, 9.30 tot 16.30 uur" in page
    assert f"Eerst was het: {SUMMER}, {DAY['venue']}." in page
    assert page.count("Verplaatst.") == page.count("Gaat niet door.") == 1


async def test_a_session_over_midnight_shows_both_days(house: House, timetable: Timetable) -> None:
    (anna,) = await house.opened("anna")
    await house.bench.handle(timetable.told(1, anna, ends_at="2027-09-10T10:00:00Z"))
    page = await shown(house, anna)
    assert "donderdag 9 september 2027 om 9.30 uur tot vrijdag 10 september 2027 om 12.00 uur" in page


async def test_a_theme_that_the_edition_does_not_have_is_no_heading(house: House, timetable: Timetable) -> None:
    (anna,) = await house.opened("anna")
    await house.bench.handle(
        timetable.told(1, anna, theme_id=None), timetable.told(1, anna, **{**OTHER, "theme_id": "?"})
    )
    page = await shown(house, anna)
    assert f"<dt>{DAY['title_nl']}</dt>" in page
    assert f"<dt>{OTHER['title_nl']}</dt>" in page


async def test_what_is_written_in_a_session_is_text_and_nothing_else(house: House, timetable: Timetable) -> None:
    (anna,) = await house.opened("anna")
    await house.bench.handle(timetable.told(1, anna, venue="<script>1</script>", title_nl="<b>Dag</b>"))
    page = await shown(house, anna)
    assert "<script>1" not in page
    assert "<b>Dag" not in page
    assert "&lt;script&gt;1" in page


async def test_a_place_that_was_taken_back_is_shown_no_more(house: House, timetable: Timetable) -> None:
    (anna,) = await house.opened("anna")
    await house.bench.handle(timetable.told(1, anna))
    await house.send(WithdrawEnrolment.model_validate(about(anna)))
    await house.bench.handle(timetable.told(2, gone=(anna,)))
    page = await shown(house, anna)
    assert 'id="sessions"' not in page
    assert "/agenda.ics" not in page


async def test_who_took_over_sees_the_sessions_and_who_handed_over_does_not(house: House, timetable: Timetable) -> None:
    (anna,) = await house.opened("anna")
    before = await house.link(anna)
    await house.bench.handle(timetable.told(1, anna))
    by = {"name": "Cora", "email": "cora@bibliotheek.example"}
    await house.send(SubstituteParticipant.model_validate(about(anna, participant=by)))
    assert SUMMER in await shown(house, anna)
    assert 'id="sessions"' not in (await house.http.get(before)).text
    assert (await house.http.get(f"{before}/agenda.ics")).headers["location"] == before
    assert "sessions" not in json.loads((await house.http.get(f"{before}/gegevens")).text)["enrolment"]


async def test_own_data_holds_the_sessions_and_the_guests(house: House, timetable: Timetable) -> None:
    (anna,) = await house.opened("anna", themes=THEMES)
    await house.send(InviteGuest.model_validate(about(anna, theme_id="narrative", guest=NOOR)))
    await house.bench.handle(timetable.told(1, anna))
    data = json.loads((await house.http.get(f"{await house.link(anna)}/gegevens")).text)["enrolment"]
    assert data["guests"] == [{"name": "Noor", "theme": "Verhalend leiderschap", "status": "invited"}]
    assert data["sessions"] == [
        {
            "id": "ln27-verhalend-1",
            "theme": "Verhalend leiderschap",
            "title": "Het verhaal van jouw bibliotheek",
            "starts_at": "2027-09-09T07:30:00+00:00",
            "ends_at": "2027-09-09T14:30:00+00:00",
            "venue": "OBA Oosterdok, Amsterdam",
            "status": "planned",
        }
    ]


async def test_a_guest_sees_the_sessions_of_the_theme_while_the_invitation_stands(
    house: House, timetable: Timetable
) -> None:
    (anna,) = await house.opened("anna", themes=THEMES)
    await house.send(InviteGuest.model_validate(about(anna, theme_id="narrative", guest=NOOR)))
    await house.bench.handle(timetable.told(1, anna), timetable.told(1, anna, **OTHER))
    guest = await house.pool.fetchrow("SELECT guest_id, person_id FROM guests")
    assert guest
    code = house.desk.links.code("guest", guest["guest_id"], guest["person_id"], 0, datetime.now(UTC))
    page = (await house.http.get(f"/uitnodiging/{code}")).text
    assert SUMMER in page
    assert WINTER not in page
    assert ".ics" not in page
    house.clock.moment += timedelta(days=14)
    assert SUMMER not in (await house.http.get(f"/uitnodiging/{code}")).text
