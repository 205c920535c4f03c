"""The personal learning track: written by its owner, shared as its owner says, on no topic, and deleted in time."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from enrolment import needs, reflections
from enrolment.commands import SendLink, SubstituteParticipant, WithdrawEnrolment
from services.enrolment.tests.pages.house import House, about, ticket_in
from services.enrolment.tests.season import EDITION, OPENS

GOALS_GO = datetime.fromisoformat("2029-03-12T00:00:00+01:00")
TEXT = "Ik vertel <b>te veel</b> en luister te weinig."
THEME = "thema-narrative"


async def two(house: House, **terms: Any) -> tuple[UUID, UUID]:
    """Two who take part in an edition that asks for goals."""
    anna, bram = await house.opened("anna", "bram", **{"asks": ["goals"], **terms})
    return anna, bram


async def wrote(house: House, link: str, part: str = THEME, text: str = TEXT, shared_with: str = "nobody") -> Any:
    form = (await house.http.get(f"{link}/leerlijn/{part}")).text
    data = {"ticket": ticket_in(form), "text": text, "shared_with": shared_with}
    return await house.http.post(f"{link}/leerlijn/{part}", data=data)


async def gave_goals(house: House, link: str, text: str) -> None:
    ticket = ticket_in((await house.http.get(f"{link}/doelen-en-wensen")).text)
    await house.http.post(f"{link}/doelen-en-wensen", data={"ticket": ticket, "needs.goals": text})


async def coach_page(house: House, link: str) -> Any:
    page = (await house.http.get(f"{link}/leerlijn")).text
    address = page.split('class="code" href="')[1].split('"')[0]
    return await house.http.get(address.removeprefix("https://lerend-netwerk.example"))


async def test_who_takes_part_writes_and_reads_it_again(house: House) -> None:
    anna, _ = await two(house)
    link = await house.link(anna)
    assert f"{link}/leerlijn" in (await house.http.get(link)).text
    assert (await wrote(house, link)).headers["location"] == f"{link}/leerlijn#{THEME}"
    page = (await house.http.get(f"{link}/leerlijn")).text
    assert "Ik vertel &lt;b&gt;te veel&lt;/b&gt; en luister te weinig." in page
    assert "Te zien voor: alleen uzelf." in page
    assert "12\u00a0maart 2029" in page
    data = json.loads((await house.http.get(f"{link}/gegevens")).text)
    assert [(one["part"], one["text"]) for one in data["learning_track"]] == [("theme:narrative", TEXT)]


async def test_what_is_emptied_is_deleted(house: House) -> None:
    anna, _ = await two(house)
    link = await house.link(anna)
    await wrote(house, link)
    await wrote(house, link, text=" ")
    assert await house.pool.fetchval("SELECT count(*) FROM reflections") == 0


@pytest.mark.parametrize(("shared_with", "sees_coach", "sees_group"), [
    ("nobody", False, False),
    ("coach", True, False),
    ("cohort", True, True),
])  # fmt: skip
async def test_it_is_seen_by_whom_its_owner_shares_it_with_and_by_nobody_else(
    house: House, shared_with: str, sees_coach: bool, sees_group: bool
) -> None:
    anna, bram = await two(house)
    link = await house.link(anna)
    await wrote(house, link, text="Gemerkt woord.", shared_with=shared_with)
    coach = await coach_page(house, link)
    assert coach.status_code == 200
    assert ("Gemerkt woord." in coach.text) is sees_coach
    others = (await house.http.get(f"{await house.link(bram)}/leerlijn")).text
    assert ("Gemerkt woord." in others) is sees_group
    assert "Gemerkt woord." not in (await house.http.get(await house.link(bram))).text


async def test_goals_are_seen_with_the_progress_once_their_owner_shares_them(house: House) -> None:
    anna, bram = await two(house)
    link, other = await house.link(anna), await house.link(bram)
    await gave_goals(house, link, "Beter delegeren.")
    assert "Beter delegeren." not in (await coach_page(house, link)).text
    await wrote(house, link, "doelen", "Al half.", "coach")
    shared = (await coach_page(house, link)).text
    assert all(text in shared for text in ("Beter delegeren.", "Al half."))
    assert "Beter delegeren." not in (await house.http.get(f"{other}/leerlijn")).text
    await wrote(house, link, "doelen", "", "cohort")
    page = (await house.http.get(f"{other}/leerlijn")).text
    assert ("Beter delegeren." in page, "Al half." in page) == (True, False)


async def test_what_is_shared_with_the_group_stays_in_its_edition(house: House) -> None:
    anna, _ = await two(house)
    await wrote(house, await house.link(anna), text="Gemerkt woord.", shared_with="cohort")
    async with house.pool.acquire() as connection:
        found = [await reflections.of_cohort(connection, edition, UUID(int=0), OPENS) for edition in (EDITION, "other")]
    assert [len(some) for some in found] == [1, 0]


async def test_a_coach_sees_nothing_but_what_is_shared(house: House) -> None:
    anna, _ = await two(house)
    link = await house.link(anna)
    page = (await coach_page(house, link)).text
    assert "Er is op dit moment niets met u gedeeld." in page
    assert "anna@bibliotheek.example" not in page
    assert link not in page


@pytest.mark.parametrize("how", ["a fresh link", "a colleague", "a withdrawal"])
async def test_the_coachs_link_ends_with(house: House, how: str) -> None:
    anna, _ = await two(house)
    link = await house.link(anna)
    page = (await house.http.get(f"{link}/leerlijn")).text
    coach = page.split('class="code" href="')[1].split('"')[0].removeprefix("https://lerend-netwerk.example")
    assert (await house.http.get(coach)).status_code == 200
    colleague = {"name": "Cora", "email": "cora@bibliotheek.example"}
    await house.send({
        "a fresh link": SendLink.model_validate(about(anna)),
        "a colleague": SubstituteParticipant.model_validate(about(anna, participant=colleague)),
        "a withdrawal": WithdrawEnrolment.model_validate(about(anna)),
    }[how])  # fmt: skip
    gone = await house.http.get(coach)
    assert (gone.status_code, "Vraag de deelnemer om een nieuwe link" in gone.text) == (404, True)


async def test_a_link_of_a_coach_opens_no_page_of_the_participant_and_the_other_way_round(house: House) -> None:
    anna, _ = await two(house)
    link = await house.link(anna)
    page = (await house.http.get(f"{link}/leerlijn")).text
    coach = page.split('class="code" href="')[1].split('"')[0].rsplit("/", 1)[1]
    assert (await house.http.get(f"/mijn/{coach}")).status_code == 404
    assert (await house.http.get(f"/mijn/{coach}/leerlijn")).status_code == 404
    assert (await house.http.get(f"/coach/{link[6:]}")).status_code == 404


async def test_whoever_takes_over_sees_nothing_of_it_and_the_owner_keeps_it(house: House) -> None:
    anna, bram = await two(house)
    link = await house.link(anna)
    await wrote(house, link, text="Gemerkt woord.", shared_with="cohort")
    colleague = {"name": "Cora", "email": "cora@bibliotheek.example"}
    await house.send(SubstituteParticipant.model_validate(about(anna, participant=colleague)))
    new = await house.link(anna)
    for page in (f"{new}/leerlijn", f"{new}/gegevens", f"{await house.link(bram)}/leerlijn"):
        assert "Gemerkt woord." not in (await house.http.get(page)).text
    assert (await house.http.get(f"{link}/leerlijn")).headers["location"] == link
    assert "Gemerkt woord." in (await house.http.get(f"{link}/gegevens")).text
    await wrote(house, new, text="Van Cora.")
    assert await house.pool.fetchval("SELECT count(*) FROM reflections") == 2


async def test_what_was_changed_in_another_window_is_shown_first_and_nothing_typed_is_lost(house: House) -> None:
    anna, _ = await two(house)
    link = await house.link(anna)
    old = ticket_in((await house.http.get(f"{link}/leerlijn/{THEME}")).text)
    await wrote(house, link, text="Het eerste.")
    typed = {"text": "Het tweede.", "shared_with": "coach"}
    again = await house.http.post(f"{link}/leerlijn/{THEME}", data={"ticket": old, **typed})
    assert again.status_code == 422
    assert all(text in again.text for text in ("Het eerste.", "Het tweede.", "intussen op een andere plek"))
    sent = {"ticket": ticket_in(again.text), **typed}
    assert (await house.http.post(f"{link}/leerlijn/{THEME}", data=sent)).status_code == 303
    assert await house.pool.fetchval("SELECT text FROM reflections") == "Het tweede."


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": "x" * 4_001, "shared_with": "nobody"}, "Gebruik ten hoogste 4000 tekens."),
        ({"text": "Goed.", "shared_with": "everybody"}, "Kies een van de mogelijkheden."),
        ({"text": "Slecht \u202e.", "shared_with": "nobody"}, "Er staat een teken in"),
    ],
)
async def test_what_is_wrong_is_said_beside_the_field(house: House, fields: dict[str, str], said: str) -> None:
    anna, _ = await two(house)
    again = await wrote(house, await house.link(anna), **fields)
    assert again.status_code == 422
    assert said in again.text
    assert fields["text"] in again.text
    assert await house.pool.fetchval("SELECT count(*) FROM reflections") == 0


async def test_a_form_of_another_part_writes_nothing(house: House) -> None:
    anna, _ = await two(house)
    link = await house.link(anna)
    ticket = ticket_in((await house.http.get(f"{link}/leerlijn/doelen")).text)
    data = {"ticket": ticket, "text": TEXT, "shared_with": "cohort"}
    assert (await house.http.post(f"{link}/leerlijn/{THEME}", data=data)).status_code == 422
    assert await house.pool.fetchval("SELECT count(*) FROM reflections") == 0


async def test_a_part_that_is_not_there_leads_back(house: House) -> None:
    anna, _ = await two(house)
    link = await house.link(anna)
    for part in ("thema-unknown", "x", "theme:narrative"):
        sent = await house.http.get(f"{link}/leerlijn/{part}")
        assert (sent.status_code, sent.headers["location"]) == (303, f"{link}/leerlijn")


async def test_who_has_no_seat_has_no_learning_track(house: House) -> None:
    *_, cora = await house.opened("anna", "bram", "cora")
    link = await house.link(cora)
    assert "/leerlijn" not in (await house.http.get(link)).text
    for page in ("leerlijn", f"leerlijn/{THEME}"):
        assert (await house.http.get(f"{link}/{page}")).status_code == 303


async def test_all_of_it_is_deleted_in_time(house: House) -> None:
    anna, bram = await two(house)
    for one in (anna, bram):
        await wrote(house, await house.link(one))
    async with house.pool.acquire() as connection:
        assert await reflections.sweep(connection, OPENS) == 0
        await house.send(WithdrawEnrolment.model_validate(about(bram)))
        assert await reflections.sweep(connection, OPENS) == 1
        assert await reflections.sweep(connection, GOALS_GO - timedelta(seconds=1)) == 0
        assert await reflections.sweep(connection, GOALS_GO) == 1


async def test_nothing_of_it_is_in_any_event_or_command(house: House) -> None:
    anna, _ = await two(house)
    link = await house.link(anna)
    await wrote(house, link, text="Gemerkt woord.", shared_with="cohort")
    await house.send(SendLink.model_validate(about(anna)))
    rows = await house.pool.fetch("SELECT value FROM outbox")
    assert rows
    assert not any(b"Gemerkt" in row["value"] for row in rows)


async def test_a_busy_moment_loses_nothing_that_was_typed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, _ = await two(house)
    link = await house.link(anna)
    ticket = ticket_in((await house.http.get(f"{link}/leerlijn/{THEME}")).text)

    async def away(*_: object) -> bool:
        raise ConnectionRefusedError

    monkeypatch.setattr("enrolment.reflections.changed", away)
    data = {"ticket": ticket, "text": "Veel werk.", "shared_with": "coach"}
    again = await house.http.post(f"{link}/leerlijn/{THEME}", data=data)
    assert (again.status_code, again.headers["retry-after"]) == (503, "2")
    assert "Veel werk." in again.text


async def test_it_is_there_in_english(house: House) -> None:
    anna, _ = await two(house)
    link = await house.link(anna)
    await wrote(house, link, shared_with="coach")
    english = link.replace("/mijn/", "/en/my/")
    page = (await house.http.get(f"{english}/learning-track")).text
    assert "Seen by: your coach." in page
    assert f"{english}/learning-track/theme-narrative" in page
    form = (await house.http.get(f"{english}/learning-track/theme-narrative")).text
    assert f"{link}/leerlijn/thema-narrative" in form
    assert "What do you take with you from this theme" in form


async def test_the_same_sent_twice_is_kept_once_and_is_no_change_of_somebody_else(house: House) -> None:
    anna, _ = await two(house)
    link = await house.link(anna)
    ticket = ticket_in((await house.http.get(f"{link}/leerlijn/{THEME}")).text)
    data = {"ticket": ticket, "text": TEXT, "shared_with": "coach"}
    for _again in range(2):
        assert (await house.http.post(f"{link}/leerlijn/{THEME}", data=data)).status_code == 303


async def test_a_form_that_lay_open_for_too_long_shows_what_is_there_by_now(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, _ = await two(house)
    link = await house.link(anna)
    old = ticket_in((await house.http.get(f"{link}/leerlijn/{THEME}")).text)
    await wrote(house, link, text="Van een ander venster.")
    monkeypatch.setattr("enrolment.pages.tickets.FORM_SECONDS_MAX", -1)
    data = {"ticket": old, "text": "Van gisteren.", "shared_with": "coach"}
    again = await house.http.post(f"{link}/leerlijn/{THEME}", data=data)
    assert again.status_code == 422
    assert all(text in again.text for text in ("Van een ander venster.", "Van gisteren."))


async def test_what_is_saved_while_its_writer_is_erased_is_not_kept(house: House) -> None:
    """The page was read before, and its turn comes after: an erasure leaves the enrolment completed as it was."""
    anna, _ = await two(house)
    async with house.pool.acquire() as connection:
        person = await connection.fetchval("SELECT participant_id FROM enrolments WHERE enrolment_id = $1", anna)
        await connection.execute("UPDATE enrolments SET link_version = link_version + 1 WHERE enrolment_id = $1", anna)
        given = reflections.Reflection("theme:narrative", TEXT, "cohort", GOALS_GO)
        whose = needs.Whose(anna, person, 0)
        assert await reflections.changed(connection, whose, given, 0) == "gone"
        assert not await needs.changed(connection, whose, [], OPENS)


async def test_goals_shared_without_goals_are_nothing_to_be_seen(house: House) -> None:
    anna, _ = await two(house)
    link = await house.link(anna)
    await wrote(house, link, "doelen", "", "coach")
    assert "Er is op dit moment niets met u gedeeld." in (await coach_page(house, link)).text


async def test_whoever_shares_goals_sees_that_where_they_are_changed(house: House) -> None:
    anna, _ = await two(house)
    link = await house.link(anna)
    assert "deelt u nu" not in (await house.http.get(f"{link}/doelen-en-wensen")).text
    await wrote(house, link, "doelen", "", "cohort")
    page = (await house.http.get(f"{link}/doelen-en-wensen")).text
    assert "Uw doelen deelt u nu in uw leerlijn. Te zien voor: de groep en uw coach." in page


async def test_a_participant_ends_all_links_by_a_button(house: House) -> None:
    anna, _ = await two(house)
    link = await house.link(anna)
    page = (await house.http.get(f"{link}/leerlijn")).text
    coach = page.split('class="code" href="')[1].split('"')[0].removeprefix("https://lerend-netwerk.example")
    sent = await house.http.post(f"{link}/nieuwe-link", data={"ticket": ticket_in(page)})
    assert sent.status_code == 202
    assert await house.decide() == 1
    assert [(await house.http.get(one)).status_code for one in (coach, link)] == [404, 404]


async def test_what_a_former_participant_wrote_goes_when_the_enrolment_ends_otherwise(house: House) -> None:
    anna, _ = await two(house)
    await wrote(house, await house.link(anna))
    colleague = {"name": "Cora", "email": "cora@bibliotheek.example"}
    await house.send(SubstituteParticipant.model_validate(about(anna, participant=colleague)))
    async with house.pool.acquire() as connection:
        assert await reflections.sweep(connection, OPENS) == 0
        await house.send(WithdrawEnrolment.model_validate(about(anna)))
        assert await reflections.sweep(connection, OPENS) == 1
