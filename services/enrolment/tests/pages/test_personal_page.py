"""The personal page: what it shows of an enrolment, and what it does."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from enrolment.commands import (
    AmendEdition,
    CancelEdition,
    CloseEdition,
    DeclineOffer,
    OfferSeat,
    ReorderLine,
    SendLink,
    SubstituteParticipant,
    WithdrawEnrolment,
    examples,
)
from enrolment.links import LIVES
from services.enrolment.tests.pages.house import House, about, ticket_in
from services.enrolment.tests.season import EDITION, OFFER_HOURS, OPENS, request


async def offered(house: House) -> UUID:
    """The second in line, who is offered the only seat."""
    anna, bram = await house.opened("anna", "bram", seats=1)
    await house.send(WithdrawEnrolment.model_validate(about(anna)))
    return bram


async def act(house: House, link: str, word: str, shown: str | None = None, **fields: str) -> Any:
    """Press the button of an action, on the page that shows it."""
    page = (await house.http.get(shown or f"{link}/{word}")).text
    return await house.http.post(f"{link}/{word}", data={"ticket": ticket_in(page), **fields})


async def test_an_accepted_enrolment_says_so_in_a_sentence(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    page = await house.http.get(link)
    assert page.status_code == 200
    assert "U hebt een plaats in Lerend netwerk 2027" in page.text
    assert "You have a seat in Learning network 2027" in (await house.http.get(f"/en/my/{link[6:]}")).text
    assert page.headers["x-robots-tag"].startswith("noindex")


async def test_who_waits_sees_the_place_in_line_and_the_rule(house: House) -> None:
    _, bram, cora = await house.opened("anna", "bram", "cora", seats=1)
    assert "op plaats 1<" in (await house.http.get(await house.link(bram))).text
    page = (await house.http.get(await house.link(cora))).text
    assert "op plaats 2<" in page
    assert "Die heeft 3 dagen om te antwoorden." in page
    assert "Van de wachtlijst af" in page
    assert "Terugtrekken" not in page


async def test_a_seat_is_said_to_pass_on_only_while_somebody_waits_and_it_is_open(house: House) -> None:
    anna, bram, _ = await house.opened("anna", "bram", "cora", seats=1)
    leaving = f"{await house.link(anna)}/terugtrekken"
    assert "gaat dan meteen naar de volgende" in (await house.http.get(leaving)).text
    waits = await house.link(bram)
    assert "bieden wij die aan de eerste op de lijst aan" in (await house.http.get(waits)).text
    await house.send(CloseEdition(edition_id=EDITION))
    page = (await house.http.get(leaving)).text
    assert "De plaats komt dan vrij." in page
    assert "volgende" not in page
    page = (await house.http.get(waits)).text
    assert "gaat niet meer vanzelf naar de volgende" in page
    assert "bieden wij die aan" not in page


async def test_an_offer_that_nobody_waits_for_is_not_said_to_pass_on(house: House) -> None:
    bram = await offered(house)
    link = await house.link(bram)
    for page in (link, f"{link}/afwijzen"):
        assert "volgende" not in (await house.http.get(page)).text
    house.clock.moment = OPENS + timedelta(hours=OFFER_HOURS)
    assert "is voorbij. De plaats komt vrij." in (await house.http.get(link)).text


async def test_the_price_that_was_agreed_is_shown_also_after_an_amendment(house: House) -> None:
    (anna,) = await house.opened("anna")
    lines = [{**examples.PUBLISH["lines"][0], "unit_price_cents": 640_000}]
    await house.send(AmendEdition.model_validate({**examples.AMEND, "lines": lines}))
    page = (await house.http.get(await house.link(anna))).text
    assert "€\u00a05.000,00 excl. btw" in page
    assert "6.400" not in page


async def test_who_was_passed_by_hand_sees_when_and_neither_by_whom_nor_why(house: House) -> None:
    anna, bram, cora, dirk = await house.opened("anna", "bram", "cora", "dirk", seats=1)
    link = await house.link(bram)
    assert "met de hand" not in (await house.http.get(link)).text
    house.clock.moment = datetime(2027, 2, 3, 23, 30, tzinfo=UTC)
    by = {"reason": "Beloofd aan Cora.", "by": "u-organiser"}
    await house.send(ReorderLine.model_validate(about(cora, position=1, **by)))
    await house.send(ReorderLine.model_validate(about(cora, position=3, **by)))
    await house.send(CloseEdition(edition_id=EDITION))
    await house.send(WithdrawEnrolment.model_validate(about(anna)))
    await house.send(OfferSeat.model_validate(about(dirk, **by)))
    page = (await house.http.get(link)).text
    assert "Op 4\u00a0februari 2027 is iemand met de hand voor u geplaatst." in page
    assert "Op 4\u00a0februari 2027 heeft iemand die achter u op de lijst stond met de hand een plaats" in page
    assert not [word for word in ("Cora", "Dirk", "Beloofd", "u-organiser") if word in page]
    english = (await house.http.get(f"/en/my/{link[6:]}")).text
    assert "someone was placed before you by hand" in english
    assert "someone who was behind you on the list was offered a seat by hand" in english
    assert "verder naar achteren" in (await house.http.get(await house.link(cora))).text


async def test_an_offer_is_accepted_with_one_button(house: House) -> None:
    bram = await offered(house)
    link = await house.link(bram)
    page = (await house.http.get(link)).text
    assert "Antwoord vóór zondag 17 januari 2027 om 10.00 uur" in page
    assert "5.000,00" in page
    answer = await house.answered(await act(house, link, "aannemen", shown=link))
    assert "De aangeboden plaats is aangenomen." in answer.text
    assert await house.status(bram) == "accepted"


async def test_the_button_pressed_twice_is_one_command(house: House) -> None:
    bram = await offered(house)
    link = await house.link(bram)
    ticket = ticket_in((await house.http.get(link)).text)
    sent = [await house.http.post(f"{link}/aannemen", data={"ticket": ticket}) for _ in range(2)]
    assert [one.status_code for one in sent] == [303, 303]
    assert await house.decide() == 1


async def test_declining_asks_once_more_and_then_passes_the_seat_on(house: House) -> None:
    bram = await offered(house)
    link = await house.link(bram)
    assert "Ja, plaats afwijzen" in (await house.http.get(f"{link}/afwijzen")).text
    assert await house.status(bram) == "offered"
    answer = await house.answered(await act(house, link, "afwijzen"))
    assert "afgewezen" in answer.text
    assert await house.status(bram) == "declined"


async def test_an_offer_whose_time_is_over_has_no_buttons(house: House) -> None:
    bram = await offered(house)
    link = await house.link(bram)
    house.clock.moment = OPENS + timedelta(hours=OFFER_HOURS)
    page = (await house.http.get(link)).text
    assert "is voorbij" in page
    assert "Plaats aannemen" not in page


async def test_an_acceptance_that_comes_too_late_is_refused_calmly(house: House) -> None:
    bram = await offered(house)
    link = await house.link(bram)
    ticket = ticket_in((await house.http.get(link)).text)
    house.clock.moment = OPENS + timedelta(hours=OFFER_HOURS)
    answer = await house.answered(await house.http.post(f"{link}/aannemen", data={"ticket": ticket}))
    assert answer.status_code == 200
    assert "Het aanbod is verlopen" in answer.text


async def test_who_waits_can_leave_the_list(house: House) -> None:
    _, bram = await house.opened("anna", "bram", seats=1)
    link = await house.link(bram)
    answer = await house.answered(await act(house, link, "verlaten"))
    assert "van de wachtlijst gehaald" in answer.text
    assert "U staat niet meer op de wachtlijst" in (await house.http.get(link)).text


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "betaalt u niets"),
        (16, "50 % van de prijs: € 2.500,00 excl. btw"),
        (44, "de hele prijs: € 5.000,00 excl. btw"),
    ],
)
async def test_what_a_withdrawal_costs_now_is_shown_before_the_click(house: House, days: int, said: str) -> None:
    (anna,) = await house.opened("anna")
    house.clock.moment = OPENS + timedelta(days=days)
    page = (await house.http.get(f"{await house.link(anna)}/terugtrekken")).text
    assert said.replace("€ ", "€\u00a0") in page


async def test_before_a_withdrawal_it_is_said_what_is_deleted_with_the_way_to_keep_it(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    page = (await house.http.get(f"{link}/terugtrekken")).text
    assert "Uw leerlijn, doelen en wensen wissen wij als u zich terugtrekt." in page
    assert f'href="{link}/gegevens" download' in page
    english = (await house.http.get(f"/en/my/{link[6:]}/withdraw")).text
    assert "We delete your learning track, goals and needs when you withdraw." in english


async def test_a_withdrawal_is_decided_with_its_reason_and_what_is_owed_is_shown(house: House) -> None:
    (anna,) = await house.opened("anna")
    house.clock.moment = OPENS + timedelta(days=16)
    link = await house.link(anna)
    answer = await house.answered(await act(house, link, "terugtrekken", reason="Andere baan."))
    assert "Verschuldigd blijft 50 % van de prijs." in answer.text
    assert await house.pool.fetchval("SELECT withdrawal_reason FROM enrolments") == "Andere baan."
    assert "€\u00a02.500,00" in (await house.http.get(link)).text


async def test_a_withdrawal_that_became_dearer_since_the_page_was_opened_is_shown_again(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    ticket = ticket_in((await house.http.get(f"{link}/terugtrekken")).text)
    house.clock.moment = OPENS + timedelta(days=16)
    again = await house.http.post(f"{link}/terugtrekken", data={"ticket": ticket})
    assert again.status_code == 422
    assert "er is nog niets gebeurd" in again.text
    assert "50 % van de prijs" in again.text
    assert await house.decide() == 0


async def test_a_reason_that_cannot_be_taken_is_said_beside_it_and_kept(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    page = await act(house, link, "terugtrekken", reason="x" * 1_001)
    assert page.status_code == 422
    assert "Gebruik ten hoogste 1000 tekens." in page.text
    assert "x" * 1_001 in page.text


async def test_a_button_without_its_ticket_or_with_that_of_another_does_nothing(house: House) -> None:
    anna, bram = await house.opened("anna", "bram")
    link, other = await house.link(anna), await house.link(bram)
    theirs = ticket_in((await house.http.get(f"{other}/terugtrekken")).text)
    for ticket in ("", "x", theirs):
        answer = await house.http.post(f"{link}/terugtrekken", data={"ticket": ticket})
        assert answer.status_code == 422
        assert "er is nog niets gebeurd" in answer.text
    assert await house.decide() == 0


async def test_an_action_that_is_not_possible_leads_back(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    for word in ("aannemen", "afwijzen", "verlaten", "iets-anders"):
        answer = await house.http.get(f"{link}/{word}")
        assert (answer.status_code, answer.headers["location"]) == (303, link)
    assert (await house.http.post(f"{link}/iets-anders", data={"ticket": ""})).status_code == 404


async def test_an_expired_link_opens_nothing_but_the_way_to_a_fresh_one(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna, at=house.clock.now() - LIVES)
    expired = await house.http.get(link)
    assert expired.status_code == 404
    assert "Deze link werkt niet meer" in expired.text
    assert "anna" not in expired.text.lower()
    for word in ("gegevens", "terugtrekken", "antwoord/x"):
        assert (await house.http.get(f"{link}/{word}")).status_code == 404
    assert (await house.http.post(f"{link}/terugtrekken", data={"ticket": ""})).status_code == 404
    ticket = ticket_in(expired.text)
    for _ in range(2):
        sent = await house.http.post(f"{link}/nieuwe-link", data={"ticket": ticket})
        assert sent.status_code == 202
        assert "Kijk in uw mail" in sent.text
    assert await house.decide() == 1
    assert len(await house.bench.told("enrolment.link-sent.v1")) == 1


async def test_a_link_is_as_old_as_the_clock_says_that_dated_it(house: House) -> None:
    (anna,) = await house.opened("anna")
    house.clock.moment = datetime.now(UTC) - 2 * LIVES
    link = await house.link(anna)
    assert (await house.http.get(link)).status_code == 200
    house.clock.moment += LIVES
    assert (await house.http.get(link)).status_code == 404


async def test_a_fresh_link_ends_those_before_it(house: House) -> None:
    (anna,) = await house.opened("anna")
    old = await house.link(anna)
    await house.send(SendLink.model_validate(about(anna)))
    assert (await house.http.get(old)).status_code == 404
    assert (await house.http.get(await house.link(anna))).status_code == 200


async def test_a_link_that_was_never_ours_offers_nothing(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    forged = link[:-1] + ("A" if link[-1] != "A" else "B")
    for code in (forged, "/mijn/" + "a" * 50, "/mijn/x"):
        page = await house.http.get(code)
        assert page.status_code == 404
        assert "<form" not in page.text
        assert (await house.http.post(f"{code}/nieuwe-link", data={"ticket": ""})).status_code == 404


async def test_own_data_can_be_taken_away_as_json(house: House) -> None:
    (anna,) = await house.opened("anna")
    answer = await house.http.get(f"{await house.link(anna)}/gegevens")
    assert answer.headers["content-disposition"] == 'attachment; filename="lerend-netwerk.json"'
    data = json.loads(answer.text)
    assert data["person"] == {"name": "Anna", "email": "anna@bibliotheek.example", "language": "nl"}
    assert (data["enrolment"]["status"], data["enrolment"]["owed_cents"]) == ("accepted", 500_000)
    assert "crediteuren" not in answer.text


async def test_whose_place_was_taken_over_sees_own_data_only_and_can_do_nothing(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    ticket = ticket_in((await house.http.get(f"{link}/terugtrekken")).text)
    by = {"name": "Cora", "email": "cora@bibliotheek.example"}
    await house.send(SubstituteParticipant.model_validate(about(anna, participant=by)))
    page = (await house.http.get(link)).text
    assert "Uw inschrijving is overgenomen" in page
    assert "anna@bibliotheek.example" in page
    assert "cora" not in page.lower()
    assert (await house.http.post(f"{link}/terugtrekken", data={"ticket": ticket})).status_code == 422
    assert await house.decide() == 0
    assert json.loads((await house.http.get(f"{link}/gegevens")).text)["enrolment"] == {"status": "taken-over"}


async def test_the_answer_of_one_is_not_to_be_seen_on_the_page_of_another(house: House) -> None:
    anna, bram = await house.opened("anna", "bram")
    link, other = await house.link(anna), await house.link(bram)
    sent = await act(house, link, "terugtrekken")
    name = sent.headers["location"].rpartition("/")[2]
    assert (await house.http.get(f"{other}/antwoord/{name}")).status_code == 404


async def test_who_had_a_seat_in_a_cancelled_edition_reads_that_it_will_not_take_place(house: House) -> None:
    anna, bram = await house.opened("anna", "bram", seats=1)
    await house.send(CancelEdition(edition_id=EDITION, reason="Te weinig deelnemers."))
    for one in (anna, bram):
        page = (await house.http.get(await house.link(one))).text
        assert "<h1>Lerend netwerk 2027 gaat niet door</h1>" in page
        assert "U bent niets verschuldigd." in page
        assert "teruggetrokken" not in page
        assert "Te weinig" not in page


async def test_who_withdrew_before_the_edition_was_cancelled_still_reads_what_is_owed(house: House) -> None:
    (anna,) = await house.opened("anna")
    house.clock.moment = OPENS + timedelta(days=16)
    await house.send(WithdrawEnrolment.model_validate(about(anna)))
    await house.send(CancelEdition(edition_id=EDITION, reason="Te weinig deelnemers."))
    page = (await house.http.get(await house.link(anna))).text
    assert "gaat niet door" in page
    assert "Wat u nog verschuldigd bent: €\u00a02.500,00 excl. btw." in page


async def test_who_waits_for_a_choice_takes_the_request_back_and_hears_of_no_list(house: House) -> None:
    await house.opened(selection=True, asks=["motivation"])
    await house.send(request("anna", motivation="Ik wil leren."))
    link = await house.link(await house.pool.fetchval("SELECT enrolment_id FROM enrolments"))
    pages = [(await house.http.get(link)).text, (await house.http.get(f"{link}/verlaten")).text]
    assert "Aanvraag intrekken" in pages[0]
    assert "Wilt u uw aanvraag intrekken?" in pages[1]
    pages.append((await house.answered(await act(house, link, "verlaten"))).text)
    assert "De aanvraag is ingetrokken." in pages[2]
    pages.append((await house.http.get(link)).text)
    assert "Uw aanvraag voor Lerend netwerk 2027 is ingetrokken" in pages[3]
    assert not [page for page in pages if "wachtlijst" in page]


@pytest.mark.parametrize("status", ["declined", "left", "withdrawn", "lapsed"])
async def test_every_ending_has_its_sentence(house: House, status: str) -> None:
    bram = await offered(house)
    await house.send(DeclineOffer.model_validate(about(bram)))
    await house.pool.execute("UPDATE enrolments SET status = $1 WHERE enrolment_id = $2", status, bram)
    page = await house.http.get(await house.link(bram))
    assert page.status_code == 200
    assert "Lerend netwerk 2027" in page.text
