"""Coming in to the organisers' pages, and being kept out."""

from __future__ import annotations

import re

import pytest

from enrolment.organiser.addresses import HOME
from services.enrolment.tests.organiser.office import EDITION_PAGE, Office, heading

LOGIN = f"{HOME}/inloggen"


async def test_who_is_not_logged_in_is_led_to_the_page_to_log_in_and_back(office: Office) -> None:
    await office.opened()
    office.http.cookies.clear()
    led = await office.http.get(f"{EDITION_PAGE}?a=b")
    assert (led.status_code, led.headers["location"]) == (303, f"{LOGIN}?next={EDITION_PAGE}%3Fa%3Db")
    page = await office.page(led.headers["location"])
    assert "Log in om verder te gaan" in page
    assert "spn token organiser" in page
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    token = office.issuer.token(["organiser"], subject="u-1")
    came = await office.http.post("/session", data={**fields, "token": token})
    assert (came.status_code, came.headers["location"]) == (303, f"{EDITION_PAGE}?a=b")
    assert "u-1" in await office.page(came.headers["location"])


@pytest.mark.parametrize("token", ["", "no-token-at-all", "expired"])
async def test_a_token_that_is_not_good_leads_back_to_the_page_which_says_why(office: Office, token: str) -> None:
    if token == "expired":
        token = office.issuer.signed({**office.issuer.claims(-60), "sub": "u", "roles": ["organiser"]})
    back = await office.http.post("/session", data={"token": token, "back": LOGIN, "next": EDITION_PAGE})
    assert (back.status_code, "set-cookie" in back.headers) == (303, False)
    page = await office.page(back.headers["location"])
    assert 'aria-invalid="true"' in page
    assert f'name="next" value="{EDITION_PAGE}"' in page
    assert not token or token not in page


async def test_nobody_is_led_to_another_site(office: Office) -> None:
    for elsewhere in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/organisatie/\r\nx: y",
        "javascript:1",
    ):
        page = await office.page(f"{LOGIN}?next={elsewhere.replace(chr(13), '%0d').replace(chr(10), '%0a')}")
        assert f'name="next" value="{HOME}"' in page, elsewhere
        token = office.issuer.token(["organiser"])
        came = await office.http.post("/session", data={"token": token, "next": elsewhere})
        assert came.headers["location"] == HOME
        refused = await office.http.post("/session", data={"token": "x", "back": elsewhere})
        assert refused.status_code == 401


async def test_logging_out_ends_the_session_and_shows_the_page_to_log_in(office: Office) -> None:
    out = await office.http.post("/session/end", data={"next": LOGIN})
    assert (out.status_code, out.headers["location"]) == (303, LOGIN)
    assert (await office.http.get(HOME)).status_code == 303


async def test_a_program_is_told_by_status_and_no_page(office: Office) -> None:
    office.http.cookies.clear()
    answer = await office.http.get(HOME, headers={"accept": "*/*"})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    bearer = {"authorization": f"Bearer {office.issuer.token(['platform'])}"}
    assert (await office.http.get(HOME, headers=bearer)).status_code == 403


async def test_who_is_of_another_role_gets_a_calm_page(office: Office) -> None:
    office.log_in("finance")
    answer = await office.http.get(f"{HOME}/nieuw")
    assert (answer.status_code, heading(answer.text)) == (403, "Deze pagina is niet voor uw rol")
    english = await office.http.get("/en/organisers/new")
    assert heading(english.text) == "This page is not for your role"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_a_change_without_the_page_s_own_token_or_from_another_site_is_not_taken(office: Office) -> None:
    await office.opened()
    path = f"{EDITION_PAGE}/sluiten"
    page = await office.page(path)
    ticket = re.findall(r'name="ticket" value="([^"]+)"', page)[0]
    for data, headers in (
        ({"ticket": ticket}, {}),
        ({"ticket": ticket, "form_token": "x"}, {}),
        ({"ticket": ticket, "form_token": office.form_token}, {"sec-fetch-site": "cross-site"}),
    ):
        answer = await office.http.post(path, data=data, headers=headers)
        assert (answer.status_code, heading(answer.text)) == (403, "Dit formulier hoort bij een andere sessie")
    assert await office.decide() == 0


async def test_a_session_that_ended_while_a_form_was_open_says_so_and_does_nothing(office: Office) -> None:
    await office.opened()
    page = await office.page(f"{EDITION_PAGE}/sluiten")
    assert office.form_token in page
    office.http.cookies.clear()
    answer = await office.post(f"{EDITION_PAGE}/sluiten", ticket="x")
    assert (answer.status_code, heading(answer.text)) == (401, "Uw sessie is voorbij")


async def test_only_a_local_profile_says_how_to_get_a_token_here(office: Office) -> None:
    assert "spn token organiser" in await office.page(LOGIN)
    office.office.pages.knows(is_local=False)
    assert "spn token" not in await office.page(LOGIN)
