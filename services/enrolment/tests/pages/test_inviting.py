"""Participants invite guests on their own page and see who comes."""

from __future__ import annotations

from typing import Any

import pytest

from enrolment.commands import ConfirmGuest, WithdrawEnrolment, examples
from services.enrolment.tests.pages.house import House, about, ticket_in
from services.enrolment.tests.season import EDITION

THEMES = [
    {**theme, "guests_per_library": 1 if theme["theme_id"] == "narrative" else 0}
    for theme in examples.PUBLISH["themes"]
]
NOOR = {
    "theme_id": "narrative",
    "guest.name": "Noor van 't Hof",
    "guest.email": "noor@bibliotheek.example",
    "guest.language": "nl",
}


async def page_of_anna(house: House, **terms: Any) -> str:
    (anna, *_) = await house.opened("anna", "bas", **{"themes": THEMES, **terms})
    return await house.link(anna)


async def invited(house: House, link: str, page: str = "gasten", **changes: str) -> Any:
    form = (await house.http.get(f"{link}/{page}")).text
    dotted = {name.replace("__", "."): value for name, value in changes.items()}
    return await house.http.post(f"{link}/{page}", data={"ticket": ticket_in(form), **NOOR, **dotted})


async def test_a_participant_invites_somebody_and_sees_that_they_come(house: House) -> None:
    link = await page_of_anna(house)
    assert "U hebt nog niemand uitgenodigd." in (await house.http.get(link)).text
    said = await house.answered(await invited(house, link))
    assert said.status_code == 200
    assert "uitgenodigd, nog geen antwoord" in (page := (await house.http.get(link)).text)
    assert "Noor van &#39;t Hof" in page
    guest = await house.pool.fetchval("SELECT guest_id FROM guests")
    await house.send(ConfirmGuest.model_validate({"edition_id": EDITION, "guest_id": guest}))
    assert "Verhalend leiderschap: komt" in (await house.http.get(link)).text


@pytest.mark.parametrize(("days", "said"), [(1, "kan 1 dag lang antwoorden"), (14, "kan 14 dagen lang antwoorden")])
async def test_the_form_says_how_long_a_guest_may_take(house: House, days: int, said: str) -> None:
    assert said in (await house.http.get(f"{await page_of_anna(house, guest_days=days)}/gasten")).text


async def test_only_themes_that_have_room_for_guests_are_offered(house: House) -> None:
    form = (await house.http.get(f"{await page_of_anna(house)}/gasten")).text
    assert [t["theme_id"] for t in THEMES if f'value="{t["theme_id"]}"' in form] == ["narrative"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("theme_id", "", "Kies het thema waarvoor u iemand uitnodigt."),
        ("guest__name", " ", "Vul de naam van uw gast in."),
        ("guest__email", "", "Vul het e-mailadres van uw gast in."),
        (
            "guest__email",
            "noor@",
            "Vul een volledig e-mailadres in",
        ),
    ],
)
async def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    house: House, field: str, value: str, said: str
) -> None:
    sent = await invited(house, await page_of_anna(house), **{field: value})
    assert sent.status_code == 422
    assert said in sent.text
    assert f'id="{field.replace("__", ".")}.error"' in sent.text
    others = {name: text for name, text in NOOR.items() if name != field.replace("__", ".") and name != "guest.name"}
    assert all(text in sent.text for text in others.values())
    assert await house.decide() == 0


async def test_the_same_form_twice_is_one_invitation(house: House) -> None:
    link = await page_of_anna(house)
    ticket = ticket_in((await house.http.get(f"{link}/gasten")).text)
    for _ in range(2):
        assert (await house.http.post(f"{link}/gasten", data={"ticket": ticket, **NOOR})).status_code == 303
    assert await house.decide() == 1


async def test_an_invitation_over_the_quota_is_refused_with_the_reason(house: House) -> None:
    link = await page_of_anna(house)
    await house.answered(await invited(house, link))
    said = await house.answered(await invited(house, link, guest__email="piet@bibliotheek.example"))
    assert "Verhalend leiderschap" in said.text
    assert await house.pool.fetchval("SELECT count(*) FROM guests") == 1


async def test_a_form_of_another_page_or_none_invites_nobody(house: House) -> None:
    link = await page_of_anna(house)
    other = ticket_in((await house.http.get(f"/inschrijven/{EDITION}")).text)
    for ticket in ("", other):
        assert (await house.http.post(f"{link}/gasten", data={"ticket": ticket, **NOOR})).status_code == 422
    assert await house.decide() == 0


@pytest.mark.parametrize("guests", [0, 2])
async def test_who_may_not_invite_is_not_asked_to(house: House, guests: int) -> None:
    """There is no room for guests at all, or the seat is given up."""
    (anna,) = await house.opened("anna", themes=[{**theme, "guests_per_library": guests} for theme in THEMES])
    if guests:
        await house.send(WithdrawEnrolment.model_validate(about(anna)))
    link = await house.link(anna)
    assert "/gasten" not in (await house.http.get(link)).text
    for method in ("GET", "POST"):
        headers = {"content-type": "application/x-www-form-urlencoded"}
        sent = await house.http.request(
            method, f"{link}/gasten", headers=headers, content="" if method == "POST" else None
        )
        assert (sent.status_code, sent.headers["location"]) == (303, link)
    assert await house.decide() == 0


async def test_the_page_is_there_in_english(house: House) -> None:
    link = (await page_of_anna(house, languages=["nl", "en"])).replace("/mijn/", "/en/my/")
    sent = await invited(house, link, "guests", theme_id="")
    assert "Choose the theme you are inviting someone to." in sent.text
    assert "Narrative leadership" in sent.text
