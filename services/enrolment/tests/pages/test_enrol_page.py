"""The form page: what it shows when, and what comes of sending it."""

from __future__ import annotations

import asyncio
import html
from datetime import timedelta

import pytest

from enrolment.commands import CancelEdition, CloseEdition
from enrolment.pages import visit
from services.enrolment.tests.pages.house import FILLED, FORM, FORM_EN, House, ticket_in
from services.enrolment.tests.season import BEFORE, CLOSES, EDITION, OPENS, publish
from spn.messaging.admission import Limits


async def test_before_the_opening_there_is_a_countdown_and_no_form(house: House) -> None:
    await house.send(publish(12, languages=["nl", "en"]))
    page = await house.http.get(FORM)
    assert page.status_code == 200
    assert "donderdag 14 januari 2027 om 10.00 uur" in page.text
    assert "KVK-nummer (8 cijfers)" in page.text
    assert 'name="ticket"' not in page.text
    assert "refresh" not in page.headers
    house.clock.moment = OPENS - timedelta(minutes=2, seconds=30)
    page = await house.http.get(FORM_EN)
    assert "2 minutes and 30 seconds to go." in page.text
    assert 150 < int(page.headers["refresh"]) < 155


@pytest.mark.parametrize(
    ("moment", "form"),
    [
        (OPENS - timedelta(milliseconds=1), False),
        (OPENS, True),
        (CLOSES - timedelta(milliseconds=1), True),
        (CLOSES, False),
    ],
)
async def test_the_form_is_there_from_the_opening_instant_to_the_closing_one(
    house: House, moment: object, form: bool
) -> None:
    await house.opened()
    house.clock.moment = moment  # type: ignore[assignment]
    page = (await house.http.get(FORM)).text
    assert ('name="ticket"' in page) == form


async def test_after_closing_a_calm_sentence_says_so_also_when_it_closed_early(house: House) -> None:
    await house.opened()
    await house.send(CloseEdition(edition_id=EDITION))
    assert "heeft de inschrijving gesloten" in (await house.http.get(FORM)).text
    house.clock.moment = CLOSES
    assert "sloot op zaterdag 27 februari 2027 om 17.00 uur" in (await house.http.get(FORM)).text


async def test_a_cancelled_edition_says_that_it_will_not_take_place(house: House) -> None:
    await house.opened("anna")
    await house.send(CancelEdition(edition_id=EDITION, reason="Te weinig deelnemers."))
    page = (await house.http.get(FORM)).text
    assert "De organisatie heeft Lerend netwerk 2027 afgezegd. Het spijt ons." in page
    assert "dan verandert er niets" not in page
    assert page.count("mailto:lerendnetwerk@spn.example") == 2
    assert "This edition will not take place" in (await house.http.get(FORM_EN)).text


async def test_a_full_edition_says_that_a_request_waits(house: House) -> None:
    await house.opened("anna", "bram", "cora")
    page = (await house.http.get(FORM)).text
    assert "uw aanvraag komt dan op de wachtlijst" in page
    assert "Er staat nu 1 aanvraag op de wachtlijst." in page


async def test_an_edition_that_is_not_there_is_a_calm_page_in_both_languages(house: House) -> None:
    for place, said in (("/inschrijven/no-such", "Deze pagina is er niet"), ("/en/enrol/no-such", "This page is not")):
        for answer in (await house.http.get(place), await house.http.post(place, data=FILLED)):
            assert answer.status_code == 404
            assert said in answer.text


@pytest.mark.parametrize("name", ["%00", "A", "a" * 61, "%F0%9F%98%80", "..", "a%0d%0ab"])
async def test_a_name_that_no_edition_can_have_is_not_looked_for(house: House, name: str) -> None:
    assert (await house.http.get(f"/inschrijven/{name}")).status_code == 404


async def test_a_sent_form_is_an_enrolment_with_an_answer(house: House) -> None:
    await house.opened()
    answer = await house.answered(await house.filled())
    assert answer.status_code == 200
    assert "De inschrijving is aanvaard: er is een plaats." in answer.text
    assert await house.pool.fetchval("SELECT status FROM enrolments") == "accepted"


