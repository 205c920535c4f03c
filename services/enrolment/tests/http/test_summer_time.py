"""An edition that opens or closes while the clock changes: each instant is decided as it was written, over HTTP too.

On 28 March 2027 it is 02:00 in Amsterdam at 01:00 UTC and 03:00 at once: 02:30 does not exist. On 31 October 2027 the
hour from 02:00 on comes twice.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from enrolment.commands import examples
from services.enrolment.tests.http.api import Api, asking, problem
from services.enrolment.tests.season import EDITION

TICK = timedelta(milliseconds=1)
"""The log counts milliseconds."""
SPRING = {"closes_at": "2027-04-27T17:00:00+02:00", "starts_on": "2027-05-12"}
AUTUMN = {"closes_at": "2027-11-27T17:00:00+01:00", "starts_on": "2027-12-12", "ends_on": "2028-10-08"}
OPENINGS = (
    ("2027-03-28T02:00:00+01:00", SPRING, datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "zondag 28 maart 2027 om 3.00 uur"),
    ("2027-03-28T03:00:00+02:00", SPRING, datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "zondag 28 maart 2027 om 3.00 uur"),
    (
        "2027-03-28T00:59:59.999Z",
        SPRING,
        datetime(2027, 3, 28, 0, 59, 59, 999_000, UTC),
        "zondag 28 maart 2027 om 1.59 uur",
    ),
    ("2027-03-28T02:30:00+01:00", SPRING, datetime(2027, 3, 28, 1, 30, tzinfo=UTC), "zondag 28 maart 2027 om 3.30 uur"),
    ("2027-03-28T02:30:00+02:00", SPRING, datetime(2027, 3, 28, 0, 30, tzinfo=UTC), "zondag 28 maart 2027 om 1.30 uur"),
    (
        "2027-10-31T02:30:00+02:00",
        AUTUMN,
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        "zondag 31 oktober 2027 om 2.30 uur",
    ),
    (
        "2027-10-31T02:30:00+01:00",
        AUTUMN,
        datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
        "zondag 31 oktober 2027 om 2.30 uur",
    ),
)
FORM = f"/inschrijven/{EDITION}"


async def published(api: Api, **terms: Any) -> httpx.Response:
    return await api.post("edition.publish.v1", {**examples.PUBLISH, **terms}, "organiser")


async def asked(api: Api, name: str, at: datetime) -> tuple[int, str]:
    """Somebody asks for a seat at this moment: status and code."""
    api.clock.moment = at
    answer = await api.post("enrolment.request.v1", asking(name))
    return answer.status_code, answer.json()["code"]


async def form(api: Api, at: datetime) -> str:
    """The form page at this moment, for everybody."""
    api.clock.moment = at
    return (await api.get(FORM, None)).text


@pytest.mark.parametrize(("written", "terms", "opens", "said"), OPENINGS, ids=[one[0] for one in OPENINGS])
async def test_over_http_an_edition_opens_at_the_instant_that_was_written_whatever_the_clock_does(
    api: Api, written: str, terms: dict[str, str], opens: datetime, said: str
) -> None:
    answer = await published(api, opens_at=written, **terms)
    assert (answer.status_code, said in answer.json()["sentence_nl"]) == (200, True)
    shown = (await api.get(f"/v1/editions/{EDITION}")).json()["opens_at"]
    assert datetime.fromisoformat(shown) == opens
    assert said in await form(api, opens - TICK)
    assert await asked(api, "Anna", opens - TICK) == (409, "edition-not-open")
    assert await asked(api, "Bob", opens) == (200, "accepted")
    assert 'name="ticket"' in await form(api, opens)
    assert await api.pool.fetchval("SELECT count(*) FROM enrolments") == 1


@pytest.mark.parametrize(
    ("written", "closes"),
    [
        ("2027-03-28T02:30:00+01:00", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        ("2027-03-28T03:00:00+02:00", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        ("2027-03-28T02:30:00+02:00", datetime(2027, 3, 28, 0, 30, tzinfo=UTC)),
    ],
)
async def test_over_http_an_edition_closes_at_the_instant_that_was_written_whatever_the_clock_does(
    api: Api, written: str, closes: datetime
) -> None:
    assert (await published(api, **{**SPRING, "closes_at": written})).status_code == 200
    assert await asked(api, "Anna", closes - TICK) == (200, "accepted")
    assert 'name="ticket"' in await form(api, closes - TICK)
    assert await asked(api, "Bob", closes) == (409, "edition-closed")
    assert 'name="ticket"' not in await form(api, closes)


@pytest.mark.parametrize("written", ["2027-03-28T02:30:00", "2027-03-28 02:30", 1806197400])
async def test_over_http_an_instant_without_its_zone_is_refused_so_that_nobody_has_to_guess_it(
    api: Api, written: object
) -> None:
    answer = await published(api, **{**SPRING, "opens_at": written})
    assert problem(answer)[0] in (400, 422)
    assert answer.json()["errors"][0]["pointer"] == "#/opens_at"
    assert await api.pool.fetchval("SELECT count(*) FROM editions") == 0
