"""`make screenshots`: take the pictures of docs/images anew, from the running pages."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser

from services.enrolment.tests.pages.site import Site, browser, fill, running

IMAGES = Path(__file__).parents[4] / "docs" / "images"
PHONE, DESKTOP = (390, 844), (1280, 900)
EDITION, LATER, FULL = "lerend-netwerk-2027", "lerend-netwerk-2028", "lerend-netwerk-vol"


async def take(site: Site) -> None:
    """All of them."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    await site.edition(EDITION, seats=12)
    await site.edition(LATER, opens_in=2 * 86_400 + 3 * 3_600)
    names = ("Anna de Boer", "Bram van 't Hof", "Cora Jansen")
    anna, bram, cora = await site.edition(FULL, *names, seats=1)
    pages = {
        "before-opening": (f"{site.url}/inschrijven/{LATER}", DESKTOP),
        "form": (f"{site.url}/inschrijven/{EDITION}", DESKTOP),
        "form-phone": (f"{site.url}/inschrijven/{EDITION}", PHONE),
        "form-english": (f"{site.url}/en/enrol/{EDITION}", DESKTOP),
        "waiting-list": (await site.link(cora), DESKTOP),
        "withdraw": (f"{await site.link(anna)}/terugtrekken", DESKTOP),
    }
    async with browser() as chrome:
        for name, (place, size) in pages.items():
            await picture(chrome, name, place, size)
        await mistakes(chrome, f"{site.url}/inschrijven/{EDITION}")
        await site.command("enrolment.withdraw.v1", {"edition_id": FULL, "enrolment_id": str(anna)})
        await picture(chrome, "offer-phone", await site.link(bram), PHONE)


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
    await page.locator("form button").click()
    await page.locator(".summary").wait_for()
    await page.screenshot(path=IMAGES / "mistakes-phone.png")
    await page.close()


def main() -> None:
    """Start a stack, take the pictures, stop it."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as site:
        asyncio.run(take(site))
    for file in sorted(IMAGES.glob("*.png")):
        sys.stdout.write(f"{file.relative_to(IMAGES.parents[1])}: {file.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()
