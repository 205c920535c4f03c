"""Erasing a person by a page: everything that follows is said first, and it takes more than a click."""

from __future__ import annotations

import html
from datetime import timedelta
from uuid import UUID

import pytest

from enrolment.commands import ErasePerson, InviteGuest, WithdrawEnrolment, examples
from services.enrolment.tests.organiser.office import Office, enrolment_page, heading
from services.enrolment.tests.pages.house import about, ticket_in
from services.enrolment.tests.season import EDITION, OPENS, THEMES, publish, request
from spn.messaging import firing
from spn.messaging.admission import Limits

ANNA = "anna@bibliotheek.example"


async def person(office: Office, email: str = ANNA) -> UUID:
    ((found,),) = await office.rows("SELECT person_id FROM people WHERE email = $1", email)
    return UUID(str(found))


async def erase_page(office: Office, email: str = ANNA, language: str = "nl") -> str:
    """Where somebody is erased."""
    place = {"nl": "/organisatie/personen/{}/wissen", "en": "/en/organisers/people/{}/erase"}[language]
    return place.format(await person(office, email))


async def time_passes(office: Office) -> None:
    """What is live ends over the log, and then the words go."""
    for _ in range(4):
        office.clock.moment += timedelta(seconds=10)
        await firing.fire_decisions(office.bench.pipeline)
        await firing.fire_commands(office.bench.pipeline, {})
        await office.decide()


async def asked(office: Office) -> list[tuple[str, str]]:
    """The commands that wait, by their types and keys."""
    rows = await office.rows(
        "SELECT headers->>'ce_type', convert_from(key, 'UTF8') FROM outbox WHERE topic LIKE '%commands'"
    )
    return [(type_, key) for type_, key in rows]


async def test_what_ends_with_its_money_and_what_stays_is_said_before_the_click(office: Office) -> None:
    anna, _ = await office.opened("anna", "bram", seats=1)
    office.clock.moment = OPENS + timedelta(days=16)
    page = html.unescape(await office.page(await erase_page(office))).replace("\u00a0", " ")
    assert ANNA in page
    for said in (
        "Verschuldigd blijft 50 % van de prijs van € 5.000,00: € 2.500,00 excl. btw",
        "De plaats wordt meteen aangeboden aan de eerste op de wachtlijst.",
        "Facturen, planning en mail zijn andere systemen.",
        "zeven jaar",
        "Het bewijs van de wachtlijst",
        "Dit kunt u niet terugdraaien.",
    ):
        assert said in page, said
    assert enrolment_page(anna) in page


async def test_the_page_is_reached_from_the_enrolment_for_everybody_it_names(office: Office) -> None:
    (anna,) = await office.opened("anna", payers_max=1)
    page = await office.page(enrolment_page(anna))
    assert await erase_page(office) in page
    assert await erase_page(office, examples.REQUEST["payer"]["contact_email"]) in page
    for role in ("finance", "auditor", "adviser"):
        office.log_in(role, poi="Cubiss")
        assert "/wissen" not in await office.page(enrolment_page(anna))
        assert (await office.http.get(f"/organisatie/personen/{UUID(int=1)}/wissen")).status_code == 403


async def test_a_person_is_erased_once_the_address_is_typed(office: Office) -> None:
    anna, bram = await office.opened("anna", "bram", seats=1)
    path = await erase_page(office)
    key = str(await person(office))
    sent = await office.press(path, confirm=f" {ANNA.title()} ")
    assert await asked(office) == [("person.erase.v1", key)]
    answer = await office.answered(sent)
    assert heading(answer.text) == "Het is gelukt"
    assert "lopende inschrijvingen worden eerst beëindigd" in answer.text
    assert heading(await office.page(path)) == "Deze persoon wordt gewist"
    await time_passes(office)
    page = await office.page(path)
    assert heading(page) == "Deze persoon is gewist"
    assert "zeven jaar" in page
    assert 'name="confirm"' not in page
    assert [await office.status(one) for one in (anna, bram)] == ["withdrawn", "offered"]
    assert await office.rows("SELECT name FROM people WHERE person_id = $1::text::uuid", key) == [("gewist",)]
    assert await office.rows("SELECT asked_by FROM erasures") == [("u-organiser",)]
    assert "/wissen" not in (await office.page(enrolment_page(anna))).split('id="payers"')[0]


@pytest.mark.parametrize(
    ("typed", "said"), [("", "Typ het e-mailadres"), ("ja", "Dit is niet"), ("bram@bibliotheek.example", "Dit is niet")]
)
async def test_without_their_address_nobody_is_erased(office: Office, typed: str, said: str) -> None:
    await office.opened("anna", "bram")
    page = await office.press(await erase_page(office), confirm=typed)
    assert (page.status_code, said in page.text) == (422, True)
    assert f'value="{typed}"' in page.text
    assert await asked(office) == []