async def test_who_finds_no_seat_is_told_the_place_in_line(house: House) -> None:
    await house.opened("anna", "bram")
    answer = await house.answered(await house.filled(FORM_EN))
    assert "The enrolment is on the waiting list" in answer.text
    assert "in position 1." in answer.text


async def test_the_same_form_sent_twice_at_once_is_one_command_with_one_answer(house: House) -> None:
    await house.opened()
    data = {**FILLED, "ticket": await house.ticket()}
    sent = await asyncio.gather(*(house.http.post(FORM, data=data) for _ in range(2)))
    assert [one.status_code for one in sent] == [303, 303]
    assert await house.decide() == 1
    pages = [(await house.http.get(one.headers["location"])).text for one in sent]
    titles = [page.split("<h1>")[1].split("</h1>")[0] for page in pages]
    assert titles == ["Er is een plaats"] * 2


async def test_the_same_form_with_other_answers_is_shown_again_with_a_fresh_ticket(house: House) -> None:
    await house.opened()
    ticket = await house.ticket()
    await house.http.post(FORM, data={**FILLED, "ticket": ticket})
    again = await house.http.post(FORM, data={**FILLED, "ticket": ticket, "library.city": "Elders"})
    assert again.status_code == 422
    assert "is al eerder verstuurd" in again.text
    assert 'value="Elders"' in again.text
    assert ticket_in(again.text) != ticket


async def test_mistakes_are_listed_on_top_and_beside_their_fields_and_nothing_typed_is_lost(house: House) -> None:
    await house.opened()
    page = await house.filled(participant__email="marieke@", library__street="Postbus 3", two_year_commitment="")
    assert page.status_code == 422
    assert "Er zijn nog 3 dingen die niet kloppen" in page.text
    for field in ("participant.email", "library.street", "two_year_commitment"):
        assert f'<a href="#{field}">' in page.text
        assert f'id="{field}.error"' in page.text
    assert page.text.count('aria-invalid="true"') == 3
    kept = {**FILLED, "participant.email": "marieke@", "library.street": "Postbus 3"}
    for field, value in kept.items():
        if field.startswith(("participant.name", "participant.email", "library.street", "payer.contact")):
            assert f'name="{field}" type=' in page.text
            assert f'value="{html.escape(value)}"' in page.text
    assert '<option value="Noord-Brabant" selected>' in page.text
    assert await house.decide() == 0


async def test_what_is_typed_is_never_part_of_the_page_s_own_code(house: House) -> None:
    await house.opened()
    nasty = '"><script>alert(1)</script>{{ 7 * 7 }}'
    page = await house.filled(participant__name=nasty, library__province=nasty, two_year_commitment="")
    assert "<script>" not in page.text
    assert html.escape(nasty).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page.text


async def test_a_form_that_lay_open_too_long_is_kept_and_sent_once_more(house: House) -> None:
    await house.opened()
    page = await house.http.post(FORM, data={**FILLED, "ticket": "no-ticket-of-ours"})
    assert page.status_code == 422
    assert "Deze pagina stond lang open" in page.text
    sent = await house.http.post(FORM, data={**FILLED, "ticket": ticket_in(page.text)})
    assert sent.status_code == 303


async def test_a_ticket_of_another_edition_is_none(house: House) -> None:
    await house.opened()
    await house.send(publish(2, edition_id="another-one"))
    other = await house.ticket("/inschrijven/another-one")
    assert (await house.http.post(FORM, data={**FILLED, "ticket": other})).status_code == 422


async def test_what_the_domain_refuses_is_a_calm_page_in_the_visitor_s_language(house: House) -> None:
    await house.opened()
    sent = [await house.filled(page, participant__email=f"a{page[1]}@b.example") for page in (FORM, FORM_EN)]
    await house.send(CloseEdition(edition_id=EDITION))
    pages = [(await house.answered(one)).text for one in sent]
    assert "De inschrijving is gesloten." in pages[0]
    assert "Enrolment is closed." in pages[1]
    assert all('class="answer refused"' in page for page in pages)


async def test_a_request_is_taken_also_when_this_replica_s_clock_is_not_there_yet(house: House) -> None:
    await house.opened()
    ticket = await house.ticket()
    house.clock.moment = BEFORE
    assert (await house.http.post(FORM, data={**FILLED, "ticket": ticket})).status_code == 303


