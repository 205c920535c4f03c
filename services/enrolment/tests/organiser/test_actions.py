"""What an organiser does about enrolments and editions, in the browser."""

from __future__ import annotations

from datetime import timedelta

import pytest

from enrolment.commands import LeaveList, WithdrawEnrolment
from services.enrolment.tests.organiser.office import EDITION_PAGE, Office, enrolment_page, heading
from services.enrolment.tests.pages.house import about, ticket_in
from services.enrolment.tests.season import EDITION, OFFER_HOURS, OPENS, publish, request
from spn.messaging.admission import Limits

LAST = "SELECT what, who, reason FROM journal ORDER BY entry DESC LIMIT 1"
SELECTION = {"selection": True, "asks": ["motivation"]}


async def selecting(office: Office, *names: str, seats: int = 1) -> list[str]:
    """An edition with a choice among these requests; their pages."""
    await office.send(publish(seats, **SELECTION))
    office.clock.moment = OPENS
    for name in names:
        await office.send(request(name, motivation=f"Ik ben {name}."))
    return [enrolment_page(row[0]) for row in await office.rows("SELECT enrolment_id FROM enrolments ORDER BY number")]


async def test_a_request_is_chosen_with_a_reason_and_the_journal_says_who(office: Office) -> None:
    anna, bram = await selecting(office, "anna", "bram")
    page = await office.page(EDITION_PAGE)
    assert "Ik ben anna." in page
    confirm = await office.page(f"{anna}/kiezen")
    assert "krijgt meteen een plaats" in confirm
    answer = await office.done(f"{anna}/kiezen", reason="Sterk verhaal.")
    assert heading(answer) == "Er is een plaats"
    assert await office.rows(LAST) == [("accepted", "u-organiser", "Sterk verhaal.")]
    assert "komt op de wachtlijst" in await office.page(f"{bram}/kiezen")
    answer = await office.done(f"{bram}/kiezen", reason="Ook goed.")
    assert heading(answer) == "Op de wachtlijst gezet"


async def test_a_request_is_not_chosen_and_the_reason_stays_here(office: Office) -> None:
    (anna,) = await selecting(office, "anna")
    assert "deze keer niet is gekozen" in await office.page(f"{anna}/niet-kiezen")
    answer = await office.done(f"{anna}/niet-kiezen", reason="Te kort directeur.")
    assert "De aanvraag is afgewezen." in answer
    assert "Te kort directeur." in await office.page(anna)


async def test_without_a_reason_it_is_asked_for_and_what_was_typed_stays(office: Office) -> None:
    _, bram = await office.opened("anna", "bram", seats=1)
    path = enrolment_page(bram, "verplaatsen")
    page = await office.press(path, position="eerste", reason="")
    assert page.status_code == 422
    assert "Schrijf op waarom." in page.text
    assert "Vul een heel getal in, vanaf 1." in page.text
    assert 'value="eerste"' in page.text
    assert heading(page.text) == "Een andere plek op de wachtlijst?"
    long = await office.press(path, position="1", reason="x" * 1_001)
    assert "Gebruik ten hoogste 1000 tekens." in long.text
    assert await office.decide() == 0


async def test_somebody_is_moved_in_the_line(office: Office) -> None:
    _, _, cora, dirk = await office.opened("anna", "bram", "cora", "dirk", seats=1)
    path = enrolment_page(dirk, "verplaatsen")
    assert "staat nu op plek 3 van 3" in await office.page(path)
    assert "op plaats 1 van de wachtlijst" in await office.done(path, position="1", reason="Fout van ons.")
    page = await office.page(EDITION_PAGE)
    line = page[page.index('id="line"') : page.index('id="guests"')]
    assert line.index("Dirk") < line.index("Bram") < line.index("Cora")
    assert "Plek 3 op de wachtlijst" in await office.page(enrolment_page(cora))


async def test_a_seat_is_offered_by_hand_and_says_whom_it_passes(office: Office) -> None:
    anna, _, cora = await office.opened("anna", "bram", "cora", seats=1)
    await office.done(f"{EDITION_PAGE}/sluiten")
    await office.send(WithdrawEnrolment.model_validate(about(anna)))
    path = enrolment_page(cora, "aanbieden")
    page = await office.page(path)
    assert "vóór wie eerder in de rij staat (1)" in page
    assert "zondag 17 januari 2027 om 10.00 uur" in page
    assert "De plaats is aangeboden." in await office.done(path, reason="Woont dichtbij.")
    assert await office.status(cora) == "offered"
    assert await office.rows(LAST) == [("seat-offered", "u-organiser", "Woont dichtbij.")]
    assert "aangenomen" in await office.done(enrolment_page(cora, "aannemen"))
    assert await office.status(cora) == "accepted"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "Er is niets verschuldigd"),
        (16, "Verschuldigd blijft 50 % van de prijs van € 5.000,00: € 2.500,00 excl. btw"),
        (44, "De hele prijs blijft verschuldigd: € 5.000,00 excl. btw"),
    ],
)
async def test_withdrawing_for_somebody_shows_what_it_costs(office: Office, days: int, said: str) -> None:
    (anna,) = await office.opened("anna")
    office.clock.moment = OPENS + timedelta(days=days)
    path = enrolment_page(anna, "terugtrekken")
    assert said.replace("€ ", "€\u00a0") in await office.page(path)
    assert "teruggetrokken" in await office.done(path, reason="Belde zelf.")
    assert await office.rows(LAST) == [("withdrawn", "u-organiser", "Belde zelf.")]


