"""An organiser's day in a real browser, looked over by axe on a phone and on a desk."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from enrolment.commands import examples
from services.enrolment.tests.organiser.test_documents import EXAMPLE
from services.enrolment.tests.organiser.test_long_lists import MANY
from services.enrolment.tests.pages.browsing import PHONE, heading, sound, visiting
from services.enrolment.tests.pages.house import PROVINCE
from services.enrolment.tests.pages.site import Site

pytestmark = [pytest.mark.stack, pytest.mark.slow]
LONG = "Stichting Openbare Bibliotheken Noordoost-Friesland, Waterland en de Waddeneilanden te 's-Gravenpolder aan Zee"


async def log_in(page: Page, site: Site, role: str = "organiser", path: str = "/organisatie") -> None:
    """As people do: asking for a page leads to the one to log in, and that leads back."""
    await page.goto(f"{site.url}{path}")
    await expect(page).to_have_url(re.compile("/(inloggen|log-in)"))
    await page.locator("#token").fill(site.stack.token(role))
    await page.locator("form.login button").click()
    await expect(page).to_have_url(f"{site.url}{path}")


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def asked(site: Site, edition_id: str, name: str, **more: Any) -> None:
    """Somebody asks for a seat."""
    who = {"name": name, "email": f"{abs(hash(name))}@bibliotheek.example", "language": "nl"}
    body = {**examples.REQUEST, "edition_id": edition_id, "participant": who, **more}
    await site.command("enrolment.request.v1", body)


def document(edition_id: str, **changes: str) -> str:
    """The example of an edition under another name, with these lines in it."""
    text = EXAMPLE.replace("lerend-netwerk-2027", edition_id)
    for name, value in changes.items():
        text = re.sub(rf"(?m)^{name}: .*$", f"{name}: {value}", text)
    return text


async def test_an_organisers_day(site: Site, chrome: Browser) -> None:
    async with visiting(chrome) as page:
        await log_in(page, site)
        await heading(page, "Edities")
        # publish, with a mistake and its repair
        await page.get_by_role("link", name="Nieuwe editie").click()
        text = (
            document("een-dag", seats="1", opens_at='"2027-01-14T09:30:00+01:00"')
            + "\nselection: true\nasks: [motivation]\n"
        )
        await page.locator("#document").fill(text.replace("nature: coaching", "nature: koetsen"))
        await press(page, "Nakijken")
        summary = page.locator(".summary")
        await expect(summary).to_be_focused()
        await expect(summary).to_contain_text("lines[1].nature")
        await sound(page)
        await page.locator("#document").fill(text)
        await press(page, "Nakijken")
        await heading(page, "Klopt dit?")
        await sound(page)
        await press(page, "Publiceren")
        await heading(page, "Het is gelukt")
        await sound(page)
        # choose among the requests
        for name in ("Anna de Boer", "Bram van 't Hof", "Cora Jansen"):
            await asked(site, "een-dag", name, motivation=f"Ik ben {name}, en ik wil graag.\n\nEcht.")
        await page.get_by_role("link", name="Naar de editie").click()
        await expect(page.locator("h1")).to_have_text("Lerend netwerk 2027")
        await sound(page)
        await page.get_by_role("link", name="Kiezen Anna de Boer", exact=True).click()
        await page.locator("#reason").fill("Sterk verhaal.")
        await sound(page)
        await press(page, "Ja, kiezen")
        await heading(page, "Er is een plaats")
        await page.goto(f"{site.url}/organisatie/edities/een-dag")
        await page.get_by_role("link", name="Niet kiezen Cora Jansen", exact=True).click()
        await press(page, "Ja, niet kiezen")
        await expect(page.locator('[id="reason.error"]')).to_have_text("Schrijf op waarom.")
        await sound(page)
        await page.locator("#reason").fill("Volgend jaar.")
        await press(page, "Ja, niet kiezen")
        await heading(page, "Het is gelukt")
        assert await site.statuses("een-dag") == ["accepted", "requested", "rejected"]


async def test_a_seat_is_offered_by_hand_and_the_history_tells_it(site: Site, chrome: Browser) -> None:
    anna, _, cora = await site.edition("met-de-hand", "Anna de Boer", "Bram van 't Hof", "Cora Jansen", seats=1)
    await site.command("edition.close.v1", {"edition_id": "met-de-hand"})
    await site.command("enrolment.withdraw.v1", {"edition_id": "met-de-hand", "enrolment_id": str(anna)})
    async with visiting(chrome) as page:
        await log_in(page, site, path=f"/organisatie/inschrijvingen/{cora}")
        await heading(page, "Cora Jansen")
        await page.get_by_role("link", name="Plaats aanbieden").click()
        await expect(page.locator(".offer")).to_contain_text("vóór wie eerder in de rij staat (1)")
        await page.locator("#reason").fill("Woont <b>dichtbij</b>.")
        await page.get_by_role("button", name="Ja, aanbieden").dblclick()
        await heading(page, "Het is gelukt")
        await page.get_by_role("link", name="Terug naar de inschrijving").click()
        first = page.locator(".history li").first
        await expect(first).to_contain_text("Plaats aangeboden")
        await expect(first).to_contain_text("door local-organiser")
        await expect(first).to_contain_text("Woont <b>dichtbij</b>.")
        assert await page.locator(".history li").count() == 2
        await sound(page)


async def test_what_others_see_and_how_they_leave(site: Site, chrome: Browser) -> None:
    await site.edition("meekijken", "Anna de Boer", "Bram van 't Hof", seats=1)
    async with visiting(chrome) as page:
        await log_in(page, site, "finance", "/organisatie/edities/meekijken")
        await sound(page)
        async with page.expect_download() as started:
            await page.get_by_role("link", name="Alles als CSV").click()
        download = await started.value
        assert download.suggested_filename == "meekijken.csv"
        assert "Anna de Boer" in (await download.path()).read_text(encoding="utf-8-sig")
        await page.goto(f"{site.url}/organisatie/nieuw")
        await heading(page, "Deze pagina is niet voor uw rol")
        await sound(page)
        await press(page, "Uitloggen")
        await heading(page, "Inloggen")
        await page.locator("#token").fill("geen token")
        await press(page, "Inloggen")
        await expect(page.locator('[id="token.error"]')).to_contain_text("Dit token klopt niet")
        await sound(page)
        await page.goto(f"{site.url}/organisatie/edities/meekijken")
        await heading(page, "Inloggen")


async def test_it_works_without_javascript_on_a_phone_and_in_english(site: Site, chrome: Browser) -> None:
    (anna,) = await site.edition("english", "Anna de Boer")
    async with visiting(chrome, PHONE, script=False) as page:
        await log_in(page, site, path=f"/en/organisers/enrolments/{anna}")
        await page.get_by_role("link", name="Withdraw", exact=True).click()
        await expect(page.locator(".offer")).to_contain_text("Nothing is owed")
        await press(page, "Yes, withdraw")
        await heading(page, "It is done")
    assert await site.statuses("english") == ["withdrawn"]


async def test_long_names_and_other_writing_break_nothing(site: Site, chrome: Browser) -> None:
    published = {**examples.PUBLISH, "edition_id": "namen", "title_nl": LONG, "opens_at": "2027-01-14T08:00:00+01:00"}
    await site.command("edition.publish.v1", {**published, "seats": 2, "selection": True})
    library = {**examples.REQUEST["library"], "legal_name": LONG, "kvk": "12345678"}
    for name in ("Ø" * 110, "👩‍👩‍👧‍👦 Zoë", "<script>alert(1)</script>", "مكتبة الأمل"):
        await asked(site, "namen", name, library=library, motivation=f"{name} " * 8)
    newest = await site.newest("namen")
    async with visiting(chrome) as page:
        await log_in(page, site)
        places = ("", "/edities/namen", "/edities/namen/wijzigen", "/edities/namen/annuleren", "/nieuw?from=namen")
        for place in (*places, f"/inschrijvingen/{newest}", f"/inschrijvingen/{newest}/niet-kiezen"):
            await page.goto(f"{site.url}/organisatie{place}")
            await sound(page)
        for place in ("", "/editions/namen", f"/enrolments/{newest}", f"/enrolments/{newest}/correct", "/new"):
            await page.goto(f"{site.url}/en/organisers{place}")
            await sound(page)


async def test_an_amendment_is_seen_before_it_is_made(site: Site, chrome: Browser) -> None:
    await site.edition("wijzigen", "Anna de Boer", "Bram van 't Hof", seats=1)
    async with visiting(chrome) as page:
        await log_in(page, site, path="/organisatie/edities/wijzigen/wijzigen")
        text = await page.locator("#document").input_value()
        await page.locator("#document").fill(text.replace("seats: 1\n", "seats: 2\n").replace("80000", "90000"))
        await page.locator("#reason").fill("Er kwam ruimte bij.")
        await press(page, "Nakijken")
        await heading(page, "Dit verandert er")
        await sound(page)
        await press(page, "Wijzigen")
        await heading(page, "Het is gelukt")
    assert await site.statuses("wijzigen") == ["accepted", "offered"]


async def test_payers_are_corrected_and_what_follows_is_seen_first_without_javascript(
    site: Site, chrome: Browser
) -> None:
    (anna,) = await site.edition("betalers", "Anna de Boer", payers_max=3)
    async with visiting(chrome, PHONE, script=False) as page:
        await log_in(page, site, path=f"/organisatie/inschrijvingen/{anna}")
        await page.get_by_role("link", name="Betalers corrigeren", exact=True).click()
        await expect(page.locator(".offer")).to_contain_text("Wie wat betaalt blijft gelijk.")
        await press(page, "Voeg een betaler toe")
        for name, value in PROVINCE.items():
            field = page.locator(f'[name="{name}"]')
            if await field.first.get_attribute("type") == "radio":
                await page.locator(f'[name="{name}"][value="{value}"]').check()
            else:
                await field.fill(value)
        await page.locator("#reason").fill("De provincie betaalt mee.")
        await press(page, "Betalers corrigeren")
        await expect(page.locator(".offer")).to_contain_text(
            "Provincie Noord-Brabant: nu €\u00a00,00, dan €\u00a01.500,00."
        )
        await press(page, "Betalers corrigeren")
        await heading(page, "Het is gelukt")
    async with visiting(chrome) as page:
        await log_in(page, site, path=f"/organisatie/inschrijvingen/{anna}/betalers-corrigeren")
        await sound(page)
        await page.locator("#reason").fill("")
        await press(page, "Betalers corrigeren")
        await expect(page.locator(".summary")).to_be_focused()
        await sound(page)
        await page.goto(f"{site.url}/en/organisers/enrolments/{anna}/correct-library")
        await sound(page)


async def test_a_person_is_erased_once_everything_was_said_and_their_address_typed(site: Site, chrome: Browser) -> None:
    # A person is the same one in every edition of the site: this one is in no other test.
    wilma, _ = await site.edition("wissen", "Wilma Wis", "Bram van 't Hof", seats=1)
    async with visiting(chrome, PHONE, script=False) as page:
        await log_in(page, site, path=f"/organisatie/inschrijvingen/{wilma}")
        await page.get_by_role("link", name="Persoon wissen", exact=True).click()
        await expect(page.locator(".offer")).to_contain_text("Er is niets verschuldigd")
        await press(page, "Ja, wissen")
        await expect(page.locator('[id="confirm.error"]')).to_have_text("Typ het e-mailadres van deze persoon.")
        await page.locator("#confirm").fill("wilma.wis@bibliotheek.example")
        place = page.url
        await press(page, "Ja, wissen")
        await heading(page, "Het is gelukt")
    async with visiting(chrome) as page:
        await log_in(page, site, path=place.removeprefix(site.url))
        await expect(page.locator("h1")).to_contain_text("Deze persoon ")
        await sound(page)
        await page.goto(f"{site.url}/en/organisers/enrolments/{await site.newest('wissen')}")
        await sound(page)
        await page.get_by_role("link", name="Erase the person", exact=True).click()
        await sound(page)


async def test_a_long_line_is_leafed_through_without_javascript(site: Site, chrome: Browser) -> None:
    await site.edition("lange-rij", "Anna de Boer", "Bram van 't Hof", seats=1)
    async with site.database() as connection:
        ((one,),) = await connection.fetch(
            "SELECT enrolment_id FROM enrolments WHERE edition_id = 'lange-rij' AND number = 2"
        )
        await connection.execute(MANY, one, "lang-", 250, "waiting", 10)
    async with visiting(chrome, PHONE, script=False) as page:
        await log_in(page, site, path="/organisatie/edities/lange-rij")
        await page.get_by_role("link", name="Volgende 200 (Wachtlijst)", exact=True).click()
        await expect(page).to_have_url(re.compile(r"\?line=\d+#line$"))
        await expect(page.locator(".position").first).to_contain_text("201")
        await page.get_by_role("link", name="Vorige 200 (Wachtlijst)", exact=True).click()
        await expect(page.locator(".position").first).to_contain_text("1")
    async with visiting(chrome) as page:
        await log_in(page, site, path="/organisatie/edities/lange-rij?line=205")
        await sound(page)