async def test_without_an_answer_yet_the_page_says_so_and_comes_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enrolment.pages.outcome.WAIT_SECONDS", 0.01)
    await house.opened()
    sent = await house.filled()
    pending = await house.http.get(sent.headers["location"])
    assert "Wij zijn ermee bezig" in pending.text
    assert pending.headers["refresh"] == "3"
    await house.decide()
    answer = await house.http.get(sent.headers["location"])
    assert "Er is een plaats" in answer.text
    assert "refresh" not in answer.headers


async def test_an_answer_is_found_by_its_own_name_only(house: House) -> None:
    await house.opened()
    sent = await house.filled()
    await house.decide()
    command_id = await house.pool.fetchval("SELECT command_id FROM http_commands")
    place, _, name = sent.headers["location"].rpartition("/")
    for guess in (str(command_id), command_id.hex, name[:-1], name + "x"):
        assert (await house.http.get(f"{place}/{guess}")).status_code == 404
    await house.send(publish(2, edition_id="another-one"))
    assert (await house.http.get(f"/inschrijven/another-one/antwoord/{name}")).status_code == 404


async def test_a_form_from_another_site_is_not_taken(house: House) -> None:
    await house.opened()
    data = {**FILLED, "ticket": await house.ticket()}
    for sign in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
    ):
        answer = await house.http.post(FORM, data=data, headers=sign)
        assert answer.status_code == 403
    assert await house.decide() == 0
    for sign in (
        {"sec-fetch-site": "same-origin", "origin": "null"},
        {"origin": "http://spn.example"},
        {"origin": "https://lerend-netwerk.example"},
    ):
        assert (await house.http.post(FORM, data=data, headers=sign)).status_code == 303


async def test_what_is_no_form_is_refused_within_bounds(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.opened()
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert (await house.http.post(FORM, json={"a": 1})).status_code == 415
    assert (await house.http.post(FORM, content="a=%ff", headers=kind)).status_code == 400
    assert (await house.http.post(FORM, content="&".join(["a=b"] * 101), headers=kind)).status_code == 400
    monkeypatch.setattr(visit, "BODY_BYTES_MAX", 10_000)
    large = await house.http.post(FORM, content="participant.name=" + "a" * 10_000, headers=kind)
    assert large.status_code == 413
    assert "Dit formulier is te groot" in large.text


async def test_whoever_comes_when_too_many_are_in_is_told_when_to_come_back(house: House) -> None:
    await house.opened()
    data = {**FILLED, "ticket": await house.ticket()}
    house.edge.admission.limits = Limits(backlog_max=0)
    full = await house.http.post(FORM, data=data)
    kept = ticket_in(full.text)
    house.edge.admission.limits = Limits(requests_max=0)
    busy = await house.http.get(FORM_EN)
    assert [(a.status_code, a.headers["retry-after"]) for a in (full, busy)] == [(429, "5"), (503, "1")]
    assert "Uw antwoorden zijn bewaard" in full.text
    assert (kept, FILLED["participant.email"] in full.text) == (data["ticket"], True)
    assert "It is very busy right now" in busy.text


async def test_every_page_forbids_what_it_does_not_need(house: House) -> None:
    await house.opened()
    sent = await house.filled()
    form = await house.http.get(FORM)
    assert form.headers["cache-control"] == "private, no-cache"
    for page in (form, await house.filled(library__city=""), await house.http.get("/mijn/x"), sent):
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page is form or page.headers["cache-control"] == "no-store"
        assert "style=" not in page.text
        assert "<script>" not in page.text


async def test_the_files_of_a_page_are_kept_by_browsers_and_nothing_else_is_given(house: House) -> None:
    await house.send(publish(2))
    page = (await house.http.get(FORM)).text
    for asset in house.desk.pages.assets:
        assert asset in page
        answer = await house.http.get(asset)
        assert "immutable" in answer.headers["cache-control"]
        assert answer.content
    for guess in ("/pages/style.css", "/pages/..%2frouting.py", "/pages/%00"):
        assert (await house.http.get(guess)).status_code == 404


async def test_a_database_that_is_away_is_a_calm_page(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("enrolment.pages.enrol.edition_now", away)
    answer = await house.http.get(FORM)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "Het is even heel druk" in answer.text