async def test_a_withdrawal_that_became_dearer_is_shown_anew(office: Office) -> None:
    (anna,) = await office.opened("anna")
    path = enrolment_page(anna, "terugtrekken")
    ticket = ticket_in(await office.page(path))
    office.clock.moment = OPENS + timedelta(days=16)
    again = await office.press(path, ticket=ticket, reason="Belde zelf.")
    assert again.status_code == 422
    assert "er is nog niets gebeurd" in again.text
    assert "Belde zelf." in again.text
    assert await office.decide() == 0


async def test_an_offer_that_is_over_can_be_declined_but_neither_accepted_nor_taken_over(office: Office) -> None:
    anna, bram = await office.opened("anna", "bram", seats=1)
    await office.send(WithdrawEnrolment.model_validate(about(anna)))
    ways = {word: enrolment_page(bram, word) for word in ("aannemen", "overnemen", "afwijzen")}
    page = await office.page(enrolment_page(bram))
    assert all(f'"{way}"' in page for way in ways.values())
    office.clock.moment = OPENS + timedelta(hours=OFFER_HOURS)
    page = await office.page(enrolment_page(bram))
    assert [word for word, way in ways.items() if f'"{way}"' in page] == ["afwijzen"]


async def test_a_colleague_takes_over_and_details_are_corrected(office: Office) -> None:
    (anna,) = await office.opened("anna")
    new = {"participant__name": "Cora van 't Hof", "participant__email": "cora@bieb.example"}
    answer = await office.done(enrolment_page(anna, "overnemen"), participant__language="en", **new)
    assert "overgenomen door een collega" in answer
    path = enrolment_page(anna, "corrigeren")
    page = await office.page(path)
    assert 'value="cora@bieb.example"' in page
    bad = await office.press(path, participant__name="", participant__email="cora@", reason="Tikfout.")
    assert "Vul de naam in." in bad.text
    assert "Vul een volledig e-mailadres in" in bad.text
    fixed = {"participant__name": "Cora van der Hof", "participant__email": "cora@bieb.example"}
    answer = await office.done(path, participant__language="nl", reason="Tikfout.", **fixed)
    assert "De gegevens zijn gecorrigeerd." in answer
    assert heading(await office.page(enrolment_page(anna))) == "Cora van der Hof"
    assert "Anna" in await office.page(enrolment_page(anna))


async def test_a_fresh_personal_link_is_sent_for_somebody_who_lost_theirs(office: Office) -> None:
    (anna,) = await office.opened("anna")
    path = enrolment_page(anna, "nieuwe-link")
    assert "Eerdere links werken dan niet meer." in await office.page(path)
    assert "nieuwe persoonlijke link verstuurd" in await office.done(path, reason="Kwijt.")
    assert await office.rows(LAST) == [("link-sent", "u-organiser", "Kwijt.")]
    assert "Nieuwe persoonlijke link gestuurd" in await office.page(enrolment_page(anna))


async def test_who_acted_on_what_has_changed_since_is_told_so(office: Office) -> None:
    _, bram = await office.opened("anna", "bram", seats=1)
    path = enrolment_page(bram, "verplaatsen")
    ticket = ticket_in(await office.page(path))
    await office.send(LeaveList.model_validate(about(bram)))
    answer = await office.answered(await office.press(path, ticket=ticket, position="1", reason="Toch."))
    assert heading(answer.text) == "Dat kan nu niet"
    assert "intussen veranderd" in answer.text


async def test_the_button_pressed_twice_is_one_command_and_other_words_are_another(office: Office) -> None:
    (anna,) = await selecting(office, "anna")
    path = f"{anna}/kiezen"
    ticket = ticket_in(await office.page(path))
    sent = [await office.press(path, ticket=ticket, reason="Ja.") for _ in range(2)]
    assert [one.status_code for one in sent] == [303, 303]
    other = await office.press(path, ticket=ticket, reason="Nee, toch.")
    assert (other.status_code, "al eerder verstuurd" in other.text) == (422, True)
    assert await office.decide() == 1
    assert heading((await office.http.get(sent[1].headers["location"])).text) == "Er is een plaats"