async def test_when_something_else_would_end_it_is_shown_first(office: Office) -> None:
    anna, _ = await office.opened("anna", "bram")
    path = await erase_page(office)
    dear = ticket_in(await office.page(path))
    office.clock.moment = OPENS + timedelta(days=16)
    dearer = await office.press(path, ticket=dear, confirm=ANNA)
    assert (dearer.status_code, "er is nog niets gebeurd" in dearer.text) == (422, True)
    assert f'value="{ANNA}"' in dearer.text
    seen = ticket_in(dearer.text)
    await office.send(WithdrawEnrolment.model_validate(about(anna)))
    other = await office.press(path, ticket=seen, confirm=ANNA)
    assert (other.status_code, "Er loopt niets" in other.text) == (422, True)
    assert await asked(office) == []
    assert (await office.press(path, ticket=ticket_in(other.text), confirm=ANNA)).status_code == 303


async def test_pressed_twice_it_is_asked_once_and_busy_loses_nothing(office: Office) -> None:
    await office.opened("anna", "bram")
    path = await erase_page(office)
    ticket = ticket_in(await office.page(path))
    assert [(await office.press(path, ticket=ticket, confirm=ANNA)).status_code for _ in range(2)] == [303, 303]
    assert await office.decide() == 1
    late = await office.press(path, ticket=ticket, confirm=ANNA)
    assert (late.status_code, heading(late.text)) == (200, "Deze persoon wordt gewist")
    other = await erase_page(office, "bram@bibliotheek.example")
    ticket = ticket_in(await office.page(other))
    office.edge.admission.limits = Limits(backlog_max=0)
    busy = await office.press(other, ticket=ticket, confirm="bram@bibliotheek.example")
    assert (busy.status_code, ticket_in(busy.text)) == (429, ticket)
    assert 'value="bram@bibliotheek.example"' in busy.text


async def test_a_guest_a_contact_and_who_waits_for_choice_are_told_of_what_is_theirs(office: Office) -> None:
    await office.send(publish(2, themes=THEMES, selection=True))
    office.clock.moment = OPENS
    await office.send(request("cora"))
    assert "De plek van Cora vervalt." in await office.page(await erase_page(office, "cora@bibliotheek.example"))
    ((cora,),) = await office.rows("SELECT enrolment_id FROM enrolments")
    await office.done(enrolment_page(UUID(str(cora)), "kiezen"), reason="Ja.")
    guest = {"name": "Noor", "email": "noor@bieb.example", "language": "nl"}
    invite = {"edition_id": EDITION, "enrolment_id": cora, "theme_id": "narrative", "guest": guest}
    await office.send(InviteGuest.model_validate(invite))
    page = await office.page(await erase_page(office, "noor@bieb.example"))
    assert "De uitnodiging voor Verhalend leiderschap vervalt" in page
    assert "zeven jaar" not in page, "of a guest nothing is kept but the tombstone"
    contact = await office.page(await erase_page(office, examples.REQUEST["payer"]["contact_email"]))
    assert "Er loopt niets" in contact
    assert "contactpersoon voor de factuur (1)" in contact


async def test_who_is_not_there_has_no_page_and_an_answer_is_of_one_person(office: Office) -> None:
    await office.opened("anna", "bram")
    for nobody in (str(UUID(int=1)), "x"):
        await office.page(f"/organisatie/personen/{nobody}/wissen", 404)
        assert (await office.post(f"/organisatie/personen/{nobody}/wissen")).status_code == 404
    sent = await office.press(await erase_page(office), confirm=ANNA)
    name = sent.headers["location"].rpartition("/")[2]
    other = (await erase_page(office, "bram@bibliotheek.example")).removesuffix("wissen")
    await office.page(f"{other}antwoord/{name}", 404)


async def test_asked_over_kafka_meanwhile_it_is_seen_to_be_under_way(office: Office) -> None:
    await office.opened("anna")
    path = await erase_page(office)
    ticket = ticket_in(await office.page(path))
    await office.send(ErasePerson(person_id=await person(office)))
    late = await office.press(path, ticket=ticket, confirm=ANNA)
    assert heading(late.text) == "Deze persoon wordt gewist"
    assert await asked(office) == []


async def test_in_english_it_is_the_same(office: Office) -> None:
    (anna,) = await office.opened("anna")
    path = await erase_page(office, language="en")
    page = await office.page(path)
    assert "Nothing is owed" in page
    assert "seven years" in page
    assert path in await office.page(f"/en/organisers/enrolments/{anna}")
    answer = await office.answered(await office.press(path, confirm=ANNA))
    assert "The data is being erased" in answer.text
    await time_passes(office)
    assert heading(await office.page(path)) == "This person was erased"
