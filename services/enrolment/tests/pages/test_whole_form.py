"""The form of an edition that asks everything: who fills it in, several payers, motivation, and what it says."""

from __future__ import annotations

import html
import json

import pytest

from services.enrolment.tests.pages.house import (
    ASKS_ALL,
    FILLED,
    FORM,
    FORM_EN,
    OWN_WORDS,
    PROVINCE,
    SOMEONE,
    House,
    ticket_in,
)

ALL = {**FILLED, **OWN_WORDS, **PROVINCE}


def text_of(page: str) -> str:
    return html.unescape(page)


async def test_what_the_edition_does_not_ask_is_not_on_the_form(house: House) -> None:
    await house.opened()
    page = (await house.http.get(FORM)).text
    for name in ("motivation", "needs.", "further_payers", 'name="do"'):
        assert name not in page


async def test_where_organisers_choose_the_form_says_so_and_asks_why(house: House) -> None:
    await house.opened(**ASKS_ALL)
    page = (await house.http.get(FORM)).text
    assert "De organisatie kiest uit de aanvragen." in page
    assert "uw aanvraag komt dan op de wachtlijst" not in page
    again = await house.filled(more={**OWN_WORDS, "motivation": " "})
    assert again.status_code == 422
    assert "Vul de motivatie in" in again.text
    sent = await house.filled(more=OWN_WORDS)
    assert "De aanvraag is binnen" in (await house.answered(sent)).text
    assert await house.pool.fetchval("SELECT motivation FROM enrolments") == OWN_WORDS["motivation"]


async def test_a_secretary_enrols_a_director_with_a_second_payer(house: House) -> None:
    await house.opened(payers_max=2)
    sent = await house.filled(more={**PROVINCE, **SOMEONE})
    assert "Er is een plaats" in (await house.answered(sent)).text
    row = await house.pool.fetchrow(
        "SELECT p.name, r.name AS requester, payers FROM enrolments e "
        "JOIN people p ON p.person_id = participant_id JOIN people r ON r.person_id = requester_id"
    )
    assert row
    assert (row["name"], row["requester"]) == (FILLED["participant.name"], SOMEONE["requester.name"])
    cents = [sum(line["unit_price_cents"] for line in payer["lines"]) for payer in json.loads(row["payers"])]
    assert cents == [350_000, 150_000]


async def test_a_payer_is_added_and_taken_away_and_nothing_typed_is_lost(house: House) -> None:
    await house.opened(**ASKS_ALL)
    ticket = await house.ticket()
    nasty = '"><b>é\nregel'
    typed = {**FILLED, **OWN_WORDS, "motivation": nasty, "participant.email": "not an address", "ticket": ticket}
    added = await house.http.post(FORM, data={**typed, "do": "add-payer"})
    assert added.status_code == 200
    assert 'class="summary"' not in added.text
    assert ticket_in(added.text) == ticket
    assert 'name="further_payers.0.organisation.legal_name"' in added.text
    both = await house.http.post(FORM, data={**typed, **PROVINCE, "do": "add-payer"})
    assert 'name="further_payers.1.organisation.legal_name"' in both.text
    assert "add-payer" not in both.text
    assert 'value="Provincie Noord-Brabant"' in both.text
    fewer = await house.http.post(FORM, data={**typed, **PROVINCE, "do": "remove-payer-0"})
    assert "further_payers" not in fewer.text
    for page in (added, both, fewer):
        assert 'value="not an address"' in page.text
        assert f">\n{nasty}</textarea>" in text_of(page.text)
        assert OWN_WORDS["needs.diet"] in page.text
    assert await house.decide() == 0


async def test_the_split_is_shown_before_sending(house: House) -> None:
    await house.opened(**ASKS_ALL)
    page = await house.http.post(FORM, data={**ALL, "ticket": await house.ticket(), "do": "show-split"})
    assert page.status_code == 200
    said = text_of(page.text)
    assert "<td>€\u00a03.500,00</td>" in said
    assert "<td>€\u00a01.500,00</td>" in said


async def test_a_mistake_in_a_second_payer_is_said_beside_it_in_both_languages(house: House) -> None:
    await house.opened(**ASKS_ALL)
    for page, said in ((FORM, "Vul bij betaler 2 een bedrag"), (FORM_EN, "Enter an amount in euros for payer 2")):
        again = await house.filled(page, ALL, further_payers__0__share__value="veel")
        assert again.status_code == 422
        assert f'<a href="#further_payers.0.share.value">{said}' in text_of(again.text)
        assert 'id="further_payers.0.share.value.error"' in again.text
        assert 'value="veel"' in again.text
        assert 'value="SUB-2027-114"' in again.text


@pytest.mark.parametrize("language", ["nl", "en"])
async def test_an_edition_in_one_language_has_its_form_in_that_language(house: House, language: str) -> None:
    await house.opened(languages=[language])
    own, other = (FORM, FORM_EN) if language == "nl" else (FORM_EN, FORM)
    led = await house.http.get(other)
    assert (led.status_code, led.headers["location"]) == (303, own)
    page = (await house.http.get(own)).text
    assert "hreflang" not in page
    assert 'name="participant.language"' not in page
    answer = await house.answered(await house.filled(own))
    assert "hreflang" not in answer.text
    assert await house.pool.fetchval("SELECT array_agg(DISTINCT language) FROM people") == [language]


async def test_terms_that_changed_while_the_form_was_open_drop_no_payer(house: House) -> None:
    await house.opened(payers_max=2)
    ticket = await house.ticket()
    await house.pool.execute("UPDATE editions SET terms = jsonb_set(terms, '{payers_max}', '1')")
    sent = await house.http.post(FORM, data={**ALL, "ticket": ticket})
    assert "ten hoogste 1 betaler worden" in (await house.answered(sent)).text


async def test_every_field_that_a_browser_can_fill_in_says_so(house: House) -> None:
    await house.opened(**ASKS_ALL)
    page = (await house.http.post(FORM, data={**ALL, "ticket": await house.ticket(), "do": "show-split"})).text
    for name, hint in (
        ("requester.name", "name"),
        ("requester.email", "email"),
        ("further_payers.0.organisation.legal_name", "section-payer2 billing organization"),
        ("further_payers.0.contact_email", "section-payer2 email"),
    ):
        assert f'autocomplete="{hint}"' in page.split(f'name="{name}"')[1].split(">")[0]
