"""What participants do on their own page, in a real browser: learning track, data, a colleague, goodbye."""

from __future__ import annotations

from typing import TypeAlias
from uuid import UUID

import asyncpg
import pytest
from playwright.async_api import Browser, expect

from services.enrolment.tests.pages.browsing import DESKTOP, PHONE, heading, sound, visiting
from services.enrolment.tests.pages.site import Site
from spn.testing.waiting import eventually

pytestmark = [pytest.mark.stack, pytest.mark.slow]

Database: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
LEARNED = "Een goed verhaal begint bij wie luistert."


async def nobody_is_called(database: Database, name: str) -> bool:
    return not await database.fetchval("SELECT count(*) FROM people WHERE name = $1", name)


async def has_fresh_link(database: Database, enrolment: UUID) -> bool:
    """One ended with the address of before, and one was made anew."""
    return await database.fetchval("SELECT link_version = 2 FROM enrolments WHERE enrolment_id = $1", enrolment) is True


async def test_a_participant_writes_in_the_learning_track_and_shares_it_with_group_and_coach(
    site: Site, chrome: Browser
) -> None:
    anna, bram = await site.edition("track", "Anna de Boer", "Bram van 't Hof", asks=["goals"])
    async with visiting(chrome, PHONE) as page:
        await page.goto(await site.link(anna))
        await page.get_by_role("link", name="Naar uw leerlijn").click()
        await heading(page, "Uw leerlijn")
        await sound(page)
        await page.get_by_role("link", name="Schrijven of wijzigen: Verhalend leiderschap").click()
        await heading(page, "Verhalend leiderschap")
        await page.get_by_label("Wat u opschrijft").fill("x" * 4_001)
        await page.get_by_role("button", name="Bewaren").click()
        await expect(page.locator(".summary")).to_contain_text("ten hoogste 4000 tekens")
        await sound(page)
        await page.get_by_label("Wat u opschrijft").fill(LEARNED)
        await page.get_by_label("de groep en uw coach").check()
        await page.get_by_role("button", name="Bewaren").click()
        await heading(page, "Uw leerlijn")
        await expect(page.locator("#thema-narrative")).to_be_in_viewport()
        await page.locator("a.code").click()
        await heading(page, "Leerlijn")
        await expect(page.locator("main")).to_contain_text(LEARNED)
        await sound(page)
    async with visiting(chrome, DESKTOP) as page:
        await page.goto(f"{await site.link(bram)}/leerlijn")
        await expect(page.locator(".shared")).to_contain_text(LEARNED)
        await sound(page)
    async with site.auditor() as looker:
        assert await looker.fetchval("SELECT count(*) FROM reflections") == 0


async def test_a_participant_corrects_an_address_and_lets_a_colleague_take_over(site: Site, chrome: Browser) -> None:
    (anna,) = await site.edition("hand-over", "Anna de Boer")
    async with visiting(chrome, PHONE) as page:
        await page.goto(await site.link(anna))
        await page.get_by_role("link", name="Gegevens wijzigen").click()
        await heading(page, "Uw gegevens wijzigen")
        await sound(page)
        await page.get_by_label("E-mailadres").fill("anna@bieb-veenrijk.example")
        await page.get_by_role("button", name="Bewaren").click()
        await heading(page, "Het is gelukt")
        await page.get_by_role("link", name="Nieuwe link aanvragen").click()
        await heading(page, "Deze link werkt niet meer")
        await sound(page)
        await page.get_by_role("button", name="Stuur mij een nieuwe link").click()
        await sound(page)
        async with site.database() as owner:
            await eventually(lambda: has_fresh_link(owner, anna), "a fresh link is made", seconds=30, every=0.2)
        await page.goto(await site.link(anna))
        await expect(page.locator(".data")).to_contain_text("anna@bieb-veenrijk.example")
        await page.get_by_role("link", name="Laten overnemen").click()
        await heading(page, "Een collega laten overnemen")
        await page.get_by_role("button", name="Laten overnemen").click()
        await sound(page)
        await page.locator('.summary a[href="#participant.name"]').click()
        await page.keyboard.type("Cora Jansen")
        await page.get_by_label("E-mailadres van uw collega").fill("cora@bibliotheek.example")
        await page.get_by_role("button", name="Laten overnemen").click()
        await heading(page, "Het is gelukt")
        await page.get_by_role("link", name="Terug naar uw inschrijving").click()
        await heading(page, "Uw inschrijving is overgenomen")
        await sound(page)
    assert await site.statuses("hand-over") == ["accepted"]


async def test_a_participant_is_erased_after_seeing_what_ends(site: Site, chrome: Browser) -> None:
    (anna,) = await site.edition("goodbye", "Anna Vergeten")
    async with visiting(chrome, PHONE) as page:
        await page.goto(await site.link(anna))
        await page.get_by_role("link", name="Gegevens wissen").click()
        await heading(page, "Uw gegevens laten wissen")
        await expect(page.locator(".offer")).to_contain_text("uw plaats. Kosten zijn er niet aan verbonden.")
        await page.get_by_role("button", name="Ja, wis mijn gegevens").click()
        await sound(page)
        await page.get_by_label("Ik wil dat mijn gegevens worden gewist.").check()
        await page.get_by_role("button", name="Ja, wis mijn gegevens").click()
        await heading(page, "Het is gelukt")
        await sound(page)
        await expect(page.get_by_role("link", name="Terug naar uw inschrijving")).to_have_count(0)
    async with site.database() as owner:
        await eventually(
            lambda: nobody_is_called(owner, "Anna Vergeten"), "the name is gone from enrolment", seconds=30, every=0.2
        )
    assert await site.statuses("goodbye") == ["withdrawn"]
