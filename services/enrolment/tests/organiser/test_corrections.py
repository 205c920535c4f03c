"""Correcting the library and the payers of an enrolment: what is known is filled in, what follows is shown first."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from enrolment.commands import CorrectEnrolment, SendLink, WithdrawEnrolment, examples
from services.enrolment.tests.organiser.office import Office, enrolment_page, heading
from services.enrolment.tests.pages.house import PROVINCE, about
from services.enrolment.tests.season import OPENS, publish, request
from spn.messaging.admission import Limits

LIBRARY, PAYERS = "bibliotheek-corrigeren", "betalers-corrigeren"
KVK, OIN = "kvk-41098765", "oin-00000001001856224000"
REASON = {"reason": "Verkeerd ingevuld."}
LAST = "SELECT what, who, reason FROM journal ORDER BY entry DESC LIMIT 1"
_INPUT = re.compile(r'<input class="[^"]*" id="([^"]+)" name="[^"]+" type="[^"]+" value="([^"]*)"')
_CHECKED = re.compile(r'<input type="radio" id="[^"]+" name="([^"]+)" value="([^"]*)" checked>')
_SELECT = re.compile(r'<select class="[^"]*" id="([^"]+)".*?</select>', re.DOTALL)
_TEXT = re.compile(r'<textarea id="([^"]+)"[^>]*>\n(.*?)</textarea>', re.DOTALL)


def filled_in(page: str) -> dict[str, str]:
    """What a browser sends of the form on this page as it stands."""
    found = {**dict(_INPUT.findall(page)), **dict(_CHECKED.findall(page)), **dict(_TEXT.findall(page))}
    for select in _SELECT.finditer(page):
        chosen = re.search(r'<option value="([^"]*)" selected>', select[0])
        found[select[1]] = chosen[1] if chosen else ""
    tickets = re.findall(r'name="ticket" value="([^"]+)"', page)
    return {name: html.unescape(value) for name, value in found.items()} | {"ticket": tickets[0]}


async def sent(office: Office, path: str, changes: Mapping[str, str], page: str | None = None) -> httpx.Response:
    """The form of this page with these changes; else of the page as it is now."""
    return await office.post(path, **{**filled_in(page or await office.page(path)), **changes})


async def done(office: Office, path: str, changes: Mapping[str, str]) -> str:
    """Sent, sent once more where what follows was to be seen first, and decided."""
    first = await sent(office, path, changes)
    if first.status_code == 422:
        first = await sent(office, path, {}, first.text)
    return (await office.answered(first)).text


async def payers(office: Office, enrolment_id: UUID) -> dict[str, tuple[int, int]]:
    """What each agreed to pay, and owes."""
    ((found,),) = await office.rows("SELECT payers FROM enrolments WHERE enrolment_id = $1", enrolment_id)
    return {
        one["organisation_id"]: (
            sum(line["unit_price_cents"] for line in one["lines"]),
            sum(line["owed_cents"] for line in one["lines"]),
        )
        for one in json.loads(found)
    }


def follows(page: str) -> str:
    """What the page says will follow."""
    return html.unescape(page.partition('id="follows"')[2].partition("</section>")[0]).replace("\u00a0", " ")


async def test_what_is_known_of_the_payers_is_filled_in(office: Office) -> None:
    (anna,) = await office.opened("anna", payers_max=3)
    page = await office.page(enrolment_page(anna, PAYERS))
    known, payer = filled_in(page), examples.REQUEST["payer"]
    assert known["payer.kind"] == "library"
    assert known["payer.contact_name"] == payer["contact_name"]
    assert known["payer.contact_email"] == payer["contact_email"]
    assert known["payer.reference"] == payer["reference"]
    assert "De afgesproken prijs blijft € 5.000,00 excl. btw" in follows(page)
    assert "Wie wat betaalt blijft gelijk." in follows(page)
    assert "/betalers-corrigeren" in await office.page(enrolment_page(anna))


async def test_among_other_payers_the_price_is_split_anew_once_that_was_shown(office: Office) -> None:
    (anna,) = await office.opened("anna", payers_max=3)
    path = enrolment_page(anna, PAYERS)
    shown = await sent(office, path, {**PROVINCE, **REASON})
    assert shown.status_code == 422
    assert "Er is nog niets gebeurd." in shown.text
    said = follows(shown.text)
    assert "Stichting Bibliotheek Veenrijk: nu € 5.000,00, dan € 3.500,00." in said
    assert "Provincie Noord-Brabant: nu € 0,00, dan € 1.500,00." in said
    assert "creditfactuur" in said
    assert await office.decide() == 0
    answer = await office.answered(await sent(office, path, {}, shown.text))
    assert "De gegevens zijn gecorrigeerd." in answer.text
    assert await payers(office, anna) == {KVK: (350_000, 350_000), OIN: (150_000, 150_000)}
    assert await office.rows(LAST) == [("corrected", "u-organiser", "Verkeerd ingevuld.")]
    known = filled_in(await office.page(path))
    assert known["further_payers.0.organisation.number"] == PROVINCE["further_payers.0.organisation.number"]
    assert (known["further_payers.0.share.kind"], known["further_payers.0.share.value"]) == ("percent", "30")


async def test_what_follows_of_other_amounts_is_shown_again(office: Office) -> None:
    (anna,) = await office.opened("anna", payers_max=3)
    path = enrolment_page(anna, PAYERS)
    shown = await sent(office, path, {**PROVINCE, **REASON})
    again = await sent(office, path, {"further_payers.0.share.value": "2000"}, shown.text)
    assert (again.status_code, "dan € 2.000,00" in follows(again.text)) == (422, True)
    assert await office.decide() == 0


async def test_another_reference_alone_needs_one_press(office: Office) -> None:
    (anna,) = await office.opened("anna")
    answer = await sent(office, enrolment_page(anna, PAYERS), {"payer.reference": "INK-9", **REASON})
    assert answer.status_code == 303
    assert "De gegevens zijn gecorrigeerd." in (await office.answered(answer)).text
    assert "INK-9" in await office.page(enrolment_page(anna))


SHARES = ({"percent": 33}, {"amount_cents": 123_457}, {"percent": 49}, {"amount_cents": 1})
ODD = [{**line, "unit_price_cents": line["unit_price_cents"] + 1} for line in examples.PUBLISH["lines"]]


@pytest.mark.parametrize("first", SHARES, ids=str)
@pytest.mark.parametrize("second", SHARES, ids=str)
async def test_a_form_sent_as_it_was_filled_in_changes_nothing(
    office: Office, first: dict[str, int], second: dict[str, int]
) -> None:
    await office.send(publish(1, payers_max=3, lines=ODD))
    office.clock.moment = OPENS
    along = [_along("Gemeente", "11111111", first), _along("Provincie", "22222222", second)]
    await office.send(request("anna", further_payers=along))
    ((anna,),) = await office.rows("SELECT enrolment_id FROM enrolments")
    answer = await sent(office, enrolment_page(anna, PAYERS), REASON)
    assert "De gegevens waren al zo." in (await office.answered(answer)).text


def _along(name: str, kvk: str, share: Mapping[str, int]) -> dict[str, Any]:
    where = {**examples.REQUEST["library"], "legal_name": name, "kvk": kvk}
    contact = {"contact_name": name, "contact_email": f"{kvk}@geld.example", "language": "en"}
    return {"organisation": where, **contact, "share": dict(share)}


async def test_every_mistake_is_said_at_once_and_nothing_typed_is_lost(office: Office) -> None:
    (anna,) = await office.opened("anna", payers_max=3)
    path = enrolment_page(anna, PAYERS)
    same = {**PROVINCE, "further_payers.0.organisation.number": "41098765", "further_payers.0.share.value": "zes"}
    wrong = await sent(office, path, {**same, "payer.contact_email": "x@", "payer.contact_name": ""})
    assert wrong.status_code == 422
    for said in (
        "hetzelfde nummer als een andere betaler",
        "Vul bij betaler 2 een bedrag in",
        "Vul een volledig e-mailadres in",
        "Vul in wie de contactpersoon voor de factuur is.",
        "Schrijf op waarom.",
    ):
        assert said in html.unescape(wrong.text), said
    typed = filled_in(wrong.text)
    assert (typed["further_payers.0.share.value"], typed["payer.contact_email"]) == ("zes", "x@")
    assert "nog niet te zeggen" in follows(wrong.text)
    too_much = await sent(office, path, {**PROVINCE, **REASON, "further_payers.0.share.value": "5000"})
    assert "samen de hele prijs of meer" in too_much.text
    assert await office.decide() == 0


async def test_payers_are_added_and_taken_away_without_a_script(office: Office) -> None:
    (anna,) = await office.opened("anna", payers_max=2)
    path = enrolment_page(anna, PAYERS)
    more = await sent(office, path, {"do": "add-payer", "payer.reference": "INK-9"})
    typed = filled_in(more.text)
    assert (more.status_code, typed["payer.reference"]) == (200, "INK-9")
    assert typed["further_payers.0.organisation.number"] == ""
    assert 'value="add-payer"' not in more.text, "the edition allows no third"
    shown = await sent(office, path, {**PROVINCE, "do": "show-split"}, more.text)
    assert "dan € 1.500,00" in follows(shown.text)
    less = await sent(office, path, {"do": "remove-payer-0"}, shown.text)
    assert "further_payers" not in less.text
    assert "Wie wat betaalt blijft gelijk." in follows(less.text)
    assert await office.decide() == 0


async def test_another_organisation_pays_instead_of_the_library(office: Office) -> None:
    _, bram = await office.opened("anna", "bram", seats=1)
    path = enrolment_page(bram, PAYERS)
    other = {name.replace("further_payers.0", "payer"): value for name, value in PROVINCE.items()}
    missing = await sent(office, path, {"payer.kind": "other", **REASON})
    assert "in van de organisatie die betaalt" in missing.text
    shown = await sent(office, path, {"payer.kind": "other", **other, **REASON})
    assert "Er is nog niets in rekening gebracht" in follows(shown.text)
    assert "De gegevens zijn gecorrigeerd." in await done(office, path, {"payer.kind": "other", **other, **REASON})
    assert await payers(office, bram) == {OIN: (500_000, 0)}
    assert filled_in(await office.page(path))["payer.kind"] == "other"


async def test_who_corrects_what_has_changed_since_is_told_so(office: Office) -> None:
    _, bram = await office.opened("anna", "bram", seats=1)
    path = enrolment_page(bram, PAYERS)
    page = await office.page(path)
    await office.send(SendLink.model_validate(about(bram)))
    answer = await office.answered(await sent(office, path, {"payer.reference": "X", **REASON}, page))
    assert heading(answer.text) == "Dat kan nu niet"
    assert "intussen veranderd" in answer.text


@pytest.mark.parametrize("action", [LIBRARY, PAYERS])
async def test_details_that_became_other_ones_meanwhile_are_shown_before_they_are_overwritten(
    office: Office, action: str
) -> None:
    anna, bram = await office.opened("anna", "bram")
    path = enrolment_page(anna, action)
    page = await office.page(path)
    other = {**examples.REQUEST["library"], "street": "Nieuwstraat 9"}
    await office.send(CorrectEnrolment.model_validate(about(bram) | {"library": other, "reason": "Verhuisd."}))
    again = await sent(office, path, REASON, page)
    assert (again.status_code, "Er is nog niets gebeurd." in again.text) == (422, True)
    assert action == PAYERS or "Nieuwstraat 9" in follows(again.text)
    assert await office.decide() == 0


@pytest.mark.parametrize("action", [LIBRARY, PAYERS])
async def test_pressed_twice_is_one_command_and_busy_loses_nothing(office: Office, action: str) -> None:
    (anna,) = await office.opened("anna")
    path = enrolment_page(anna, action)
    page = await office.page(path)
    assert [(await sent(office, path, REASON, page)).status_code for _ in range(2)] == [303, 303]
    other = await sent(office, path, {"reason": "Toch anders."}, page)
    assert (other.status_code, "al eerder verstuurd" in other.text) == (422, True)
    assert filled_in(other.text)["ticket"] != filled_in(page)["ticket"]
    assert await office.decide() == 1
    page = await office.page(path)
    office.edge.admission.limits = Limits(backlog_max=0)
    busy = await sent(office, path, {"reason": "Nog iets."}, page)
    kept = filled_in(busy.text)
    assert (busy.status_code, kept["reason"], kept["ticket"]) == (429, "Nog iets.", filled_in(page)["ticket"])


async def test_the_details_of_the_library_are_corrected_with_one_press(office: Office) -> None:
    (anna,) = await office.opened("anna")
    path = enrolment_page(anna, LIBRARY)
    page = await office.page(path)
    known = filled_in(page)
    assert (known["library.number"], known["library.province"]) == ("41098765", "Noord-Brabant")
    assert "Nu bekend: Stichting Bibliotheek Veenrijk" in follows(page)
    assert "ook bij andere inschrijvingen" in follows(page)
    changes = {"library.street": "Nieuwstraat 9", "library.poi": "Rijnbrink", **REASON}
    answer = await sent(office, path, changes)
    assert "De gegevens zijn gecorrigeerd." in (await office.answered(answer)).text
    shown = await office.page(enrolment_page(anna))
    assert "Nieuwstraat 9" in shown
    assert "Rijnbrink" in shown


async def test_another_library_pays_where_the_library_paid_once_that_was_shown(office: Office) -> None:
    (anna,) = await office.opened("anna")
    path = enrolment_page(anna, LIBRARY)
    shown = await sent(office, path, {"library.number": "1234 5678", "library.legal_name": "Elders", **REASON})
    assert shown.status_code == 422
    said = follows(shown.text)
    assert "De inschrijving gaat naar de bibliotheek met nummer 12345678." in said
    assert "€ 5.000,00 excl. btw. De oude krijgt een creditfactuur" in said
    assert await office.decide() == 0
    assert "gecorrigeerd" in (await office.answered(await sent(office, path, {}, shown.text))).text
    assert await payers(office, anna) == {"kvk-12345678": (500_000, 500_000)}


async def test_what_a_command_would_leave_as_it_was_is_not_taken_for_emptied(office: Office) -> None:
    (anna,) = await office.opened("anna")
    emptied = {"library.poi": "", "library.holiday_region": "", "library.number": " ", "reason": ""}
    answer = await sent(office, enrolment_page(anna, LIBRARY), emptied)
    assert answer.status_code == 422
    assert "Vul het KVK-nummer of OIN" in answer.text
    answer = await sent(office, enrolment_page(anna, LIBRARY), {**emptied, "library.number": "41098765"})
    assert answer.text.count("Dit kan niet leeg worden gemaakt.") == 4
    assert "Schrijf op waarom." in answer.text


async def test_who_pays_along_does_not_become_the_library_that_pays(office: Office) -> None:
    (anna,) = await office.opened("anna", payers_max=2)
    await done(office, enrolment_page(anna, PAYERS), {**PROVINCE, **REASON})
    number = PROVINCE["further_payers.0.organisation.number"]
    answer = await sent(office, enrolment_page(anna, LIBRARY), {"library.number": number, **REASON})
    assert answer.status_code == 422
    assert "Deze organisatie betaalt al mee." in answer.text


async def test_an_enrolment_that_ended_keeps_its_library_and_its_payers(office: Office) -> None:
    (anna,) = await office.opened("anna")
    pages = {action: await office.page(enrolment_page(anna, action)) for action in (LIBRARY, PAYERS)}
    await office.send(WithdrawEnrolment.model_validate(about(anna)))
    shown = await office.page(enrolment_page(anna))
    for action, page in pages.items():
        path = enrolment_page(anna, action)
        assert path not in shown
        assert (await office.http.get(path)).headers["location"] == enrolment_page(anna)
        assert heading((await office.answered(await sent(office, path, REASON, page))).text) == "Dat kan nu niet"
        await office.page(enrolment_page(UUID(int=1), action), 404)
        assert (await office.post(enrolment_page(UUID(int=1), action))).status_code == 404


async def test_of_a_contact_who_was_erased_nothing_is_filled_in(office: Office) -> None:
    (anna,) = await office.opened("anna")
    await office.pool.execute(
        "UPDATE people SET name = 'gewist', email = 'erased-' || person_id || '@erased.invalid' WHERE email = $1",
        examples.REQUEST["payer"]["contact_email"],
    )
    known = filled_in(await office.page(enrolment_page(anna, PAYERS)))
    assert (known["payer.contact_name"], known["payer.contact_email"]) == ("", "")


async def test_in_english_it_is_the_same(office: Office) -> None:
    (anna,) = await office.opened("anna", payers_max=2)
    path = f"/en/organisers/enrolments/{anna}/correct-payers"
    shown = await sent(office, path, {**PROVINCE, **REASON, "further_payers.0.share.value": "1,500.01"})
    assert "Provincie Noord-Brabant: €0.00 now, €1,500.01 then." in follows(shown.text)
    assert "The details are corrected." in (await office.answered(await sent(office, path, {}, shown.text))).text
    assert filled_in(await office.page(path))["further_payers.0.share.value"] == "1500.01"
    library = f"/en/organisers/enrolments/{anna}/correct-library"
    answer = await sent(office, library, {"library.city": "Elders", **REASON})
    assert "The details are corrected." in (await office.answered(answer)).text


async def test_a_form_that_lay_open_too_long_is_shown_once_more(office: Office) -> None:
    (anna,) = await office.opened("anna")
    office.clock.moment = OPENS + timedelta(hours=1)
    old = await sent(office, enrolment_page(anna, PAYERS), {"ticket": "x", "payer.reference": "INK-9", **REASON})
    assert (old.status_code, filled_in(old.text)["payer.reference"]) == (422, "INK-9")
    assert "Er is nog niets gebeurd." in old.text