async def test_when_it_is_busy_the_reason_stays_and_the_same_form_goes_again(office: Office) -> None:
    (anna,) = await selecting(office, "anna")
    path = f"{anna}/kiezen"
    ticket = ticket_in(await office.page(path))
    office.edge.admission.limits = Limits(backlog_max=0)
    busy = await office.press(path, ticket=ticket, reason="Sterk verhaal.")
    assert (busy.status_code, busy.headers["retry-after"], ticket_in(busy.text)) == (429, "5", ticket)
    assert "Sterk verhaal." in busy.text


async def test_an_edition_is_closed_and_cancelled_after_what_follows_was_shown(office: Office) -> None:
    anna, bram = await office.opened("anna", "bram", seats=1)
    assert "Wie wacht (1) blijft" in await office.page(f"{EDITION_PAGE}/sluiten")
    assert "De inschrijving is gesloten." in await office.done(f"{EDITION_PAGE}/sluiten")
    page = await office.page(f"{EDITION_PAGE}/annuleren")
    assert "Wie een plaats heeft (1)" in page
    assert (await office.press(f"{EDITION_PAGE}/annuleren", reason=" ")).status_code == 422
    assert "geannuleerd" in await office.done(f"{EDITION_PAGE}/annuleren", reason="Te weinig.")
    assert [await office.status(one) for one in (anna, bram)] == ["withdrawn", "closed"]
    assert "/annuleren" not in await office.page(EDITION_PAGE)


async def test_a_declined_seat_is_said_to_pass_on_only_while_the_edition_is_open(office: Office) -> None:
    anna, bram, _ = await office.opened("anna", "bram", "cora", seats=1)
    await office.send(WithdrawEnrolment.model_validate(about(anna)))
    path = enrolment_page(bram, "afwijzen")
    assert "gaat meteen naar de volgende" in await office.page(path)
    await office.done(f"{EDITION_PAGE}/sluiten")
    page = await office.page(path)
    assert "De plaats van Bram komt vrij." in page
    assert "gaat meteen" not in page


async def test_opening_early_says_that_it_opens_by_itself(office: Office) -> None:
    await office.send(publish(2))
    assert "opent vanzelf op donderdag 14 januari 2027" in await office.page(f"{EDITION_PAGE}/openen")
    assert heading(await office.done(f"{EDITION_PAGE}/openen")) == "Er is niets veranderd"
    office.clock.moment = OPENS
    assert heading(await office.done(f"{EDITION_PAGE}/openen")) == "Het is gelukt"


async def test_what_makes_no_sense_leads_back_and_what_is_not_there_is_said(office: Office) -> None:
    (anna,) = await office.opened("anna")
    for word in ("kiezen", "aanbieden", "van-de-lijst"):
        answer = await office.http.get(enrolment_page(anna, word))
        assert (answer.status_code, answer.headers["location"]) == (303, enrolment_page(anna))
    back = await office.http.get(f"{EDITION_PAGE}/openen")
    assert (back.status_code, back.headers["location"]) == (303, EDITION_PAGE)
    nowhere = ("/organisatie/inschrijvingen/x", f"/organisatie/inschrijvingen/{'0' * 32}", "/organisatie/edities/X'")
    for path in (*nowhere, enrolment_page(anna, "iets"), f"{EDITION_PAGE}/iets", f"{EDITION_PAGE}/antwoord/x"):
        await office.page(path, 404)
    assert (await office.post(enrolment_page(anna, "iets"))).status_code == 404
    assert (await office.post(f"{EDITION_PAGE}/iets")).status_code == 404


async def test_an_answer_is_seen_under_its_own_enrolment_only(office: Office) -> None:
    anna, bram = await selecting(office, "anna", "bram")
    sent = await office.press(f"{anna}/kiezen", reason="Ja.")
    name = sent.headers["location"].rpartition("/")[2]
    await office.page(f"{bram}/antwoord/{name}", 404)
    await office.page(f"{EDITION_PAGE}/antwoord/{name}", 404)


async def test_in_english_it_is_the_same(office: Office) -> None:
    (anna,) = await office.opened("anna")
    path = f"/en/organisers/enrolments/{anna}/withdraw"
    assert "Nothing is owed" in await office.page(path)
    assert "withdrawn" in await office.done(path)
    assert "No longer in the running" in await office.page(f"/en/organisers/editions/{EDITION}")


@pytest.mark.parametrize("length", [1, 61, 200])
async def test_however_long_a_subject_is_the_journal_names_it(office: Office, length: int) -> None:
    subject = "u" * length
    office.log_in("organiser", subject=subject)
    (anna,) = await selecting(office, "anna")
    await office.done(f"{anna}/kiezen", reason="Ja.")
    ((_, who, _),) = await office.rows(LAST)
    assert who == subject
