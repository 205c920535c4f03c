"""Publishing and amending an edition from data, in the browser."""

from __future__ import annotations

from typing import Any

import httpx

from enrolment.commands import AmendEdition, examples
from enrolment.organiser.addresses import HOME
from enrolment.pages.addresses import PUBLIC
from services.enrolment.tests.organiser.office import EDITION_PAGE, Office, heading
from services.enrolment.tests.organiser.test_documents import EXAMPLE, YAML
from services.enrolment.tests.pages.house import ticket_in
from services.enrolment.tests.season import EDITION, publish
from spn.messaging.admission import Limits

NEW = f"{HOME}/nieuw"


async def checked(office: Office, text: str, path: str = NEW, **more: str) -> httpx.Response:
    """The form, sent to be looked over."""
    return await office.press(path, document=text, step="check", **more)


async def test_an_edition_is_published_after_a_look_at_what_follows(office: Office) -> None:
    preview = await checked(office, EXAMPLE)
    assert heading(preview.text) == "Klopt dit?"
    assert "donderdag 14 januari 2027 om 9.00 uur" in preview.text
    assert "De editie is meteen openbaar" in preview.text
    assert await office.decide() == 0
    sent = await office.post(NEW, ticket=ticket_in(preview.text), document=EXAMPLE, step="send")
    answer = await office.answered(sent)
    assert "is gepubliceerd" in answer.text
    assert "Lerend netwerk 2027" in await office.page(EDITION_PAGE)
    assert (await office.http.get(PUBLIC.to("form", "nl", edition_id=EDITION))).status_code == 200


async def test_a_mistake_is_shown_with_its_line_and_nothing_is_lost(office: Office) -> None:
    text = EXAMPLE.replace("seats: 12", "seats: twaalf").replace("title_en: Learning", "title_fr: Learning")
    line = text.splitlines().index("seats: twaalf") + 1
    page = await checked(office, text)
    assert page.status_code == 422
    assert "Er zijn 3 dingen die niet kloppen" in page.text
    assert f"regel {line}</span> <code>seats</code> Hier hoort een heel getal" in page.text
    assert "<code>title_fr</code> Dit veld bestaat niet" in page.text
    assert '<code class="quoted" dir="auto">seats: twaalf</code>' in page.text
    sent = await office.post(NEW, ticket=ticket_in(page.text), document=EXAMPLE, step="send")
    assert "is gepubliceerd" in (await office.answered(sent)).text


async def test_a_file_is_taken_and_one_that_cannot_be_read_leaves_the_text(office: Office) -> None:
    ticket = ticket_in(await office.page(NEW))
    data = {"form_token": office.form_token, "ticket": ticket, "document": "typed: already", "step": "check"}
    good = await office.http.post(NEW, data=data, files={"file": ("e.yaml", EXAMPLE.encode())})
    assert heading(good.text) == "Klopt dit?"
    bad = await office.http.post(NEW, data=data, files={"file": ("e.yaml", "a: é".encode("latin-1"))})
    assert "Dit is geen UTF-8" in bad.text
    assert "typed: already" in bad.text
    empty = await office.http.post(NEW, data=data, files={"file": ("", b"")})
    assert "typed" in empty.text


async def test_pressing_twice_publishes_once_and_other_answers_are_a_new_form(office: Office) -> None:
    ticket = ticket_in(await office.page(NEW))
    for _ in range(2):
        assert (await office.post(NEW, ticket=ticket, document=EXAMPLE, step="send")).status_code == 303
    other = EXAMPLE.replace("seats: 12", "seats: 13")
    again = await office.post(NEW, ticket=ticket, document=other, step="send")
    assert again.status_code == 422
    assert "al eerder verstuurd" in again.text
    assert "seats: 13" in again.text
    assert ticket_in(again.text) != ticket
    assert await office.decide() == 1


