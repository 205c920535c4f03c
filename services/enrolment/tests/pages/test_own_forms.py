"""What participants change themselves: a colleague in their place, their details, and being erased."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from markupsafe import escape

from enrolment.commands import ApproveEnrolment, CorrectEnrolment, SubstituteParticipant, WithdrawEnrolment
from enrolment.pages.own_forms import FORMS
from services.enrolment.tests.pages.house import House, about, ticket_in, without_signed
from services.enrolment.tests.pages.test_inviting import NOOR, THEMES
from services.enrolment.tests.season import OPENS, STARTS, request
from spn.messaging.admission import Limits

WIL = {"participant.name": "Wil 't Hart", "participant.email": "wil@bibliotheek.example", "participant.language": "en"}
ANNA = {
    "participant.name": "Anna de Wit",
    "participant.email": "anna@bieb.example",
    "participant.language": "en",
}
SURE = {"erase.sure": "yes"}
FILLED = {
    "gasten": NOOR,
    "laten-overnemen": WIL,
    "gegevens-wijzigen": ANNA,
    "wissen": SURE,
}


def address_of(name: str) -> str:
    return request(name).participant.email


async def sent(house: House, link: str, page: str, **fields: str) -> Any:
    """The form of this page, filled in and sent."""
    form = (await house.http.get(f"{link}/{page}")).text
    return await house.http.post(f"{link}/{page}", data={"ticket": ticket_in(form), **fields})


async def email_of(house: House, enrolment_id: UUID) -> str:
    found: str = await house.pool.fetchval(
        "SELECT email FROM people JOIN enrolments ON person_id = participant_id WHERE enrolment_id = $1", enrolment_id
    )
    return found


async def test_a_colleague_takes_the_place_over_and_the_old_link_keeps_own_data_only(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    said = await house.answered(await sent(house, link, "laten-overnemen", **WIL))
    assert said.status_code == 200
    assert await email_of(house, anna) == "wil@bibliotheek.example"
    old = (await house.http.get(link)).text
    assert "Uw inschrijving is overgenomen" in old
    assert "wil@bibliotheek.example" not in old
    assert "Wil &#39;t Hart" in (await house.http.get(await house.link(anna))).text


async def test_a_colleague_who_has_a_seat_already_is_refused_with_the_reason(house: House) -> None:
    anna, _ = await house.opened("anna", "bram")
    taken = {**WIL, "participant.email": address_of("bram")}
    said = await house.answered(await sent(house, await house.link(anna), "laten-overnemen", **taken))
    assert "Dat kan nu niet" in said.text
    assert await email_of(house, anna) == address_of("anna")


async def test_nobody_hands_over_what_has_begun_has_ended_or_is_still_to_be_chosen(house: House) -> None:
    one, other = await house.opened("anna", "bram", selection=True)
    assert "laten-overnemen" not in (await house.http.get(await house.link(one))).text
    await house.send(ApproveEnrolment.model_validate(about(one, reason="Sterk plan.")))
    link = await house.link(one)
    assert f"{link}/laten-overnemen" in (await house.http.get(link)).text
    house.clock.moment = STARTS
    for page in (link, await house.link(other)):
        assert "laten-overnemen" not in (await house.http.get(page)).text
        assert (await house.http.get(f"{page}/laten-overnemen")).headers["location"] == page


async def test_who_withdraws_is_shown_that_a_colleague_may_come_instead_while_that_is_so(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    assert "laten-overnemen" in (await house.http.get(f"{link}/terugtrekken")).text
    house.clock.moment = STARTS
    assert "laten-overnemen" not in (await house.http.get(f"{link}/terugtrekken")).text


async def test_people_correct_their_own_name_address_and_language(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    form = (await house.http.get(f"{link}/gegevens-wijzigen")).text
    assert f'value="{address_of("anna")}"' in form
    await house.answered(await sent(house, link, "gegevens-wijzigen", **ANNA))
    page = (await house.http.get(await house.link(anna))).text
    assert all(text in page for text in ("Anna de Wit", "anna@bieb.example", "Engels"))


async def test_an_address_of_somebody_else_is_refused_with_the_reason(house: House) -> None:
    anna, _ = await house.opened("anna", "bram")
    taken = {**ANNA, "participant.email": address_of("bram")}
    said = await house.answered(await sent(house, await house.link(anna), "gegevens-wijzigen", **taken))
    assert "Dat kan nu niet" in said.text
    assert await email_of(house, anna) == address_of("anna")


@pytest.mark.parametrize(
    ("page", "field", "said"),
    [
        ("laten-overnemen", "participant.name", "Vul de naam van uw collega in."),
        ("laten-overnemen", "participant.email", "Vul het e-mailadres van uw collega in."),
        ("gegevens-wijzigen", "participant.name", "Vul uw naam in."),
        ("gegevens-wijzigen", "participant.email", "Vul uw e-mailadres in."),
        ("wissen", "erase.sure", "Vink aan dat u uw gegevens wilt laten wissen."),
    ],
)
async def test_what_is_missing_is_said_beside_the_field(house: House, page: str, field: str, said: str) -> None:
    (anna,) = await house.opened("anna")
    left_out = {name: text for name, text in FILLED[page].items() if name != field}
    again = await sent(house, await house.link(anna), page, **left_out)
    assert again.status_code == 422
    assert said in again.text
    assert f'id="{field}.error"' in again.text
    assert await house.decide() == 0


async def test_an_erasure_says_first_what_ends_and_what_it_costs(house: House) -> None:
    (anna,) = await house.opened("anna")
    house.clock.moment = OPENS + timedelta(days=16)
    page = (await house.http.get(f"{await house.link(anna)}/wissen")).text
    assert "uw plaats. Verschuldigd blijft €\u00a02.500,00 excl. btw." in page
    assert "zeven jaar" in page


async def test_an_erasure_that_became_dearer_since_the_page_was_opened_is_shown_again(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    ticket = ticket_in((await house.http.get(f"{link}/wissen")).text)
    house.clock.moment = OPENS + timedelta(days=16)
    again = await house.http.post(f"{link}/wissen", data={"ticket": ticket, **SURE})
    assert again.status_code == 422
    assert "er is nog niets gebeurd" in again.text
    assert "2.500,00" in again.text
    assert await house.decide() == 0


async def test_who_is_erased_sees_the_answer_though_the_link_is_no_more(house: House) -> None:
    (anna,) = await house.opened("anna")
    await house.send(WithdrawEnrolment.model_validate(about(anna)))
    link = await house.link(anna)
    said = await house.answered(await sent(house, link, "wissen", **SURE))
    assert "De gegevens worden gewist" in said.text
    assert f'href="{link}"' not in said.text
    assert await email_of(house, anna) != address_of("anna")
    assert (await house.http.get(link)).status_code == 404


async def test_an_answer_to_anything_else_is_gone_with_the_link(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    renamed = {**ANNA, "participant.email": address_of("anna")}
    answer = (await sent(house, link, "gegevens-wijzigen", **renamed)).headers["location"]
    assert (await house.http.get(answer)).status_code == 200
    await house.decide()
    await house.answered(await sent(house, link, "wissen", **SURE))
    await house.pool.execute("UPDATE enrolments SET link_version = link_version + 1")
    assert (await house.http.get(answer)).status_code == 404


async def test_whoever_was_replaced_may_still_be_erased_and_change_nothing_else(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    colleague = {"name": "Wil", "email": "wil@bibliotheek.example"}
    await house.send(SubstituteParticipant.model_validate(about(anna, participant=colleague)))
    page = (await house.http.get(link)).text
    assert [form.name for form in FORMS if house.desk.addresses.to(form.page, "nl", code=link[6:]) in page] == ["erase"]
    await house.answered(await sent(house, link, "wissen", **SURE))
    assert await house.status(anna) == "accepted"
    assert {row["name"] for row in await house.pool.fetch("SELECT name FROM people")} >= {"gewist", "Wil"}


@pytest.mark.parametrize("page", FILLED)
async def test_when_it_is_too_busy_nothing_that_was_typed_is_lost(house: House, page: str) -> None:
    (anna,) = await house.opened("anna", themes=THEMES)
    link = await house.link(anna)
    ticket = ticket_in((await house.http.get(f"{link}/{page}")).text)
    limits = house.edge.admission.limits
    house.edge.admission.limits = Limits(backlog_max=0)
    full = await house.http.post(f"{link}/{page}", data={"ticket": ticket, **FILLED[page]})
    assert (full.status_code, full.headers["retry-after"], ticket_in(full.text)) == (429, "5", ticket)
    assert "Wat u invulde is bewaard" in full.text
    kept = [text.replace("'", "&#39;") for text in FILLED[page].values()]
    assert all(f'value="{text}"' in full.text for text in kept)
    house.edge.admission.limits = limits
    assert (await house.http.post(f"{link}/{page}", data={"ticket": ticket, **FILLED[page]})).status_code == 303


async def test_a_reason_for_leaving_survives_a_busy_moment(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    ticket = ticket_in((await house.http.get(f"{link}/terugtrekken")).text)
    house.edge.admission.limits = Limits(backlog_max=0)
    full = await house.http.post(f"{link}/terugtrekken", data={"ticket": ticket, "reason": "Andere baan."})
    assert (full.status_code, ticket_in(full.text)) == (429, ticket)
    assert "Andere baan." in full.text


async def test_what_somebody_says_for_themselves_survives_a_database_that_is_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    (anna,) = await house.opened("anna", asks=["goals"])
    link = await house.link(anna)
    ticket = ticket_in((await house.http.get(f"{link}/doelen-en-wensen")).text)

    async def away(*_: object) -> bool:
        raise ConnectionRefusedError

    monkeypatch.setattr("enrolment.needs.changed", away)
    again = await house.http.post(
        f"{link}/doelen-en-wensen", data={"ticket": ticket, "needs.goals": "Beter delegeren."}
    )
    assert (again.status_code, again.headers["retry-after"]) == (503, "2")
    assert "Beter delegeren." in again.text


async def test_the_pages_are_there_in_english(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = (await house.link(anna)).replace("/mijn/", "/en/my/")
    titles = {
        "hand-over": "Hand your enrolment over",
        "correct-data": "Correct your data",
        "erase": "Have your data erased",
    }
    for page, title in titles.items():
        assert title in (await house.http.get(f"{link}/{page}")).text


async def test_what_was_sent_before_a_colleague_took_over_and_is_decided_after_changes_nothing_of_theirs(
    house: House,
) -> None:
    """Two windows: the place is handed over in one, and the address changed in the other before that is decided."""
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    moved = await sent(house, link, "laten-overnemen", **WIL)
    late = await sent(house, link, "gegevens-wijzigen", **ANNA)
    gone = await house.http.post(
        f"{link}/terugtrekken", data={"ticket": ticket_in((await house.http.get(f"{link}/terugtrekken")).text)}
    )
    await house.answered(moved)
    for one in (late, gone):
        assert "intussen veranderd" in (await house.http.get(one.headers["location"])).text
    assert (await email_of(house, anna), await house.status(anna)) == ("wil@bibliotheek.example", "accepted")


async def test_a_page_that_lay_open_does_not_undo_what_was_corrected_meanwhile(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    ticket = ticket_in((await house.http.get(f"{link}/gegevens-wijzigen")).text)
    corrected = {"name": "Anna", "email": address_of("anna"), "language": "en"}
    await house.send(CorrectEnrolment.model_validate(about(anna, participant=corrected, reason="Gebeld.")))
    again = await house.http.post(f"{link}/gegevens-wijzigen", data={"ticket": ticket, **ANNA})
    assert (again.status_code, "er is nog niets gebeurd" in again.text) == (422, True)
    assert await house.decide() == 0


@pytest.mark.parametrize("page", FILLED)
async def test_a_form_that_is_sent_again_after_it_was_decided_leads_to_the_same_answer(house: House, page: str) -> None:
    (anna,) = await house.opened("anna", themes=THEMES)
    link = await house.link(anna)
    data = {"ticket": ticket_in((await house.http.get(f"{link}/{page}")).text), **FILLED[page]}
    first = await house.http.post(f"{link}/{page}", data=data)
    await house.decide()
    again = await house.http.post(f"{link}/{page}", data=data)
    assert (again.status_code, await house.decide()) == (303, 0)
    said = [(await house.http.get(one.headers["location"])).text for one in (first, again)]
    assert without_signed(said[0]) == without_signed(said[1])


async def test_nobody_who_was_erased_comes_back_by_a_correction_or_is_offered_a_link(house: House) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    await house.send(WithdrawEnrolment.model_validate(about(anna)))
    await house.answered(await sent(house, link, "wissen", **SURE))
    back = {"name": "Anna", "email": "anna@bibliotheek.example"}
    await house.send(CorrectEnrolment.model_validate(about(anna, participant=back, reason="Gebeld.")))
    assert (await email_of(house, anna)).endswith("@erased.invalid")
    gone = await house.http.get(link)
    assert (gone.status_code, "nieuwe-link" in gone.text) == (404, False)


async def test_where_an_edition_has_one_language_nobody_is_asked_for_another(house: House) -> None:
    (anna,) = await house.opened("anna", themes=THEMES, languages=["nl"])
    link = await house.link(anna)
    for page, fields in FILLED.items():
        form = (await house.http.get(f"{link}/{page}")).text
        assert ".language" not in form
        if page in ("gasten", "laten-overnemen"):
            data = {name: text for name, text in fields.items() if not name.endswith("language")}
            sent_now = await house.http.post(f"{link}/{page}", data={"ticket": ticket_in(form), **data})
            assert sent_now.status_code == 303


@pytest.mark.parametrize("page", [*FILLED, "terugtrekken", "doelen-en-wensen", "leerlijn/thema-narrative"])
async def test_while_nobody_is_let_in_a_form_comes_back_to_be_sent_again_with_all_that_was_typed(
    house: House, page: str
) -> None:
    (anna,) = await house.opened("anna", themes=THEMES, asks=["goals"])
    link = await house.link(anna)
    ticket = ticket_in((await house.http.get(f"{link}/{page}")).text)
    house.edge.admission.limits = Limits(requests_max=0)
    typed = {"ticket": ticket, "needs.goals": "Beter <delegeren>.", **FILLED.get(page, {})}
    busy = await house.http.post(f"{link}/{page}", data=typed)
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "1")
    assert f'action="{link}/{page}"' in busy.text
    assert all(f'name="{name}" value="{escape(text)}"' in busy.text for name, text in typed.items())


async def test_a_database_that_is_away_gives_a_form_back_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    (anna,) = await house.opened("anna")
    link = await house.link(anna)
    data = {"ticket": ticket_in((await house.http.get(f"{link}/laten-overnemen")).text), **WIL}

    async def away(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("enrolment.pages.opened.enrolment_now", away)
    busy = await house.http.post(f"{link}/laten-overnemen", data=data)
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "2")
    assert 'value="wil@bibliotheek.example"' in busy.text
