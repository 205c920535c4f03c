"""`make screenshots`: take the pictures of docs/images anew, from the running pages."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page

from enrolment.commands import examples
from services.enrolment.tests.organiser import screenshots as organiser
from services.enrolment.tests.pages.house import ASKS_ALL, OWN_WORDS, PROVINCE, SOMEONE
from services.enrolment.tests.pages.site import Site, browser, fill, running
from services.enrolment.tests.season import THEMES
from services.enrolment.tests.timetable import OTHER, Timetable

IMAGES = Path(__file__).parents[4] / "docs" / "images"
PHONE, DESKTOP = (390, 844), (1280, 900)
EDITION, LATER, FULL = "lerend-netwerk-2027", "lerend-netwerk-2028", "lerend-netwerk-vol"
WHOLE, PLANNED = "lerend-netwerk-gevraagd", "lerend-netwerk-agenda"


async def take(site: Site) -> None:
    """All of them."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    await site.edition(EDITION, seats=12)
    await site.edition(LATER, opens_in=2 * 86_400 + 3 * 3_600, title_nl="Lerend netwerk, najaar 2027")
    await site.edition(WHOLE, **ASKS_ALL, title_nl="Lerend netwerk 2027, met motivatie")
    names = ("Anna de Boer", "Bram van 't Hof", "Cora Jansen")
    anna, bram, cora = await site.edition(FULL, *names, seats=1, title_nl="Lerend netwerk 2027, Utrecht")
    pages = {
        "before-opening": (f"{site.url}/inschrijven/{LATER}", DESKTOP),
        "form": (f"{site.url}/inschrijven/{EDITION}", DESKTOP),
        "form-phone": (f"{site.url}/inschrijven/{EDITION}", PHONE),
        "form-english": (f"{site.url}/en/enrol/{EDITION}", DESKTOP),
        "waiting-list": (await site.link(cora), DESKTOP),
        "withdraw": (f"{await site.link(anna)}/terugtrekken", DESKTOP),
        "erase": (f"{await site.link(anna)}/wissen", DESKTOP),
    }
    async with browser() as chrome:
        for name, (place, size) in pages.items():
            await picture(chrome, name, place, size)
        await mistakes(chrome, f"{site.url}/inschrijven/{EDITION}")
        await payers(chrome, f"{site.url}/inschrijven/{WHOLE}")
        await needs(chrome, f"{site.url}/inschrijven/{WHOLE}")
        await picture(chrome, "needs", f"{await site.link(await site.newest(WHOLE))}/doelen-en-wensen", DESKTOP)
        await track(chrome, await site.link(anna))
        await planned(site, chrome)
        await site.command("enrolment.withdraw.v1", {"edition_id": FULL, "enrolment_id": str(anna)})
        await picture(chrome, "offer-phone", await site.link(bram), PHONE)
        await organiser.take(site, chrome, snap)


async def planned(site: Site, chrome: Browser) -> None:
    """Sessions, a guest, one's own data, a colleague, and what a coach sees."""
    (anna,) = await site.edition(PLANNED, "Anna de Boer", themes=THEMES, title_nl="Lerend netwerk 2027, Zwolle")
    told = Timetable()
    await site.told(told.told(1, anna, **{**OTHER, "edition_id": PLANNED}), told.told(2, anna, edition_id=PLANNED))
    guest = {"name": "Noor van Dijk", "email": "noor@partner.example", "language": "nl"}
    await site.command(
        "enrolment.invite-guest.v1",
        {**examples.INVITE, "edition_id": PLANNED, "enrolment_id": str(anna), "guest": guest},
    )
    link = await site.link(anna)
    page = await chrome.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
    for name, place, part in (
        ("sessions-phone", link, "#sessions"),
        ("guests-phone", f"{link}/gasten", "main"),
        ("guest-phone", await site.guest_link(anna), "body"),
        ("details-phone", f"{link}/gegevens-wijzigen", "body"),
        ("hand-over-phone", f"{link}/laten-overnemen", "body"),
    ):
        await page.goto(place)
        await page.locator(part).first.evaluate("element => element.scrollIntoView()")
        await snap(page, name)
    await page.close()


async def snap(page: Page, name: str) -> None:
    """What is to be seen of the page that is open."""
    await page.screenshot(path=IMAGES / f"{name}.png")


async def picture(chrome: Browser, name: str, place: str, size: tuple[int, int]) -> None:
    """What is to be seen of a page without scrolling."""
    page = await chrome.new_page(viewport={"width": size[0], "height": size[1]})
    await page.goto(place)
    await page.screenshot(path=IMAGES / f"{name}.png")
    await page.close()


async def mistakes(chrome: Browser, place: str) -> None:
    """A form that came back."""
    page = await chrome.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
    await page.goto(place)
    await fill(page, participant__email="marieke@", library__street="Postbus 12", two_year_commitment="")
    await page.locator(".send button").click()
    await page.locator(".summary").wait_for()
    await page.screenshot(path=IMAGES / "mistakes-phone.png")
    await page.close()


async def payers(chrome: Browser, place: str) -> None:
    """A second payer, and how the price is split."""
    page = await chrome.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    await page.goto(place)
    await fill(page, SOMEONE)
    await page.locator("[value=add-payer]").click()
    await page.locator("#payer-2").wait_for()
    await fill(page, {**SOMEONE, **PROVINCE})
    await page.locator("[value=show-split]").click()
    await page.locator("#split table").wait_for()
    await page.locator("#split").evaluate("element => element.scrollIntoView({block: 'end'})")
    await page.screenshot(path=IMAGES / "payers.png")
    await page.close()


async def needs(chrome: Browser, place: str) -> None:
    """What a participant says for themselves, on a phone; and sent."""
    page = await chrome.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
    await page.goto(place)
    await fill(page, OWN_WORDS)
    await page.locator('label[for="needs.goals"]').evaluate("element => element.scrollIntoView()")
    await page.screenshot(path=IMAGES / "needs-phone.png")
    await page.locator(".send button").click()
    await page.locator(".answer").wait_for()
    await page.close()


async def track(chrome: Browser, link: str) -> None:
    """A learning track in which something is written, and the page on which it is."""
    page = await chrome.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
    await page.goto(f"{link}/leerlijn/thema-narrative")
    await page.get_by_label("Wat u opschrijft").fill(
        "Mijn verhaal over de nieuwe huiskamer begon bij de cijfers. Nu begin ik bij wie er binnenkomt."
    )
    await page.get_by_label("de groep en uw coach").check()
    await page.screenshot(path=IMAGES / "reflection-phone.png")
    await page.get_by_role("button", name="Bewaren").click()
    await page.locator("#thema-narrative").evaluate("element => element.scrollIntoView()")
    await snap(page, "track-phone")
    await page.locator("a.code").click()
    await page.get_by_role("heading", name="Leerlijn", exact=True).wait_for()
    await snap(page, "coach-phone")
    await page.close()


def main() -> None:
    """Start a stack, take the pictures, stop it."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as site:
        asyncio.run(take(site))
    for file in sorted(IMAGES.glob("*.png")):
        sys.stdout.write(f"{file.relative_to(IMAGES.parents[1])}: {file.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()
