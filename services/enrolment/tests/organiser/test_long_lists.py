"""Lists of an edition that are longer than a page: every line is on one page, and nothing moves under a reader."""

from __future__ import annotations

import html
import re

import pytest

from enrolment.commands import InviteGuest, LeaveList
from enrolment.organiser.lists import LISTS, ROWS_MAX, page_of
from services.enrolment.tests.organiser.office import EDITION_PAGE, Office
from services.enrolment.tests.pages.house import about
from services.enrolment.tests.season import EDITION, THEMES

MANY = """
    WITH made AS (INSERT INTO people (person_id, email, name, language)
        SELECT gen_random_uuid(), $2 || n || '@bieb.example', $2 || n, 'nl' FROM generate_series(1, $3::int) n
        RETURNING person_id, substring(name FROM length($2) + 1)::int AS n)
    INSERT INTO enrolments SELECT (jsonb_populate_record(e, jsonb_build_object('enrolment_id', gen_random_uuid(),
        'number', n + $5::int, 'place', n + $5::int, 'status', $4::text, 'participant_id', person_id))).*
    FROM enrolments e, made WHERE e.enrolment_id = $1"""
ELSEWHERE = """
    WITH other AS (INSERT INTO organisations SELECT (jsonb_populate_record(o, '{"organisation_id": "kvk-22222222",
        "kvk": "22222222", "legal_name": "Elders", "poi": "Rijnbrink"}')).* FROM organisations o LIMIT 1
        RETURNING organisation_id)
    UPDATE enrolments SET organisation_id = other.organisation_id FROM other
    WHERE status = 'waiting' AND number % 2 = 1"""
OFFERED = """
    UPDATE enrolments SET status = 'offered', offer_expires_at = requested_at + number * interval '1 minute'
    WHERE status = 'waiting'"""
PAYERS = """
    WITH made AS (INSERT INTO organisations SELECT (jsonb_populate_record(o, jsonb_build_object(
        'organisation_id', 'kvk-' || (10000000 + n), 'kvk', (10000000 + n)::text, 'legal_name', 'Bieb ' || n % 7))).*
        FROM organisations o, generate_series(1, 450) n WHERE o.organisation_id = 'kvk-41098765'
        RETURNING organisation_id, kvk::int - 10000000 AS n)
    UPDATE enrolments SET payers = jsonb_set(payers, '{0,organisation_id}', to_jsonb(made.organisation_id))
    FROM made WHERE enrolments.number = made.n + 10"""


async def many(office: Office, count: int, status: str = "waiting", *, after: int = 10) -> None:
    """So many more of this status, by numbers that follow each other."""
    ((one,),) = await office.rows("SELECT enrolment_id FROM enrolments ORDER BY number LIMIT 1")
    await office.pool.execute(MANY, one, f"{status}-", count, status, after)


def linked(page: str, word: str, name: str) -> str | None:
    """Where a link to another page of this list leads."""
    found = re.search(rf'rel="{word}" href="([^"]+#{name})"', page)
    return html.unescape(found[1]) if found else None


def positions(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'class="position"><span class="hidden">[^<]*</span>(\d+)', page)]


async def test_a_long_line_has_pages_in_both_directions_with_the_true_positions(office: Office) -> None:
    await office.opened("anna", seats=1)
    await many(office, 450)
    page, seen, places = await office.page(EDITION_PAGE), [], [EDITION_PAGE]
    assert "Regel 1 tot en met 200." in page
    assert linked(page, "prev", "line") is None
    while True:
        seen += positions(page)
        further = linked(page, "next", "line")
        if further is None:
            break
        places.append(further)
        page = await office.page(further)
        assert "Anna" in page, "a long line hides nobody who has a seat"
    assert seen == [*range(1, 451)]
    for place in reversed(places[:-1]):
        back = linked(page, "prev", "line")
        assert back == (place if "#" in place else f"{place}#line")
        page = await office.page(back)
    assert positions(page)[0] == 1


async def test_who_leaves_the_line_meanwhile_moves_nobody_off_the_next_page(office: Office) -> None:
    await office.opened("anna", seats=1)
    await many(office, 250)
    further = linked(await office.page(EDITION_PAGE), "next", "line")
    assert further
    ((last,),) = await office.rows("SELECT enrolment_id FROM enrolments WHERE number = 210")
    await office.pool.execute("UPDATE editions SET waiting = 250")
    await office.send(LeaveList.model_validate(about(last)))
    page = await office.page(further)
    assert positions(page) == [*range(200, 250)]
    assert "waiting-201<" in page
    assert linked(page, "prev", "line") == f"{EDITION_PAGE}#line"


async def test_a_page_of_one_list_leaves_the_others_where_they_are(office: Office) -> None:
    await office.opened("anna", seats=1)
    await many(office, 250)
    await many(office, 250, "left", after=1_000)
    line = linked(await office.page(EDITION_PAGE), "next", "line")
    assert line == f"{EDITION_PAGE}?line=210#line"
    page = await office.page(line)
    both = linked(page, "next", "ended")
    assert both == f"{EDITION_PAGE}?line=210&ended=1200#ended"
    page = await office.page(both)
    assert positions(page)[0] == 201
    assert linked(page, "prev", "line") == f"{EDITION_PAGE}?ended=1200#line"
    english = f"/en/organisers/editions/{EDITION}?line=210&ended=1200"
    assert f'href="{html.escape(english)}"' in page
    assert "Lines 201 to 250." in await office.page(english)


