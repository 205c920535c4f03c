"""The pages in a real browser: Debian's Chromium, driven by Playwright, looked over by axe."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.async_api import Browser, Page, expect

from services.enrolment.tests.pages.browsing import DESKTOP, PHONE, heading, sound, visiting
from services.enrolment.tests.pages.house import ASKS_ALL, OWN_WORDS, PROVINCE, SOMEONE
from services.enrolment.tests.pages.site import Site, fill
from services.enrolment.tests.season import THEMES
from spn.testing.waiting import eventually

pytestmark = [pytest.mark.stack, pytest.mark.slow]


async def send(page: Page) -> None:
    await page.locator(".send button").click()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("language", ["nl", "en"])
async def test_the_form_leads_to_a_seat_in_both_languages_on_a_phone_and_on_a_desk(
    site: Site, chrome: Browser, width: int, language: str
) -> None:
    path, accepted = {"nl": ("inschrijven", "Er is een plaats"), "en": ("en/enrol", "There is a seat")}[language]
    edition = f"form-{language}-{width}"
    await site.edition(edition)
    async with visiting(chrome, width) as page:
        await page.goto(f"{site.url}/{path}/{edition}")
        await expect(page.locator("html")).to_have_attribute("lang", language)
        await fill(page)
        await send(page)
        await heading(page, accepted)
    assert await site.statuses(edition) == ["accepted"]


async def test_without_javascript_the_form_works_the_same(site: Site, chrome: Browser) -> None:
    await site.edition("no-script")
    async with visiting(chrome, script=False) as page:
        await page.goto(f"{site.url}/inschrijven/no-script")
        await expect(page.locator(".other-payer")).to_be_hidden()
        await page.get_by_label("Een andere organisatie").check()
        await expect(page.locator(".other-payer")).to_be_visible()
        await page.get_by_label("De bibliotheek", exact=True).check()
        await fill(page)
        await send(page)
        await heading(page, "Er is een plaats")


async def test_a_mistake_is_found_by_keyboard_and_repaired(site: Site, chrome: Browser) -> None:
    await site.edition("repair")
    async with visiting(chrome, PHONE) as page:
        await page.goto(f"{site.url}/inschrijven/repair")
        await fill(page, participant__email="marieke@", library__number="1234")
        await page.locator(".send button").focus()
        await page.keyboard.press("Enter")
        summary = page.locator(".summary")
        await expect(summary).to_be_focused()
        await expect(page).to_have_title("Fout: Inschrijven voor Lerend netwerk 2027 | SPN lerend netwerk")
        await sound(page)
        for wrong, right in (("participant.email", "m@bibliotheek.example"), ("library.number", "41098765")):
            await summary.locator(f'a[href="#{wrong}"]').focus()
            await page.keyboard.press("Enter")
            field = page.locator(f'[name="{wrong}"]')
            await expect(field).to_be_focused()
            await expect(field).to_have_attribute("aria-invalid", "true")
            await field.fill(right)
        await expect(page.locator('[name="participant.name"]')).to_have_value("Marieke van Dongen")
        await page.keyboard.press("Enter")
        await heading(page, "Er is een plaats")


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("script", [True, False])
async def test_a_secretary_enrols_a_director_with_two_payers_and_repairs_a_mistake(
    site: Site, chrome: Browser, width: int, script: bool
) -> None:
    edition = f"secretary-{width}-{str(script).lower()}"
    await site.edition(edition, **ASKS_ALL)
    async with visiting(chrome, width, script=script) as page:
        await page.goto(f"{site.url}/inschrijven/{edition}")
        await expect(page.locator(".requester")).to_be_hidden()
        await expect(page.get_by_label("Doelen")).to_be_visible()
        await page.get_by_label("Voor een ander").check()
        await expect(page.locator(".requester")).to_be_visible()
        await expect(page.get_by_label("Doelen")).to_be_hidden()
        await fill(page, {**SOMEONE, "motivation": "Zij wil leren van wie het al deed."})
        await page.get_by_role("button", name="Voeg een betaler toe").click()
        await expect(page.locator("#payer-2")).to_be_in_viewport()
        wrong = {"further_payers.0.share.value": "6.000,00", "further_payers.0.organisation.city": ""}
        await fill(page, {**PROVINCE, **SOMEONE, **wrong})
        # The Enter key sends the form, and presses none of the buttons above it.
        await page.locator('[name="participant.name"]').press("Enter")
        summary = page.locator(".summary")
        if script:
            await expect(summary).to_be_focused()
        await expect(summary).to_contain_text("Vul de plaats van betaler 2 in.")
        await expect(summary).to_contain_text("De delen zijn samen de hele prijs of meer.")
        if script:
            await sound(page)
            await page.set_viewport_size({"width": width, "height": 900})
        await fill(page, {**PROVINCE, **SOMEONE})
        await page.get_by_role("button", name="Laat de verdeling zien").click()
        await expect(page.locator("#split")).to_be_in_viewport()
        await expect(page.locator("#split tbody tr")).to_have_count(2)
        await expect(page.locator("#split")).to_contain_text("3.500,00")
        await expect(page.locator("[name=motivation]")).to_have_value("Zij wil leren van wie het al deed.")
        await send(page)
        await heading(page, "De aanvraag is binnen")
    assert await site.statuses(edition) == ["requested"]


async def test_a_participant_says_goals_and_needs_and_deletes_them(site: Site, chrome: Browser) -> None:
    await site.edition("needs", **ASKS_ALL)
    async with visiting(chrome, PHONE) as page:
        await page.goto(f"{site.url}/inschrijven/needs")
        await fill(page, {**OWN_WORDS, "needs.consent": ""})
        await send(page)
        await page.locator('.summary a[href="#needs.consent"]').click()
        await page.keyboard.press("Space")
        await send(page)
        await heading(page, "De aanvraag is binnen")
        await page.goto(link := await site.link(await site.newest("needs")))
        await expect(page.locator("main")).to_contain_text(OWN_WORDS["needs.diet"])
        await sound(page)
        await page.get_by_role("link", name="Wijzigen of wissen").click()
        await heading(page, "Doelen en wensen")
        await sound(page)
        await page.get_by_label("Doelen").fill("Anders kijken.")
        await page.get_by_role("button", name="Bewaren").click()
        await expect(page).to_have_url(f"{link}#needs")
        await expect(page.locator("main")).to_contain_text("Anders kijken.")
        await page.get_by_role("link", name="Wijzigen of wissen").click()
        await heading(page, "Doelen en wensen")
        await page.get_by_role("button", name="Alles wissen").click()
        await expect(page.locator("main")).to_contain_text("U hebt nog niets opgegeven.")
    async with site.auditor() as looker, site.database() as owner:
        await owner.execute(
            "INSERT INTO needs VALUES (gen_random_uuid(), 'goals', 'x', NULL, NULL, 'infinity', 'infinity')"
        )
        assert await looker.fetchval("SELECT count(*) FROM enrolments") > 0
        assert await looker.fetchval("SELECT count(*) FROM needs") == 0


async def test_a_participant_invites_a_guest_who_says_yes(site: Site, chrome: Browser) -> None:
    (anna,) = await site.edition("guests", "Anna de Boer", themes=THEMES)
    async with visiting(chrome, PHONE) as page:
        await page.goto(link := await site.link(anna))
        await page.get_by_role("link", name="Gast uitnodigen").click()
        await heading(page, "Een gast uitnodigen")
        await page.get_by_label("Naam van uw gast").fill("Noor van 't Hof")
        await page.get_by_role("button", name="Uitnodigen").click()
        await sound(page)
        await page.locator('.summary a[href="#theme_id"]').click()
        await page.keyboard.type("Verhalend")
        await page.get_by_label("E-mailadres van uw gast").fill("noor@bibliotheek.example")
        await page.get_by_role("button", name="Uitnodigen").click()
        await heading(page, "Het is gelukt")
        await page.get_by_role("link", name="Terug naar uw inschrijving").click()
        await expect(page.locator("main")).to_contain_text("uitgenodigd, nog geen antwoord")
        await sound(page)
    async with visiting(chrome, PHONE) as page:
        await page.goto(await site.guest_link(anna))
        await page.get_by_role("button", name="Ja, ik kom").click()
        await heading(page, "Het is gelukt")
        await page.goto(link)
        await expect(page.locator("main")).to_contain_text("Verhalend leiderschap: komt")


async def test_sent_twice_it_is_one_enrolment_with_one_answer(site: Site, chrome: Browser) -> None:
    await site.edition("twice")
    async with visiting(chrome) as page:
        await page.goto(f"{site.url}/inschrijven/twice")
        await fill(page)
        await page.locator(".send button").dblclick()
        await heading(page, "Er is een plaats")
        # By the button "back" the form is there with all that was typed, as a new one: nothing changes, and it says so.
        await page.go_back()
        await send(page)
        await heading(page, "Er is niets veranderd")
        await expect(page.locator("main")).to_contain_text("al ingeschreven")
    assert await site.statuses("twice") == ["accepted"]


async def test_who_comes_too_late_waits_and_is_offered_the_seat_that_comes_free(site: Site, chrome: Browser) -> None:
    (anna,) = await site.edition("offer", "Anna de Boer", seats=1)
    async with visiting(chrome, PHONE) as page:
        await page.goto(f"{site.url}/inschrijven/offer")
        await expect(page.locator(".seats")).to_contain_text("op de wachtlijst")
        await fill(page)
        await send(page)
        await heading(page, "De inschrijving staat op de wachtlijst")
        await expect(page.locator("main")).to_contain_text("op plaats 1.")
        bram = await site.newest("offer")
        await page.goto(link := await site.link(bram))
        await heading(page, "U staat op de wachtlijst van Lerend netwerk 2027, op plaats 1")
        await withdrawn(site, chrome, anna)
        await page.reload()
        await heading(page, "Er is een plaats voor u in Lerend netwerk 2027")
        await page.get_by_role("button", name="Plaats aannemen").click()
        await heading(page, "Het is gelukt")
        await page.get_by_role("link", name="Terug naar uw inschrijving").click()
        await expect(page).to_have_url(link)
        await heading(page, "U hebt een plaats in Lerend netwerk 2027")
    assert await site.statuses("offer") == ["withdrawn", "accepted"]


async def withdrawn(site: Site, chrome: Browser, enrolment_id: UUID) -> None:
    """Withdraw as a participant does: the price is shown before the click."""
    async with visiting(chrome) as page:
        await page.goto(await site.link(enrolment_id))
        await page.get_by_role("link", name="Terugtrekken").click()
        await expect(page.locator(".offer")).to_contain_text("dan betaalt u niets")
        await page.get_by_role("button", name="Ja, terugtrekken").click()
        await heading(page, "Het is gelukt")


@pytest.mark.parametrize("script", [True, False])
async def test_the_countdown_turns_into_the_form_by_itself(site: Site, chrome: Browser, script: bool) -> None:
    edition = f"countdown-{str(script).lower()}"
    await site.edition(edition, opens_in=6)
    async with visiting(chrome, script=script) as page:
        await page.goto(f"{site.url}/inschrijven/{edition}")
        await expect(page.locator(".remaining")).to_contain_text("Nog")
        before = await page.locator(".remaining").text_content()
        if script:
            await eventually(lambda: changed(page, before), "the time that is left goes down", seconds=5, every=0.1)
        await expect(page.locator("form")).to_be_visible(timeout=20_000)


async def changed(page: Page, before: str | None) -> bool:
    return await page.locator("main").text_content() != before


async def test_axe_finds_nothing_on_any_page(site: Site, chrome: Browser) -> None:
    anna, bram, cora, dirk = await site.edition(
        "axe", "Anna de Boer", "Bram van 't Hof", "Cora Jansen", "Dirk Visser", seats=2
    )
    await site.edition("axe-whole", **ASKS_ALL)
    await site.edition("axe-later", opens_in=86_400, **ASKS_ALL)
    await site.edition("axe-closed")
    await site.command("edition.close.v1", {"edition_id": "axe-closed"})
    accepted, waiting, gone = await site.link(anna), await site.link(dirk), await site.link(bram, "en")
    offered = await site.link(cora)
    await site.command("enrolment.withdraw.v1", {"edition_id": "axe", "enrolment_id": str(bram)})
    places = (
        *(f"{site.url}/inschrijven/{e}" for e in ("axe", "axe-later", "axe-closed", "none")),
        *(f"{site.url}/en/enrol/{e}" for e in ("axe", "axe-later", "axe-closed", "none")),
        *(accepted, f"{accepted}/terugtrekken", offered, f"{offered}/afwijzen"),
        *(waiting, f"{waiting}/verlaten", gone, f"{site.url}/mijn/nobody"),
    )
    async with visiting(chrome) as page:
        for place in places:
            await page.goto(place)
            await sound(page)
        await page.goto(f"{site.url}/en/enrol/axe-whole")
        await page.get_by_role("button", name="Add a payer").click()
        await expect(page.locator("#payer-2")).to_be_visible()
        await page.get_by_label("Another organisation").check()
        await sound(page)
        await page.goto(f"{site.url}/inschrijven/axe")
        await fill(page)
        await send(page)
        await heading(page, "De inschrijving staat op de wachtlijst")
        await sound(page)
