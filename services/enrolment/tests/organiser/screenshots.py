"""The pictures of the organisers' pages, as somebody sees them who works with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from playwright.async_api import Browser, Page

from enrolment.commands import examples
from services.enrolment.tests.organiser.test_documents import EXAMPLE
from services.enrolment.tests.pages.site import Site

EDITION, CHOSEN = "lerend-netwerk-voorjaar", "lerend-netwerk-keuze"
PEOPLE = (
    ("Anna de Boer", "Stichting Bibliotheek Veenrijk", "Veenrijk", "Cubiss", "41098765"),
    ("Bram van 't Hof", "Bibliotheek De Waterlanden", "Monnickendam", "Probiblio", "41012345"),
    ("Cora Jansen", "Stichting Biblionet Salland", "Raalte", "Rijnbrink", "41054321"),
    ("Dirk Visser", "Bibliotheek Kop van Noord", "Schagen", "Probiblio", "41067890"),
    ("Esra Yilmaz", "Bibliotheek Rivierenstad", "Tiel", "Rijnbrink", "41024680"),
)
MOTIVATION = (
    "Onze bibliotheek gaat in twee jaar van uitleen naar een huis van de buurt. Ik wil leren hoe ik mijn team "
    "daarin meeneem zonder zelf alles te willen bepalen."
)
Picture: TypeAlias = Callable[[Page, str], Awaitable[None]]


async def take(site: Site, chrome: Browser, picture: Picture) -> None:
    """All of them, by one organiser who is logged in."""
    bram, moved = await _season(site)
    places: Mapping[str, tuple[str, int]] = {
        "organiser-editions": ("/organisatie", 1280),
        "organiser-edition": (f"/organisatie/edities/{EDITION}", 1280),
        "organiser-edition-phone": (f"/organisatie/edities/{EDITION}", 390),
        "organiser-requests": (f"/organisatie/edities/{CHOSEN}", 1280),
        "organiser-enrolment": (f"/organisatie/inschrijvingen/{moved}", 1280),
        "organiser-withdraw": (f"/organisatie/inschrijvingen/{bram}/terugtrekken", 1280),
    }
    page = await chrome.new_page(viewport={"width": 1280, "height": 900})
    await page.goto(f"{site.url}/organisatie")
    await picture(page, "organiser-login")
    await page.locator("#token").fill(site.stack.token("organiser"))
    await page.locator("form.login button").click()
    await page.goto(f"{site.url}/organisatie/inschrijvingen/{moved}/verplaatsen")
    await page.locator("#position").fill("1")
    await page.locator("#reason").fill("Door een fout van ons te laat ingeschreven.")
    await page.locator("main form button").click()
    await page.locator(".answer").wait_for()
    for name, (path, width) in places.items():
        await page.set_viewport_size({"width": width, "height": 900 if width > 600 else 844})
        await page.goto(f"{site.url}{path}")
        if name == "organiser-enrolment":
            await page.locator("#payers").evaluate("element => element.scrollIntoView()")
        await picture(page, name)
    await page.set_viewport_size({"width": 1280, "height": 900})
    await _document(page, site, picture)


async def _document(page: Page, site: Site, picture: Picture) -> None:
    """A document that came back with mistakes, and an amendment before it is made."""
    await page.goto(f"{site.url}/organisatie/nieuw")
    wrong = EXAMPLE.replace("seats: 12", "seats: twaalf").replace("nature: materials", "nature: boeken")
    await page.locator("#document").fill(wrong)
    await page.locator('button[value="check"]').click()
    await page.locator(".summary").wait_for()
    await picture(page, "organiser-mistakes")
    await page.goto(f"{site.url}/organisatie/edities/{EDITION}/wijzigen")
    text = await page.locator("#document").input_value()
    await page.locator("#document").fill(
        text.replace("seats: 2\n", "seats: 5\n").replace("offer_hours: 72", "offer_hours: 96")
    )
    await page.locator("#reason").fill("Er kwam een zaal bij.")
    await page.locator('button[value="check"]').click()
    await page.locator(".changes").wait_for()
    await picture(page, "organiser-amend")


async def _season(site: Site) -> tuple[Any, Any]:
    """Two editions that something has happened in; somebody with a seat, and somebody with a history."""
    anna, bram, *_ = await _asked(site, EDITION, seats=2, title_nl="Lerend netwerk, voorjaar 2027")
    for name, theme in (("Noor van Dijk", "narrative"), ("Sem Bakker", "changing")):
        guest = {"name": name, "email": f"{name.split()[0].lower()}@bieb.example", "language": "nl"}
        body = {"edition_id": EDITION, "enrolment_id": str(bram), "theme_id": theme, "guest": guest}
        await site.command("enrolment.invite-guest.v1", body)
    about = {
        "edition_id": EDITION,
        "enrolment_id": str(anna),
        "by": "m.hendriks",
        "reason": "Begint in een andere functie.",
    }
    await site.command("enrolment.withdraw.v1", about)
    await _asked(site, CHOSEN, seats=2, selection=True, asks=["motivation"], title_nl="Lerend netwerk met keuze")
    return bram, await site.newest(EDITION)


async def _asked(site: Site, edition_id: str, **terms: Any) -> list[str]:
    """An edition in which all of them have asked for a seat; their enrolments."""
    themes = [{**theme, "guests_per_library": 3} for theme in examples.PUBLISH["themes"]]
    opens = {"opens_at": "2027-01-14T08:00:00+01:00", "themes": themes}
    await site.command("edition.publish.v1", {**examples.PUBLISH, **opens, "edition_id": edition_id, **terms})
    found = []
    for name, library, city, poi, kvk in PEOPLE:
        who = {"name": name, "email": f"{name.split()[0].lower()}@{edition_id}.example", "language": "nl"}
        where = {**examples.REQUEST["library"], "legal_name": library, "city": city, "poi": poi, "kvk": kvk}
        body = {**examples.REQUEST, "edition_id": edition_id, "participant": who, "library": where}
        answer = await site.command("enrolment.request.v1", {**body, "motivation": MOTIVATION})
        found.append(answer["subject_id"])
    return found
