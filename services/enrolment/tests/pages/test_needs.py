"""Goals, dietary and access needs: kept apart, shown to their giver alone, counted, and deleted in time."""

from __future__ import annotations

import asyncio
import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from enrolment import needs
from enrolment.commands import (
    ApproveEnrolment,
    CorrectEnrolment,
    InviteGuest,
    LeaveList,
    RejectEnrolment,
    SubstituteParticipant,
    WithdrawEnrolment,
)
from enrolment.needs import counts, sweep
from enrolment.sweeping import sweeping
from services.enrolment.tests.pages.house import ASKS_ALL, FILLED, FORM, OWN_WORDS, SOMEONE, House, about, ticket_in
from services.enrolment.tests.season import OPENS, STARTS
from spn.messaging.policies import Connection
from spn.testing.waiting import eventually

GIVEN = {kind: OWN_WORDS[f"needs.{kind}"] for kind in ("goals", "diet", "access")}
PAGE = "doelen-en-wensen"
COLLEAGUE = {"name": "Cora", "email": "cora@bibliotheek.example"}
DIET_GOES = datetime.fromisoformat("2027-11-07T00:00:00+01:00")
GOALS_GO = datetime.fromisoformat("2029-03-12T00:00:00+01:00")


async def enrolled(house: House, **changes: str) -> UUID:
    """Somebody who asked for a seat and gave all three."""
    if not await house.pool.fetchval("SELECT count(*) FROM editions"):
        await house.opened(**{**ASKS_ALL, "selection": False})
    await house.answered(await house.filled(more=OWN_WORDS, **changes))
    found: UUID = await house.pool.fetchval("SELECT enrolment_id FROM enrolments ORDER BY number DESC LIMIT 1")
    return found


async def kept(house: House, enrolment_id: UUID) -> dict[str, str]:
    rows = await house.pool.fetch("SELECT kind, text FROM needs WHERE enrolment_id = $1", enrolment_id)
    return {row["kind"]: row["text"] for row in rows}


async def swept(house: House, now: datetime = OPENS) -> int:
    async with house.pool.acquire() as connection:
        return await sweep(connection, now)


async def counted(house: House) -> Any:
    async with house.pool.acquire() as connection:
        return await counts(connection, "lerend-netwerk-2027")


async def changed(house: House, link: str, **fields: str) -> Any:
    """Send the page on which needs are changed."""
    page = (await house.http.get(f"{link}/{PAGE}")).text
    dotted = {f"needs.{name}" if name != "do" else name: value for name, value in fields.items()}
    return await house.http.post(f"{link}/{PAGE}", data={"ticket": ticket_in(page), **dotted})


async def test_what_a_participant_says_is_kept_under_the_id_that_the_decision_makes(house: House) -> None:
    assert await kept(house, await enrolled(house)) == GIVEN
    rows = await house.pool.fetch("SELECT kind, consent_at, delete_after, created_at FROM needs")
    assert {row["kind"]: row["consent_at"] for row in rows} == {"goals": None, "diet": OPENS, "access": OPENS}
    assert {row["kind"]: row["delete_after"] for row in rows} == {
        "goals": GOALS_GO,
        "diet": DIET_GOES,
        "access": DIET_GOES,
    }


async def test_without_consent_or_from_somebody_else_nothing_is_kept(house: House) -> None:
    await house.opened(**ASKS_ALL)
    again = await house.filled(more={**OWN_WORDS, "needs.consent": ""})
    assert again.status_code == 422
    assert "Vink aan dat wij" in again.text
    assert OWN_WORDS["needs.diet"] in again.text
    assert (await house.filled(more={**OWN_WORDS, **SOMEONE})).status_code == 303
    assert await house.pool.fetchval("SELECT count(*) FROM needs") == 0


async def test_the_same_form_sent_again_with_other_needs_says_that_it_was_sent(house: House) -> None:
    await house.opened(**ASKS_ALL)
    data = {**FILLED, **OWN_WORDS, "ticket": await house.ticket()}
    assert [(await house.http.post(FORM, data=data)).status_code for _ in range(2)] == [303, 303]
    again = await house.http.post(FORM, data={**data, "needs.diet": "Toch wel noten."})
    assert "is al eerder verstuurd" in again.text
    assert await house.pool.fetchval("SELECT text FROM needs WHERE kind = 'diet'") == GIVEN["diet"]