async def test_an_adviser_leafs_through_the_own_region_with_the_positions_of_the_whole_line(office: Office) -> None:
    await office.opened("anna", seats=1)
    await many(office, 500)
    await office.pool.execute(ELSEWHERE)
    office.log_in("adviser", poi="Rijnbrink")
    page = await office.page(EDITION_PAGE)
    assert positions(page) == [*range(1, 400, 2)]
    further = linked(page, "next", "line")
    assert further
    page = await office.page(further)
    assert positions(page) == [*range(401, 500, 2)]
    assert "waiting-2<" not in page
    assert linked(page, "prev", "line") == f"{EDITION_PAGE}#line"
    assert "Anna" not in page


async def test_payers_have_pages_and_their_total_is_of_all(office: Office) -> None:
    await office.opened("anna", seats=1)
    await many(office, 450, "accepted")
    await office.pool.execute(PAYERS)
    found, cursor = [], ""
    async with office.pool.acquire() as connection:
        while True:
            cut = await page_of(connection, "payers", EDITION, None, cursor)
            assert cut.whole == {"all_agreed_cents": 451 * 500_000, "all_owed_cents": 451 * 500_000}
            found += [one.organisation_id for one in cut.rows]
            if cut.after is None:
                break
            cursor = cut.after
    assert len(found) == len(set(found)) == 451
    page = await office.page(f"{EDITION_PAGE}?payers={cursor}")
    assert "€\u00a02.255.000,00" in page
    assert linked(page, "prev", "payers") == f"{EDITION_PAGE}?payers={found[199]}#payers"


async def test_offers_and_invitations_that_wait_have_pages_and_the_course_of_the_edition_is_on_the_first(
    office: Office,
) -> None:
    (anna,) = await office.opened("anna", seats=1, themes=THEMES)
    guest = {"name": "Noor", "email": "noor@bieb.example", "language": "nl"}
    await office.send(InviteGuest.model_validate(about(anna) | {"theme_id": "narrative", "guest": guest}))
    await many(office, 210)
    await office.pool.execute(OFFERED)
    page = await office.page(EDITION_PAGE)
    assert page.count("Aanbod aan") == ROWS_MAX
    assert "De inschrijving sluit" in page
    further = linked(page, "next", "pending")
    assert further
    page = await office.page(further)
    assert page.count("Aanbod aan") == 10
    assert "Uitnodiging aan gast Noor" in page
    assert "De inschrijving sluit" not in page


CURSORS = ("", "x' OR 1=1", "-1", "9" * 15, "9" * 40, "kvk-99999999", "\u0664", "a" * 300)


@pytest.mark.parametrize("name", LISTS)
async def test_what_is_no_cursor_is_the_beginning_and_beyond_the_end_there_is_a_way_back(
    office: Office, name: str
) -> None:
    await office.opened("anna", "bram", seats=1)
    for cursor in CURSORS:
        async with office.pool.acquire() as connection:
            cut = await page_of(connection, name, EDITION, None, cursor)
        whole = cut.first == 1
        assert cut.after is None
        assert whole or (list(cut.rows), cut.before) == ([], ""), cursor
        page = await office.http.get(EDITION_PAGE, params={name: cursor})
        assert page.status_code == 200, cursor
        assert whole or linked(page.text, "prev", name) == f"{EDITION_PAGE}#{name}", cursor


INVITED = """
    WITH made AS (INSERT INTO organisations SELECT (jsonb_populate_record(o, jsonb_build_object(
        'organisation_id', 'kvk-' || (10000000 + n), 'kvk', (10000000 + n)::text, 'legal_name', 'Bieb ' || n % 7))).*
        FROM organisations o, generate_series(1, 250) n WHERE o.organisation_id = 'kvk-41098765'
        RETURNING organisation_id)
    INSERT INTO guests SELECT (jsonb_populate_record(g, jsonb_build_object('guest_id', gen_random_uuid(),
        'organisation_id', made.organisation_id))).* FROM guests g, made"""


async def test_whoever_answers_meanwhile_takes_nobody_back_to_the_first_page_of_what_is_pending(office: Office) -> None:
    await office.opened("anna", seats=1)
    await many(office, 250)
    await office.pool.execute(OFFERED)
    async with office.pool.acquire() as connection:
        first = await page_of(connection, "pending", EDITION, None, "")
        last = first.rows[-1].enrolment_id
        await connection.execute("DELETE FROM enrolments WHERE enrolment_id = $1", last)
        then = await page_of(connection, "pending", EDITION, None, first.after or "")
    assert (then.first, len(then.rows)) == (ROWS_MAX, 50)
    assert not {one.enrolment_id for one in then.rows} & {one.enrolment_id for one in first.rows}


@pytest.mark.parametrize("name", ["guests", "payers"])
async def test_who_goes_from_a_list_of_libraries_takes_nobody_back_to_its_first_page(office: Office, name: str) -> None:
    (anna,) = await office.opened("anna", seats=1, themes=THEMES)
    guest = {"name": "Noor", "email": "noor@bieb.example", "language": "nl"}
    if name == "payers":
        await many(office, 250, "accepted")
        await office.pool.execute(PAYERS)
    else:
        await office.send(InviteGuest.model_validate(about(anna, theme_id="narrative", guest=guest)))
        await office.pool.execute(INVITED)
    async with office.pool.acquire() as connection:
        first = await page_of(connection, name, EDITION, None, "")
        cursor = first.after or ""
        gone = cursor.split(".", maxsplit=1)[0]
        await connection.execute("DELETE FROM guests WHERE organisation_id = $1", gone)
        await connection.execute("DELETE FROM enrolments WHERE payers->0->>'organisation_id' = $1", gone)
        then = await page_of(connection, name, EDITION, None, cursor)
    assert (then.first, len(then.rows)) == (ROWS_MAX, 51)