async def test_an_edition_that_is_there_with_other_terms_is_refused_in_the_answer(office: Office) -> None:
    await office.send(publish(2))
    answer = await office.answered(await office.press(NEW, document=EXAMPLE, step="send"))
    assert heading(answer.text) == "Dat kan nu niet"
    assert "al met andere gegevens gepubliceerd" in answer.text


async def test_what_was_typed_survives_an_old_ticket_and_a_rush(office: Office) -> None:
    old = await office.post(NEW, ticket="x", document="kept: yes", step="send")
    assert (old.status_code, "kept: yes" in old.text) == (422, True)
    ticket = ticket_in(old.text)
    office.edge.admission.limits = Limits(backlog_max=0)
    busy = await office.post(NEW, ticket=ticket, document=EXAMPLE, step="send")
    assert (busy.status_code, busy.headers["retry-after"], ticket_in(busy.text)) == (429, "5", ticket)
    assert "title_nl: Lerend netwerk 2027" in busy.text


async def test_a_new_edition_can_begin_from_another(office: Office) -> None:
    await office.send(publish(7))
    page = await office.page(f"{NEW}?from={EDITION}")
    assert "seats: 7" in page
    assert "seats: 7" not in await office.page(f"{NEW}?from=x")
    assert "seats: 7" not in await office.page(f"{NEW}?from=%00'")


async def test_an_amendment_shows_what_changes_and_asks_why(office: Office) -> None:
    await office.opened("anna", "bram", "cora", seats=1)
    path = f"{EDITION_PAGE}/wijzigen"
    page = await office.page(path)
    assert "seats: 1\n" in page
    text = YAML.replace("seats: 12", "seats: 3").replace("unit_price_cents: 25000", "unit_price_cents: 30000")
    without = await checked(office, text, path)
    assert without.status_code == 422
    assert "Schrijf op waarom." in without.text
    assert "seats: 3" in without.text
    preview = await checked(office, text, path, reason="Er kwam ruimte bij.")
    assert heading(preview.text) == "Dit verandert er"
    assert "<del>1</del>" in preview.text
    assert "<ins>3</ins>" in preview.text
    assert "+" not in preview.headers.get("location", "")
    assert "eersten op de wachtlijst: 2." in preview.text
    data = {"document": text, "reason": "Er kwam ruimte bij.", "step": "send", "ticket": ticket_in(preview.text)}
    answer = await office.answered(await office.post(path, **data))
    assert "De editie is gewijzigd" in answer.text
    assert [row[0] for row in await office.rows("SELECT status FROM enrolments ORDER BY number")] == [
        "accepted",
        "offered",
        "offered",
    ]


async def test_two_organisers_cannot_overwrite_each_other(office: Office) -> None:
    await office.opened(seats=2)
    path = f"{EDITION_PAGE}/wijzigen"
    ticket = ticket_in(await office.page(path))
    theirs: dict[str, Any] = {**examples.PUBLISH, "seats": 5, "reason": "Eerder."}
    await office.send(AmendEdition.model_validate(theirs))
    text = YAML.replace("seats: 12", "seats: 9")
    sent = await office.press(path, ticket=ticket, document=text, reason="Later.", step="send")
    answer = await office.answered(sent)
    assert "intussen veranderd" in answer.text
    assert await office.rows("SELECT seats FROM editions") == [(5,)]


async def test_an_amendment_of_nothing_offers_no_button(office: Office) -> None:
    await office.send(publish(12))
    preview = await checked(office, YAML, f"{EDITION_PAGE}/wijzigen", reason="Zomaar.")
    assert "Er verandert niets" in preview.text
    assert 'value="send"' not in preview.text


async def test_the_form_comes_back_from_the_look_at_it(office: Office) -> None:
    preview = await checked(office, EXAMPLE)
    back = await office.post(NEW, ticket=ticket_in(preview.text), document=EXAMPLE, step="edit")
    assert heading(back.text) == "Nieuwe editie"
    assert "seats: 12" in back.text