async def test_a_request_of_somebody_who_is_enrolled_already_changes_none_of_their_needs(house: House) -> None:
    one = await enrolled(house)
    await house.answered(await house.filled(more=OWN_WORDS, needs__diet="Van een ander."))
    assert await kept(house, one) == GIVEN
    assert "Van een ander" not in (await house.http.get(await house.link(one))).text
    assert await swept(house, OPENS + timedelta(hours=23)) == 0
    assert await swept(house, OPENS + timedelta(days=1)) == 3
    assert await kept(house, one) == GIVEN


async def test_the_personal_page_and_the_file_have_them(house: House) -> None:
    link = await house.link(await enrolled(house))
    page = (await house.http.get(link)).text
    for text in (*GIVEN.values(), "Wordt gewist op 7\u00a0november 2027.", "Wordt gewist op 12\u00a0maart 2029."):
        assert text in page
    data = json.loads((await house.http.get(f"{link}/gegevens")).text)["enrolment"]
    assert {one["kind"]: one["text"] for one in data["needs"]} == GIVEN
    assert data["motivation"] == OWN_WORDS["motivation"]


async def test_they_are_changed_and_deleted_on_the_personal_page(house: House) -> None:
    one = await enrolled(house)
    link = await house.link(one)
    shown = (await house.http.get(f"{link}/{PAGE}")).text
    assert all(text in shown for text in GIVEN.values())
    sent = await changed(house, link, goals="Anders\r\nkijken.", diet="", access="Een zaal beneden.", consent="yes")
    assert (sent.status_code, sent.headers["location"]) == (303, f"{link}#needs")
    assert await kept(house, one) == {"goals": "Anders\nkijken.", "access": "Een zaal beneden."}
    refused = await changed(house, link, goals="x", diet="Vis.")
    assert refused.status_code == 422
    assert "Vink aan dat wij" in refused.text
    assert "Vis." in refused.text
    await changed(house, link, do="delete", goals="x")
    assert await kept(house, one) == {}
    assert "U hebt nog niets opgegeven." in (await house.http.get(link)).text


async def test_a_change_needs_its_link_and_its_ticket(house: House) -> None:
    one = await enrolled(house)
    other = await enrolled(house, participant__email="other@bibliotheek.example")
    link = await house.link(one)
    theirs = ticket_in((await house.http.get(f"{await house.link(other)}/{PAGE}")).text)
    for ticket in ("", "x", theirs):
        again = await house.http.post(f"{link}/{PAGE}", data={"ticket": ticket, "needs.goals": "x"})
        assert again.status_code == 422
    assert (await house.http.post(f"/mijn/nobody/{PAGE}", data={"ticket": ""})).status_code == 404
    sent = {"ticket": theirs, "needs.goals": "x"}
    cross = await house.http.post(f"{link}/{PAGE}", data=sent, headers={"sec-fetch-site": "cross-site"})
    assert cross.status_code == 403
    assert await kept(house, one) == GIVEN


async def test_two_changes_at_once_leave_one_of_them(house: House) -> None:
    one = await enrolled(house)
    link = await house.link(one)
    await changed(house, link, do="delete")
    sent = await asyncio.gather(*(changed(house, link, goals=text) for text in ("a", "b", "c", "d")))
    assert [answer.status_code for answer in sent] == [303] * 4
    assert (await kept(house, one))["goals"] in "abcd"


async def test_who_takes_over_sees_nothing_of_it_and_it_is_gone(house: House) -> None:
    one = await enrolled(house)
    former = await house.link(one)
    page = (await house.http.get(f"{former}/{PAGE}")).text
    await house.send(SubstituteParticipant.model_validate(about(one, participant=COLLEAGUE)))
    link = await house.link(one)
    for place in (link, f"{link}/gegevens", f"{link}/{PAGE}", former, f"{former}/gegevens"):
        text = (await house.http.get(place)).text
        assert not [word for word in GIVEN.values() if word in text]
    assert await counted(house) == {"diet": 0, "access": 0}
    late = await house.http.post(f"{former}/{PAGE}", data={"ticket": ticket_in(page), "needs.goals": "Nog iets."})
    assert late.status_code == 303
    assert "Nog iets." not in (await kept(house, one)).values()
    assert await swept(house) == 3
    await changed(house, link, goals="Van Cora.")
    assert await swept(house) == 0
    assert await kept(house, one) == {"goals": "Van Cora."}


