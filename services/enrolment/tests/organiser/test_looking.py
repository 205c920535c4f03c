"""What organisers and those who look along see of editions and enrolments."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from markupsafe import escape

from enrolment.commands import AcceptOffer, InviteGuest, RejectEnrolment, WithdrawEnrolment, examples
from enrolment.organiser.addresses import HOME
from services.enrolment.tests.organiser.office import EDITION_PAGE, Office, enrolment_page, heading
from services.enrolment.tests.pages.house import about
from services.enrolment.tests.season import EDITION, OPENS, publish, request

NASTY = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil.example")',
    "👩‍👩‍👧‍👦 Zoë 't Hart-van der Ærø",
    "مكتبة الأمل",
    "x" * 120,
    "{{ 7 * 7 }} {% raw %}",
)


def library(poi: str, kvk: str, name: str = "Bibliotheek") -> dict[str, Any]:
    return {**examples.REQUEST["library"], "poi": poi, "kvk": kvk, "legal_name": name}


async def regions(office: Office) -> tuple[UUID, UUID, UUID]:
    """Three of two regions in an edition of one seat with a choice; the second and third wait for it."""
    await office.send(publish(1, selection=True, asks=["motivation"], themes=_themes()))
    office.clock.moment = OPENS
    for name, poi, kvk in (
        ("anna", "Cubiss", "11111111"),
        ("bram", "Rijnbrink", "22222222"),
        ("cora", "Cubiss", "3" * 8),
    ):
        where = library(poi, kvk, f"Bieb van {name}")
        await office.send(request(name, motivation=f"Omdat ik {name} ben.", library=where))
    anna, bram, cora = [row[0] for row in await office.rows("SELECT enrolment_id FROM enrolments ORDER BY number")]
    return anna, bram, cora


def _themes() -> list[dict[str, Any]]:
    return [{**theme, "guests_per_library": 3} for theme in examples.PUBLISH["themes"]]


async def test_the_overview_shows_every_edition_with_its_seats(office: Office) -> None:
    assert "Er is nog geen editie" in await office.page(HOME)
    await office.opened("anna", "bram", "cora", seats=2)
    page = await office.page(HOME)
    assert "2 van 2" in page
    assert "Nieuwe editie" in page
    assert 'class="badge state-open"' in page
    assert "Editions" in await office.page("/en/organisers")


async def test_an_edition_shows_seats_line_payers_and_what_is_pending(office: Office) -> None:
    anna, _, _ = await office.opened("anna", "bram", "cora", seats=1, themes=_themes())
    await office.send(InviteGuest.model_validate(about(anna) | {"theme_id": "narrative", "guest": _guest("noor")}))
    page = await office.page(EDITION_PAGE)
    assert "De inschrijving sluit" in page
    assert "Uitnodiging aan gast Noor" in page
    assert "1 van 3" in page
    assert "Stichting Bibliotheek Veenrijk" in page
    assert page.count("€\u00a05.000,00") >= 4
    assert "1 loopt" in page
    assert page.index("Bram") < page.index("Cora")
    await office.send(WithdrawEnrolment.model_validate(about(anna)))
    page = await office.page(EDITION_PAGE)
    assert "Aanbod aan Bram" in page
    assert "Niet meer in de running" in page


def _guest(name: str) -> dict[str, str]:
    return {"name": name.title(), "email": f"{name}@bieb.example", "language": "nl"}


async def test_the_history_says_who_did_what_when_and_why(office: Office) -> None:
    anna, bram = await office.opened("anna", "bram", seats=1)
    await office.send(WithdrawEnrolment.model_validate(about(anna) | {"by": "u-7", "reason": "Andere baan."}))
    await office.send(AcceptOffer.model_validate(about(bram)))
    page = await office.page(enrolment_page(anna))
    for said in ("Teruggetrokken", "door u-7", "Andere baan.", "Plaats gekregen", "donderdag 14 januari 2027 om 10.00"):
        assert said in page, said
    history = await office.page(enrolment_page(bram))
    order = [history.index(word) for word in ("Plaats gekregen", "Plaats aangeboden", "Op de wachtlijst gezet, plek 1")]
    assert order == sorted(order)
    assert "vanzelf" in history
    ((entry, seal),) = await office.rows("SELECT entry, seal FROM journal ORDER BY entry DESC LIMIT 1")
    assert f"regel {entry}, zegel {seal[:16]}" in history


async def test_the_history_says_of_what_came_from_our_own_pages_which_they_were(office: Office) -> None:
    (anna,) = await office.opened("anna")
    command = {"edition_id": EDITION, "enrolment_id": anna, "by": "participant", "reason": "Andere baan."}
    await office.send(WithdrawEnrolment.model_validate(command))
    assert "door de deelnemer, met de persoonlijke link" in await office.page(enrolment_page(anna))


async def test_finance_and_the_auditor_see_the_pages_without_the_actions(office: Office) -> None:
    anna, _, _ = await regions(office)
    for role in ("finance", "auditor"):
        office.log_in(role)
        for path in (HOME, EDITION_PAGE, enrolment_page(anna)):
            page = await office.page(path)
            assert 'name="ticket"' not in page
            assert '<nav class="facts' not in page or role == "finance"
            assert "/nieuw" not in page
            assert "/kiezen" not in page
        assert (await office.http.get(enrolment_page(anna, "kiezen"))).status_code == 403


async def test_words_about_people_are_for_organisers_and_the_auditor(office: Office) -> None:
    anna, _, _ = await regions(office)
    await office.send(RejectEnrolment.model_validate(about(anna) | {"reason": "Te kort directeur."}))
    for role, sees in (("organiser", True), ("auditor", True), ("finance", False), ("adviser", False)):
        office.log_in(role, poi="Cubiss")
        page = await office.page(EDITION_PAGE) + await office.page(enrolment_page(anna))
        assert ("Omdat ik" in page) == sees, role
        assert ("Te kort directeur." in page) == sees, role
        assert ("Geschiedenis" in page) == sees, role


async def test_an_adviser_sees_the_own_region_and_nothing_of_another(office: Office) -> None:
    anna, bram, cora = await regions(office)
    for one in (anna, bram, cora):
        await office.done(enrolment_page(one, "kiezen"), reason="Ja.")
    await office.send(InviteGuest.model_validate(about(anna) | {"theme_id": "narrative", "guest": _guest("noor")}))
    office.log_in("adviser", poi="Rijnbrink")
    page = await office.page(EDITION_PAGE)
    assert "U ziet de inschrijvingen van Rijnbrink" in page
    assert "Bram" in page
    assert not re.search("anna|cora|noor", page, re.IGNORECASE)
    await office.page(enrolment_page(anna), 404)
    assert heading(await office.page(enrolment_page(bram))) == "Bram"
    assert "CSV" not in page
    office.log_in("adviser", poi="Cubiss")
    line = await office.page(EDITION_PAGE)
    assert re.search(r"</span>2</p>", line), "the position is the one in the whole line"
    assert "Noor" in line


async def test_the_export_is_there_for_who_may_have_it(office: Office) -> None:
    await office.opened("anna")
    for role, has in (("organiser", True), ("finance", True), ("auditor", False), ("adviser", False)):
        office.log_in(role, poi="Cubiss")
        link = re.search(r'href="(/v1/[^"]+\.csv)"', await office.page(EDITION_PAGE))
        assert (link is not None) == has, role
        if link:
            answer = await office.http.get(link[1])
            assert answer.headers["content-type"].startswith("text/csv")
            assert "anna@bibliotheek.example" in answer.text


@pytest.mark.parametrize("words", NASTY)
async def test_whatever_people_write_is_shown_as_text(office: Office, words: str) -> None:
    await office.send(publish(1, selection=True, title_nl=words))
    office.clock.moment = OPENS
    who = {"name": words, "email": "x@bieb.example", "language": "nl"}
    await office.send(request("x", participant=who, motivation=words, library=library("Cubiss", "1" * 8, words)))
    ((enrolment,),) = await office.rows("SELECT enrolment_id FROM enrolments")
    await office.done(enrolment_page(enrolment, "niet-kiezen"), reason=f"{words}\n\nEn {words}")
    for path in (HOME, EDITION_PAGE, enrolment_page(enrolment), enrolment_page(enrolment, "corrigeren")):
        page = await office.page(path)
        assert "<script>alert" not in page
        assert str(escape(words)) in page, path


async def test_every_page_forbids_what_it_does_not_need_and_is_kept_by_nobody(office: Office) -> None:
    (anna,) = await office.opened("anna")
    for path in (HOME, EDITION_PAGE, enrolment_page(anna), enrolment_page(anna, "terugtrekken"), f"{HOME}/inloggen"):
        page = await office.http.get(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["cache-control"] == "no-store"
        assert "style=" not in page.text
        assert "<script" not in page.text
        assert 'name="robots" content="noindex"' in page.text


async def test_the_files_of_the_pages_are_given_and_no_others(office: Office) -> None:
    page = await office.page(f"{HOME}/inloggen")
    for path in re.findall(r'(?:href|src)="(/[^"]+\.(?:css|svg))"', page):
        assert (await office.http.get(path)).status_code == 200
    assert (await office.http.get(f"{HOME}/bestanden/organiser.css")).status_code == 404


@pytest.mark.parametrize("state", ["published", "open", "closed", "cancelled"])
async def test_an_edition_in_every_state_has_a_page_in_both_languages(office: Office, state: str) -> None:
    await office.opened("anna")
    await office.pool.execute("UPDATE editions SET state = $1", state)
    for path in (EDITION_PAGE, f"/en/organisers/editions/{EDITION}", HOME):
        assert f'state-{state}"' in await office.page(path)


STATUSES = ("requested", "waiting", "declined", "lapsed", "left", "withdrawn", "rejected", "closed", "completed")


@pytest.mark.parametrize("status", STATUSES)
async def test_an_enrolment_in_every_status_has_a_page_and_pages_for_its_actions(office: Office, status: str) -> None:
    (anna,) = await office.opened("anna")
    await office.pool.execute("UPDATE enrolments SET status = $1", status)
    await office.pool.execute("UPDATE editions SET seats_taken = 0")
    page = await office.page(enrolment_page(anna))
    actions = re.findall(rf'href="({enrolment_page(anna)}/[^"]+)"', page)
    assert actions
    for path in actions:
        assert "Dit volgt erop" in await office.page(path)
    english = await office.page(f"/en/organisers/enrolments/{anna}")
    for path in re.findall(rf'href="(/en/organisers/enrolments/{anna}/[^"]+)"', english):
        assert "This will follow" in await office.page(path)


async def test_needs_are_told_as_counts_and_to_organisers_only(office: Office) -> None:
    (anna,) = await office.opened("anna", asks=["diet"])
    await office.pool.execute(
        "INSERT INTO needs (enrolment_id, kind, text, person_id, consent_at, delete_after, created_at) "
        "SELECT enrolment_id, 'diet', 'Geen noten', participant_id, now(), '2030-01-01', now() FROM enrolments"
    )
    for role, sees in (("organiser", True), ("finance", False), ("auditor", False)):
        office.log_in(role)
        page = await office.page(EDITION_PAGE)
        assert ("1 met een dieetwens" in page) == sees
        assert "Geen noten" not in page + await office.page(enrolment_page(anna))
