"""The export as CSV: read back it says what is known, nothing in it is executed, and it flows."""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pytest

from enrolment.http.export import BYTE_ORDER_MARK, COLUMNS, harmless
from services.enrolment.tests.http.api import Api, token
from services.enrolment.tests.season import EDITION

PATH = f"/v1/editions/{EDITION}/enrolments.csv"
NAMES = (
    "Marieke van der Berg",
    "Noor 't Hart",
    'Jan "de Lange" Bakker',
    "Smit, Pieter-Jan",
    "Zoë Müller-Ønskild",
    "Anna \U0001f4da\U0001f469\u200d\U0001f3eb",
    "\u05e8\u05d7\u05dc \u05db\u05d4\u05df",
    "\u0641\u0627\u0637\u0645\u0629",
    "x" * 120,
)
FORMULAS = ('=HYPERLINK("https://evil.example";"klik")', "+31 6 12345678", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)")


def read(answer: httpx.Response) -> list[dict[str, str]]:
    """The rows of an export, as a program reads them."""
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{EDITION}.csv"'
    text = answer.content.decode("utf-8")
    assert text.startswith(BYTE_ORDER_MARK)
    assert "\n" not in text.replace("\r\n", ""), "lines end in CRLF (RFC 4180)"
    rows = list(csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline=""), strict=True))
    assert all(tuple(row) == COLUMNS for row in rows)
    return rows


async def test_every_name_comes_back_as_it_was_given(api: Api) -> None:
    await api.published(seats=20)
    await api.enrolled(*NAMES)
    assert [row["name"] for row in read(await api.get(PATH))] == list(NAMES)


async def test_what_a_spreadsheet_would_execute_is_text(api: Api) -> None:
    await api.published(seats=20)
    library = {"legal_name": FORMULAS[0][:40], "city": "=1+1", "kvk": "87654321", "poi": "@poi"}
    await api.enrolled(*FORMULAS, library=library)
    rows = read(await api.get(PATH))
    assert [row["name"] for row in rows] == [f"'{name}" for name in FORMULAS]
    assert {(row["library"][:2], row["city"], row["poi"]) for row in rows} == {("'=", "'=1+1", "'@poi")}


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_each_sign_that_begins_a_formula_is_disarmed(first: str) -> None:
    assert harmless(f"{first}1") == f"'{first}1"
    assert harmless(f"1{first}") == f"1{first}"


def test_numbers_stay_numbers_and_what_is_missing_is_empty() -> None:
    assert [harmless(-5), harmless(None)] == ["-5", ""]


async def test_signs_that_no_command_lets_in_are_disarmed_if_they_are_there_all_the_same(api: Api) -> None:
    await api.published()
    await api.enrolled("Anna")
    for name in ("\t=1+1", "\r=1+1", "twee\nregels", "=1\r\n=2"):
        await api.pool.execute("UPDATE people SET name = $1", name)
        answer = await api.get(PATH)
        rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix(BYTE_ORDER_MARK), newline=""), strict=True))
        assert [row["name"] for row in rows] == [name if name[0].isalpha() else f"'{name}"]


async def test_the_money_and_the_line_are_in_it(api: Api) -> None:
    await api.published(seats=1)
    await api.enrolled("Anna", "Bob", "Cas")
    rows = read(await api.get(PATH, "finance"))
    shown = [(row["number"], row["status"], row["position"], int(row["owed_cents"]) > 0) for row in rows]
    assert shown == [("1", "accepted", "", True), ("2", "waiting", "1", False), ("3", "waiting", "2", False)]


async def test_five_thousand_enrolments_flow(api: Api) -> None:
    await api.published(seats=1)
    await api.enrolled("Anna", "Bob")
    await many(api, 5_000)
    sizes = await parts(api)
    assert len(sizes) > 20, "it comes in many parts"
    assert max(sizes) < 200_000, "none of which holds all of it"
    rows = read(await api.get(PATH))
    assert [int(row["number"]) for row in rows] == list(range(1, 5_003))
    assert [row["position"] for row in rows[1:]] == [str(n) for n in range(1, 5_002)]


async def many(api: Api, number: int) -> None:
    """So many more who wait, without the seconds that it takes to ask them all."""
    await api.pool.execute(
        "INSERT INTO people (person_id, email, name, language) "
        "SELECT gen_random_uuid(), 'p' || n || '@bibliotheek.example', 'Persoon ' || n, 'nl' "
        "FROM generate_series(3, 2 + $1::int) n",
        number,
    )
    await api.pool.execute(
        "INSERT INTO enrolments (enrolment_id, edition_id, number, status, participant_id, former_participant_ids, "
        "organisation_id, requested_at, payers, entry) "
        "SELECT gen_random_uuid(), e.edition_id, split_part(substr(p.email, 2), '@', 1)::int, 'waiting', p.person_id, "
        "'{}', e.organisation_id, e.requested_at, e.payers, 1 "
        "FROM people p, enrolments e WHERE e.number = 2 AND p.email ~ '^p[0-9]+@'"
    )


async def parts(api: Api) -> list[int]:
    """The sizes of the parts in which the export comes."""
    sizes: list[int] = []
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {token('organiser')}".encode())],
        "server": ("enrolment", 80),
        "client": ("client", 1),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body" and message.get("body"):
            sizes.append(len(message["body"]))

    await api.app(scope, receive, send)
    return sizes