async def test_a_change_that_meets_a_substitution_under_way_is_the_former_participant_s_no_more(house: House) -> None:
    one = await enrolled(house)
    cora = await house.pool.fetchval(
        "INSERT INTO people VALUES (gen_random_uuid(), 'cora@b.example', 'Cora', 'nl') RETURNING person_id"
    )
    anna = await house.pool.fetchval("SELECT participant_id FROM enrolments WHERE enrolment_id = $1", one)
    waits = "SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with house.pool.acquire() as pipeline, house.pool.acquire() as page, page.transaction():
        async with pipeline.transaction():
            await pipeline.execute("UPDATE enrolments SET participant_id = $1 WHERE enrolment_id = $2", cora, one)
            change = asyncio.create_task(needs.changed(page, needs.Whose(one, anna, 0), (), OPENS))
            await eventually(lambda: house.pool.fetchval(waits), "the change waits", seconds=10, every=0.02)
        assert await change is False
    assert await kept(house, one) == GIVEN


async def test_who_takes_part_again_after_a_colleague_begins_anew(house: House) -> None:
    one = await enrolled(house)
    for participant in (COLLEAGUE, {"name": FILLED["participant.name"], "email": FILLED["participant.email"]}):
        await house.send(SubstituteParticipant.model_validate(about(one, participant=participant)))
    assert GIVEN["diet"] not in (await house.http.get(await house.link(one))).text
    assert await swept(house) == 3


async def test_another_address_of_the_same_person_changes_nothing(house: House) -> None:
    one = await enrolled(house)
    corrected = {"participant": {"name": "Marieke", "email": "new@bibliotheek.example"}, "reason": "Trouwde."}
    await house.send(CorrectEnrolment.model_validate(about(one, **corrected)))
    assert GIVEN["diet"] in (await house.http.get(await house.link(one))).text
    assert await swept(house) == 0


async def test_they_are_deleted_on_their_day_and_not_before(house: House) -> None:
    one = await enrolled(house)
    for moment, left in (
        (DIET_GOES - timedelta(milliseconds=1), {"goals", "diet", "access"}),
        (DIET_GOES, {"goals"}),
        (GOALS_GO - timedelta(milliseconds=1), {"goals"}),
        (GOALS_GO, set()),
    ):
        await swept(house, moment)
        assert set(await kept(house, one)) == left


async def test_after_their_day_nobody_is_asked_for_them_again(house: House) -> None:
    one = await enrolled(house)
    house.clock.moment = DIET_GOES
    page = (await house.http.get(f"{await house.link(one)}/{PAGE}")).text
    assert 'name="needs.goals"' in page
    assert 'name="needs.diet"' not in page
    house.clock.moment = GOALS_GO
    assert (await house.http.get(f"{await house.link(one)}/{PAGE}")).status_code == 303


@pytest.mark.parametrize("ending", [LeaveList, RejectEnrolment, WithdrawEnrolment])
async def test_an_enrolment_that_ends_takes_them_with_it(house: House, ending: Any) -> None:
    seats = {LeaveList: ("anna", "bram")}.get(ending, ())
    asks = ["goals", "diet", "access"]
    await house.opened(*seats, **{**ASKS_ALL, "asks": asks, "selection": ending is RejectEnrolment})
    one = await enrolled(house)
    assert await kept(house, one) == GIVEN
    assert await swept(house) == 0
    more = {"reason": "Een andere keer."} if ending is RejectEnrolment else {}
    await house.send(ending.model_validate(about(one, **more)))
    assert GIVEN["goals"] not in (await house.http.get(await house.link(one))).text
    assert await swept(house) == 3


async def test_organisers_get_counts_of_who_has_a_seat_and_nothing_else(house: House) -> None:
    await enrolled(house)
    await enrolled(house, participant__email="b@bibliotheek.example", needs__access="")
    await enrolled(house, participant__email="waits@bibliotheek.example")
    assert await counted(house) == {"diet": 2, "access": 1}


@pytest.mark.parametrize("table", ["needs", "reflections"])
async def test_nobody_but_the_owner_of_the_table_reads_a_row(house: House, table: str) -> None:
    guarded = await house.pool.fetchval("SELECT relrowsecurity FROM pg_class WHERE oid = $1::text::regclass", table)
    policies = await house.pool.fetchval("SELECT count(*) FROM pg_policies WHERE tablename = $1", table)
    assert (guarded, policies) == (True, 0)


