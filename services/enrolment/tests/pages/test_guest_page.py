"""The page of an invitation, on a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from enrolment.commands import InviteGuest, WithdrawEnrolment
from enrolment.links import LIVES
from services.enrolment.tests.pages.house import House, about, ticket_in
from services.enrolment.tests.season import THEMES


@pytest.fixture
async def invited(house: House) -> tuple[UUID, UUID]:
    """Anna takes part and has invited somebody; both ids."""
    (anna,) = await house.opened("anna", themes=THEMES)
    guest = {"name": "Noor van 't Hof", "email": "noor@partner.example", "language": "en"}
    await house.send(InviteGuest.model_validate(about(anna, theme_id="narrative", guest=guest)))
    return anna, await house.pool.fetchval("SELECT guest_id FROM guests")


async def link(house: House, guest_id: UUID, at: datetime | None = None) -> str:
    person = await house.pool.fetchval("SELECT person_id FROM guests WHERE guest_id = $1", guest_id)
    return f"/uitnodiging/{house.desk.links.code('guest', guest_id, person, 0, at or house.clock.now())}"


async def status(house: House) -> str:
    found: str = await house.pool.fetchval("SELECT status FROM guests")
    return found


async def test_a_guest_sees_what_for_and_until_when_and_says_yes(house: House, invited: tuple[UUID, UUID]) -> None:
    page = await link(house, invited[1])
    shown = (await house.http.get(page)).text
    assert "U bent uitgenodigd voor Verhalend leiderschap" in shown
    assert "Laat het weten vóór" in shown
    sent = await house.http.post(f"{page}/ik-kom", data={"ticket": ticket_in(shown)})
    assert "De gast komt." in (await house.answered(sent)).text
    assert await status(house) == "confirmed"
    after = (await house.http.get(page)).text
    assert "U komt naar Verhalend leiderschap" in after
    assert "Nee, ik kom niet" in after


async def test_a_guest_who_pays_nothing_sees_no_price(house: House, invited: tuple[UUID, UUID]) -> None:
    page = (await house.http.get(await link(house, invited[1]))).text
    assert "Er zijn voor u geen kosten aan verbonden." in page
    assert "€" not in page


async def test_a_guest_reads_whom_to_ask_until_that_person_is_erased(house: House, invited: tuple[UUID, UUID]) -> None:
    page = await link(house, invited[1])
    assert "Uw contactpersoon bij Stichting Bibliotheek Veenrijk is Anna." in (await house.http.get(page)).text
    house.clock.moment += timedelta(days=14)
    assert "neem dan contact op met Anna." in (await house.http.get(page)).text
    erased = (
        "UPDATE people SET name = 'gewist', email = 'erased-' || person_id || '@erased.invalid' WHERE name = 'Anna'"
    )
    await house.pool.execute(erased)
    shown = (await house.http.get(page)).text
    assert "neem dan contact op met wie u uitnodigde." in shown
    assert "Uw contactpersoon" not in shown


async def test_a_guest_who_confirmed_may_stay_away_after_all(house: House, invited: tuple[UUID, UUID]) -> None:
    page = await link(house, invited[1])
    for word in ("ik-kom", "ik-kom-niet"):
        shown = (await house.http.get(page)).text
        tickets = dict(_forms(shown))
        await house.answered(await house.http.post(f"{page}/{word}", data={"ticket": tickets[word]}))
    assert await status(house) == "declined"


async def test_the_link_of_who_answered_works_until_the_edition_is_over(
    house: House, invited: tuple[UUID, UUID]
) -> None:
    page = await link(house, invited[1])
    await house.answered(await house.http.post(f"{page}/ik-kom", data={"ticket": ticket_in(await text(house, page))}))
    house.clock.moment += 2 * LIVES
    shown = await text(house, page)
    assert "U komt naar Verhalend leiderschap" in shown
    declined = await house.answered(await house.http.post(f"{page}/ik-kom-niet", data={"ticket": ticket_in(shown)}))
    assert (declined.status_code, await status(house)) == (200, "declined")


async def test_when_the_edition_is_over_the_link_of_who_came_is_too(house: House, invited: tuple[UUID, UUID]) -> None:
    page = await link(house, invited[1])
    await house.answered(await house.http.post(f"{page}/ik-kom", data={"ticket": ticket_in(await text(house, page))}))
    house.clock.moment = datetime(2027, 10, 9, tzinfo=UTC)
    assert (await house.http.get(page)).status_code == 404


async def text(house: House, page: str) -> str:
    return (await house.http.get(page)).text


async def test_a_ticket_of_one_answer_is_not_one_of_the_other(house: House, invited: tuple[UUID, UUID]) -> None:
    page = await link(house, invited[1])
    ticket = dict(_forms((await house.http.get(page)).text))["ik-kom"]
    assert (await house.http.post(f"{page}/ik-kom-niet", data={"ticket": ticket})).status_code == 422
    assert (await house.http.post(f"{page}/ik-kom", data={"ticket": ""})).status_code == 422
    assert await house.decide() == 0


async def test_an_invitation_that_is_over_says_so_and_asks_nothing(house: House, invited: tuple[UUID, UUID]) -> None:
    page = await link(house, invited[1])
    house.clock.moment += timedelta(days=14)
    shown = (await house.http.get(page)).text
    assert "is verlopen" in shown
    assert "ik-kom" not in shown
    house.clock.moment -= timedelta(days=14)
    await house.send(WithdrawEnrolment.model_validate(about(invited[0])))
    assert "is vervallen" in (await house.http.get(page)).text


async def test_an_old_a_forged_and_a_strange_link_open_nothing(house: House, invited: tuple[UUID, UUID]) -> None:
    good = await link(house, invited[1])
    old = await link(house, invited[1], house.clock.now() - LIVES)
    forged = good[:-1] + ("A" if good[-1] != "A" else "B")
    of_enrolment = (await house.link(invited[0])).replace("/mijn/", "/uitnodiging/")
    for page in (old, forged, of_enrolment, "/uitnodiging/x"):
        answer = await house.http.get(page)
        assert answer.status_code == 404
        assert "Deze link werkt niet meer" in answer.text
        assert (await house.http.post(f"{page}/ik-kom", data={"ticket": ""})).status_code == 404


async def test_a_guest_reads_it_in_english(house: House, invited: tuple[UUID, UUID]) -> None:
    page = (await link(house, invited[1])).replace("/uitnodiging/", "/en/invitation/")
    assert "You are invited to Narrative leadership" in (await house.http.get(page)).text


def _forms(page: str) -> list[tuple[str, str]]:
    """The last word of each form's address, with its ticket."""
    parts = page.split("<form ")[1:]
    return [(part.split('action="')[1].split('"')[0].rpartition("/")[2], ticket_in(part)) for part in parts]
