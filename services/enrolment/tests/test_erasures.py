"""Erasing a person: what is live ends by its rules, the words go from every table, and the receipt says what stays."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from enrolment import needs
from enrolment.commands import (
    ConfirmGuest,
    ErasePerson,
    InviteGuest,
    LeaveList,
    OfferSeat,
    SubstituteParticipant,
    WithdrawEnrolment,
)
from enrolment.proof.examine import examine
from enrolment.proof.reading import stored
from services.enrolment.tests.fold import Pool
from services.enrolment.tests.moments import House
from services.enrolment.tests.season import BEFORE, EDITION, OPENS, THEMES, Season, publish, request
from services.enrolment.tests.timetable import Timetable

MARK = "zzmerkwaardig"
"""Stands in everything that the person wrote or is called by."""
PERSON = {"name": f"Zoë {MARK}", "email": f"{MARK}@bibliotheek.example", "language": "nl"}


@pytest.fixture
async def house(pool: Pool) -> House:
    """Anna has the seat; one with the mark waits."""
    house = House(pool)
    await house.send(publish(1, themes=THEMES), BEFORE)
    await house.send(request("anna"), OPENS)
    await house.send(request("x", participant=PERSON, motivation=f"Omdat {MARK}."), OPENS)
    return house


async def person_of(house: House, mark: str = MARK) -> UUID:
    found: UUID = await house.pool.fetchval("SELECT person_id FROM people WHERE email LIKE $1 || '%'", mark)
    return found


async def enrolments(house: House) -> list[UUID]:
    return [r[0] for r in await house.pool.fetch("SELECT enrolment_id FROM enrolments ORDER BY number")]


async def erased(house: House, person: UUID) -> None:
    """Ask, and let time pass until it is done."""
    now = house.clock.moment
    await house.send(ErasePerson(person_id=person, by="organisator-7", reason=f"Vroeg {MARK}."), now)
    for step in range(1, 5):
        await house.time_comes(now + timedelta(seconds=10 * step))


async def traces(house: House, mark: str = MARK) -> dict[str, int]:
    """In which tables the mark stands, in whatever form; what is on its way to topics aside."""
    tables = [r[0] for r in await house.pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    found = {}
    for table in tables:
        rows = await house.pool.fetch(f"SELECT t::text AS row FROM {table} t")
        needles = (mark, mark.encode().hex())
        found[table] = sum(any(needle in row["row"].lower() for needle in needles) for row in rows)
    return {table: count for table, count in found.items() if count and table != "outbox"}


async def told(house: House, type_: str) -> list[Any]:
    return [one.data for one in await house.bench.told(type_)]


async def test_nothing_of_the_person_is_left_in_any_table(house: House) -> None:
    _, marked = await enrolments(house)
    leave = LeaveList(edition_id=EDITION, enrolment_id=marked, reason=f"Want {MARK}.", by=MARK)
    await house.send(leave, OPENS + timedelta(hours=1))
    poison = json.dumps({"edition_id": EDITION, "name": f"{MARK}@bibliotheek.example"}).encode()
    await house.bench.handle(house.log.raw(EDITION.encode(), poison, [("ce_type", b"\xff")]))
    await said(house, marked, None, "goals", "diet")
    await house.pool.execute(
        "INSERT INTO reflections VALUES ($1, $2, 'theme:narrative', $3, 'cohort', now() + interval '1 year')",
        marked,
        await person_of(house),
        f"Wat {MARK} leerde.",
    )
    before = await traces(house)
    assert {"people", "enrolments", "journal", "told", "needs", "reflections"} <= before.keys()
    await erased(house, await person_of(house))
    assert await traces(house) == {}


async def said(house: House, enrolment: UUID, person: UUID | None, *kinds: needs.Kind) -> None:
    """The participant said something for themselves: with the request, or as this person."""
    now = house.clock.moment
    async with house.pool.acquire() as connection:
        given = needs.given(Season().edition.terms, dict.fromkeys(kinds, f"Geen {MARK}."), now)
        await needs.put(connection, enrolment, person, given, now)


async def test_what_the_colleague_said_who_took_over_stays(house: House) -> None:
    _, marked = await enrolments(house)
    await said(house, marked, None, "goals")
    person = await person_of(house)
    colleague = {"name": "Cora", "email": "cora@bibliotheek.example"}
    command = SubstituteParticipant.model_validate(
        {"edition_id": EDITION, "enrolment_id": marked, "participant": colleague}
    )
    await house.send(command, OPENS + timedelta(hours=1))
    await said(house, marked, await person_of(house, "cora"), "access")
    await erased(house, person)
    assert [r[0] for r in await house.pool.fetch("SELECT kind FROM needs")] == ["access"]


async def test_a_dead_letter_about_the_person_goes_and_those_of_others_stay(house: House) -> None:
    for who in (MARK, "anna"):
        value = json.dumps({"who": f"{who}@bibliotheek.example"}).encode()
        await house.pool.execute(
            'INSERT INTO dead_letters (handler, topic, partition, "offset", record_time, record_value, record_headers, '
            "error) VALUES ('h', 't', 0, $1, now(), $2, '{}', 'x')",
            len(who),
            value.upper(),
        )
    await erased(house, await person_of(house))
    (left,) = await house.pool.fetch("SELECT record_value FROM dead_letters")
    assert b"ANNA" in left[0]


async def test_of_a_session_that_could_not_be_read_nothing_about_the_person_is_left(house: House) -> None:
    """The row of a session holds ids of enrolments, which stay; what is buried holds the event with its people."""
    _, marked = await enrolments(house)
    timetable, person = Timetable(), await person_of(house)
    place = {"person_id": str(person), "enrolment_id": str(marked), "status": "confirmed"}
    await house.bench.handle(timetable.told(1, marked), timetable.told(2, attendees=[place], status="dreamt"))
    assert (await traces(house, str(person))).keys() >= {"dead_letters"}
    await erased(house, person)
    assert await house.bench.letters() == []
    assert await house.pool.fetchval("SELECT enrolment_ids FROM sessions") == [marked]
    assert str(person) not in str(await house.pool.fetch("SELECT s::text FROM sessions s"))


async def test_what_is_live_ends_first_by_its_own_rules(house: House) -> None:
    anna, _ = await enrolments(house)
    await house.send(WithdrawEnrolment(edition_id=EDITION, enrolment_id=anna), OPENS)
    assert (await house.statuses()) == ["withdrawn", "offered"]
    await house.send(request("cora"), OPENS)
    await erased(house, await person_of(house))
    assert (await house.statuses()) == ["withdrawn", "declined", "offered"]
    assert len(await told(house, "person.erased.v1")) == 1


async def test_a_seat_is_given_up_with_what_is_owed_for_it_and_goes_on(house: House) -> None:
    anna, _ = await enrolments(house)
    house.clock.moment = OPENS + timedelta(days=35)
    await erased(house, await person_of(house, "anna"))
    assert (await house.statuses()) == ["withdrawn", "offered"]
    payers = json.loads(await house.pool.fetchval("SELECT payers FROM enrolments WHERE enrolment_id = $1", anna))
    assert sum(line["owed_cents"] for line in payers[0]["lines"]) == 250_000


async def test_a_guest_who_is_erased_does_not_come(house: House) -> None:
    anna, _ = await enrolments(house)
    guest = {"name": "Gast", "email": "gast@partner.example"}
    invite = {"edition_id": EDITION, "enrolment_id": anna, "theme_id": "narrative", "guest": guest}
    await house.send(InviteGuest.model_validate(invite), OPENS)
    guest_id = await house.pool.fetchval("SELECT guest_id FROM guests")
    await house.send(ConfirmGuest(edition_id=EDITION, guest_id=guest_id), OPENS)
    await erased(house, await person_of(house, "gast"))
    assert await house.pool.fetchval("SELECT status FROM guests") == "declined"
    assert await traces(house, "gast@partner") == {}


async def test_the_waiting_list_is_proved_without_the_words(house: House) -> None:
    anna, marked = await enrolments(house)
    await house.send(WithdrawEnrolment(edition_id=EDITION, enrolment_id=anna, reason="Weg."), OPENS)
    await erased(house, await person_of(house))
    async with house.pool.acquire() as connection:
        found = await stored(connection, EDITION)  # type: ignore[arg-type]
    assert found
    assert examine(found, []).wrong == []
    assert all(e.who is None and e.reason is None for e in found.entries if e.enrolment_id == marked)


async def test_the_receipt_says_what_is_kept_and_when_topics_have_let_go(house: House) -> None:
    await erased(house, await person_of(house))
    (receipt,) = await told(house, "person.erasure-receipt.v1")
    assert [kept["what"] for kept in receipt["kept"]] == ["enrolments", "waiting-list-journal", "tombstone"]
    assert receipt["topics_until"] == "2027-01-29"
    assert MARK not in json.dumps(receipt)


async def test_who_was_erased_comes_back_as_somebody_else(house: House) -> None:
    before = await person_of(house)
    await erased(house, before)
    await house.send(request("x", participant=PERSON), OPENS + timedelta(days=1))
    assert await person_of(house) != before
    assert (await house.statuses())[-1] == "waiting"


async def test_who_handed_the_place_over_is_erased_and_the_colleague_is_not(house: House) -> None:
    _, marked = await enrolments(house)
    by = {"name": "Cora de Groot", "email": "cora@bibliotheek.example"}
    change = {"edition_id": EDITION, "enrolment_id": marked, "participant": by}
    await house.send(SubstituteParticipant.model_validate(change), OPENS)
    await erased(house, await person_of(house))
    assert await traces(house) == {}
    assert (await house.statuses()) == ["accepted", "waiting"]
    assert await house.pool.fetchval("SELECT count(*) FROM people WHERE email LIKE 'cora@%'") == 1


async def test_asking_twice_and_asking_for_a_stranger(house: House) -> None:
    person = await person_of(house)
    await erased(house, person)
    await house.send(ErasePerson(person_id=person), house.clock.moment)
    await house.send(ErasePerson(person_id=uuid4()), house.clock.moment)
    answers = [(a["outcome"], a["code"]) for a in await told(house, "command.answered.v1")][-2:]
    assert answers == [("unchanged", "already-erased"), ("refused", "unknown-person")]
    assert len(await told(house, "person.erased.v1")) == 1


async def test_a_hand_that_acted_on_others_is_not_taken_from_their_history(house: House) -> None:
    """Erasing one person leaves who did what to others."""
    anna, _ = await enrolments(house)
    offer = {"edition_id": EDITION, "enrolment_id": anna, "reason": "Voor Anna.", "by": "organisator-7"}
    await house.send(OfferSeat.model_validate(offer), OPENS)
    await house.send(WithdrawEnrolment(edition_id=EDITION, enrolment_id=anna, reason="Voor Anna.", by="o-7"), OPENS)
    await erased(house, await person_of(house))
    assert await house.pool.fetchval("SELECT count(*) FROM journal WHERE who = 'o-7'") == 1


async def test_erasing_who_was_replaced_keeps_the_links_of_who_took_over_and_says_that_the_enrolment_stays(
    house: House,
) -> None:
    person, (_, taken_over) = await person_of(house), await enrolments(house)
    colleague = {"name": "Cora", "email": "cora@bibliotheek.example", "language": "nl"}
    about = {"edition_id": EDITION, "enrolment_id": taken_over}
    await house.send(SubstituteParticipant.model_validate({**about, "participant": colleague}), house.clock.moment)
    version = "SELECT link_version FROM enrolments WHERE enrolment_id = $1"
    before = await house.pool.fetchval(version, taken_over)
    await erased(house, person)
    assert await house.pool.fetchval(version, taken_over) == before
    (receipt,) = await told(house, "person.erasure-receipt.v1")
    assert {one["what"] for one in receipt["kept"]} >= {"enrolments", "waiting-list-journal"}