async def test_the_service_sweeps_when_it_starts_and_each_hour_of_business_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enrolment.sweeping.LOOK_SECONDS", 0.01)
    one = await enrolled(house)
    await house.pool.execute("UPDATE needs SET delete_after = $1 WHERE kind = 'diet'", OPENS)
    task = asyncio.create_task(sweeping(house))

    async def left(kinds: set[str]) -> bool:
        return set(await kept(house, one)) == kinds

    try:
        await eventually(lambda: left({"goals", "access"}), "what was due at the start is gone", seconds=10, every=0.02)
        house.clock.moment = DIET_GOES
        await eventually(lambda: left({"goals"}), "what fell due since is gone", seconds=10, every=0.02)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_connection_that_breaks_off_is_a_sweep_for_later(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enrolment.sweeping.LOOK_SECONDS", 0.01)
    one = await enrolled(house)
    await house.pool.execute("UPDATE needs SET delete_after = $1 WHERE kind = 'diet'", OPENS)
    broken = [asyncpg.InternalClientError("got result for unknown protocol state 0")]

    async def sweep_later(connection: Connection, now: datetime) -> int:
        if broken:
            raise broken.pop()
        return await sweep(connection, now)

    monkeypatch.setattr(needs, "sweep", sweep_later)
    task = asyncio.create_task(sweeping(house))

    async def gone() -> bool:
        return "diet" not in await kept(house, one)

    try:
        await eventually(gone, "what was due is gone", seconds=10, every=0.02)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def test_the_days_are_those_of_the_edition() -> None:
    from services.enrolment.tests.season import Season

    terms = Season().edition.terms
    assert needs.deleted_on(terms, "diet") == needs.deleted_on(terms, "access") == date(2027, 11, 7)
    assert needs.deleted_on(terms, "goals") == date(2029, 3, 12)


MARKS = {
    "needs.goals": "MARKGOALS",
    "needs.diet": "MARKDIET",
    "needs.access": "MARKACCESS",
    "motivation": "MARKMOTIVATION",
    "participant.name": "MARKNAME",
    "participant.email": "markaddress@bibliotheek.example",
    "payer.contact_name": "MARKCONTACT",
    "payer.contact_email": "markcontact@bibliotheek.example",
}


async def test_a_season_tells_nobody_of_needs_and_partners_nothing_that_was_typed(house: House) -> None:
    await house.opened(**{**ASKS_ALL, "themes": GUESTS})
    sent = await house.filled(more={**OWN_WORDS, **MARKS})
    before = await everything_told(house)
    await house.answered(sent)
    one = await house.pool.fetchval("SELECT enrolment_id FROM enrolments")
    await changed(house, await house.link(one), goals="MARKGOALS", diet="MARKDIET", access="MARKACCESS", consent="yes")
    guest = {"name": "MARKGUEST", "email": "markguest@bibliotheek.example"}
    await house.send(ApproveEnrolment.model_validate(about(one, reason="MARKREASON")))
    await house.send(InviteGuest.model_validate(about(one, theme_id="narrative", guest=guest)))
    await house.send(SubstituteParticipant.model_validate(about(one, participant=COLLEAGUE, reason="MARKREASON")))
    house.clock.moment = STARTS - timedelta(days=20)
    await house.send(WithdrawEnrolment.model_validate(about(one, reason="MARKREASON")))
    told = before + await everything_told(house)
    types = {type_ for type_, _ in told}
    assert {"enrolment.request.v1", "enrolment.withdrawn.v1", "partner.enrolment-ended.v1"} <= types
    assert any("MARKNAME" in text for _, text in told)
    for type_, text in told:
        for mark in ("MARKGOALS", "MARKDIET", "MARKACCESS"):
            assert mark not in text, type_
        if type_.startswith("partner."):
            assert "mark" not in text.lower(), type_
            assert "@" not in text, type_


GUESTS = [{"theme_id": "narrative", "title_nl": "Verhalend", "title_en": "Narrative", "guests_per_library": 2}]


async def everything_told(house: House) -> list[tuple[str, str]]:
    """Type and text of whatever waits in the outbox, and of what would be told again; headers as well."""
    waiting = [(one.type, json.dumps(one.headers) + one.key + one.value.decode()) for one in await house.bench.told()]
    rows = await house.pool.fetch("SELECT topic, headers, payloads, told::text AS row FROM told")
    again = []
    for row in rows:
        for header, payload in zip(row["headers"], row["payloads"], strict=True):
            again.append((json.loads(header)["ce_type"], header + payload.decode() + row["row"]))
    commands = await house.pool.fetch("SELECT http_commands::text AS row FROM http_commands")
    return [*waiting, *again, *(("", row["row"]) for row in commands)]
