"""Looking at pages in a browser: a visitor who complains, and what every page must hold to at every width."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

PHONE, DESKTOP, SMALLEST = 390, 1280, 320


@asynccontextmanager
async def visiting(chrome: Browser, width: int = DESKTOP, *, script: bool = True) -> AsyncIterator[Page]:
    """A visitor. Whatever the browser complains of, such as a broken policy, is a failure."""
    context = await chrome.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script)
    page = await context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        yield page
        # A refused form and a page that is not there are told by their status, which Chromium reports as an error.
        assert [line for line in said if "the server responded with a status of" not in line] == []
    finally:
        await context.close()


async def sound(page: Page) -> None:
    """Nothing sticks out at any width, and axe finds nothing."""
    for width in (SMALLEST, PHONE, DESKTOP):
        await page.set_viewport_size({"width": width, "height": 900})
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{page.url} is {wide} px wide at {width} px"
        found = await Axe().run(page)
        assert found.response["violations"] == [], found.generate_report()


async def heading(page: Page, text: str) -> None:
    await expect(page.locator("h1")).to_have_text(text)
