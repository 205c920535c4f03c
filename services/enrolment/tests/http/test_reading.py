"""What the API shows: to whom, a page at a time, and never more than they may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from enrolment.commands import examples
from services.enrolment.tests.http.api import OTHER_REGION, REGION, ROLES, Api, about, problem
from services.enrolment.tests.season import EDITION

MOTIVATION, REASON = "Een marker in de motivatie", "Een marker in de reden"
NOBODY = UUID(int=404)
OTHER_LIBRARY = {"kvk": "12345678", "poi": OTHER_REGION, "legal_name": "Bibliotheek Overijssel"}


async def a_season(api: Api) -> list[str]:
    """Anna (Cubiss), Bob (Rijnbrink) and Cas (Cubiss) with a seat, a guest each, Dirk waits; Cas is withdrawn."""
    await api.published(seats=3, asks=["motivation"])
    anna, cas = await api.enrolled("Anna", "Cas", motivation=MOTIVATION)
    [bob] = await api.enrolled("Bob", library=OTHER_LIBRARY, motivation=MOTIVATION)
    [dirk] = await api.enrolled("Dirk", motivation=MOTIVATION)
    for one, guest in ((anna, "gast-van-anna"), (bob, "gast-van-bob")):
        person = {"name": guest, "email": f"{guest}@bibliotheek.example", "language": "nl"}
        invited = {**about(one), "theme_id": "narrative", "guest": person}
        assert (await api.post("enrolment.invite-guest.v1", invited)).status_code == 200
    assert (await api.post("enrolment.withdraw.v1", {**about(cas), "reason": REASON})).status_code == 200
    return [anna, cas, bob, dirk]


async def every(api: Api, path: str, role: str = "organiser", limit: int = 1, **query: Any) -> list[dict[str, Any]]:
    """All of a list, page after page."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await api.get(path, role, limit=limit, **query, **cursor)).raise_for_status().json()
        assert len(page["items"]) <= limit
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


async def test_an_edition_shows_how_it_stands(api: Api) -> None:
    await a_season(api)
    shown = (await api.get(f"/v1/editions/{EDITION}")).json()
    assert (shown["seats"], shown["seats_taken"], shown["waiting"], shown["state"]) == (3, 3, 0, "open")
    assert {name: n for name, n in shown["counts"].items() if n} == {"accepted": 2, "offered": 1, "withdrawn": 1}
    narrative = next(theme for theme in shown["guests"] if theme["theme_id"] == "narrative")
    assert narrative == {"theme_id": "narrative", "invited": 2, "confirmed": 0}
    assert shown["journal_entries"] > 0


async def test_editions_come_by_their_ids_and_of_one_state_if_asked(api: Api) -> None:
    for name in ("c", "a", "b"):
        await api.post("edition.publish.v1", {**examples.PUBLISH, "edition_id": f"lerend-{name}"})
    await api.post("edition.close.v1", {"edition_id": "lerend-b"})
    names = [one["edition_id"] for one in await every(api, "/v1/editions")]
    assert names == ["lerend-a", "lerend-b", "lerend-c"]
    closed = await every(api, "/v1/editions", state="closed")
    assert [one["edition_id"] for one in closed] == ["lerend-b"]


async def test_enrolments_come_by_their_numbers_and_of_some_statuses_if_asked(api: Api) -> None:
    ids = await a_season(api)
    path = f"/v1/editions/{EDITION}/enrolments"
    assert [one["enrolment_id"] for one in await every(api, path)] == ids
    some = await every(api, path, status=["withdrawn", "offered"])
    assert [one["status"] for one in some] == ["withdrawn", "offered"]


async def test_who_waits_has_a_rank_that_a_reordering_changes(api: Api) -> None:
    await api.published(seats=1)
    _, bob, cas, dirk = await api.enrolled("Anna", "Bob", "Cas", "Dirk")
    moved = {**about(dirk), "position": 1, "reason": "Door een fout van ons."}
    assert (await api.post("enrolment.reorder.v1", moved, "organiser")).status_code == 200
    ranks = {one["enrolment_id"]: one["position"] for one in await every(api, f"/v1/editions/{EDITION}/enrolments")}
    assert {name: ranks[id_] for name, id_ in (("bob", bob), ("cas", cas), ("dirk", dirk))} == {
        "dirk": 1,
        "bob": 2,
        "cas": 3,
    }
    assert [(await api.get(f"/v1/enrolments/{id_}")).json()["position"] for id_ in (dirk, bob, cas)] == [1, 2, 3]


async def test_a_page_loses_and_doubles_nothing_when_things_change_in_between(api: Api) -> None:
    await api.published(seats=2)
    ids = await api.enrolled(*(f"Persoon {n}" for n in range(6)))
    path = f"/v1/editions/{EDITION}/enrolments"
    first = (await api.get(path, limit=3)).json()
    await api.post("enrolment.withdraw.v1", about(ids[0]))
    await api.enrolled("Een nieuwe")
    rest = await api.get(path, limit=10, cursor=first["next"])
    assert [one["number"] for one in first["items"] + rest.json()["items"]] == [1, 2, 3, 4, 5, 6, 7]
    guests = [uuid4() for _ in range(5)]
    await api.pool.executemany(
        "INSERT INTO guests SELECT $1, $2, e.enrolment_id, e.organisation_id, 'narrative', e.participant_id, "
        "'declined', now(), NULL FROM enrolments e WHERE e.number = 1",
        [(guest, EDITION) for guest in guests],
    )
    shown = await every(api, f"/v1/editions/{EDITION}/guests", limit=2)
    assert [UUID(one["guest_id"]) for one in shown] == sorted(guests)


@pytest.mark.parametrize(
    ("path", "query", "parameter"),
    [
        ("/v1/editions", {"cursor": "\x00"}, "cursor"),
        ("/v1/editions", {"cursor": "Editie"}, "cursor"),
        ("/v1/editions", {"state": "asleep"}, "state"),
        ("/v1/editions", {"limit": "0"}, "limit"),
        ("/v1/editions", {"limit": "201"}, "limit"),
        (f"/v1/editions/{EDITION}/enrolments", {"cursor": "1e3"}, "cursor"),
        (f"/v1/editions/{EDITION}/enrolments", {"cursor": "-1"}, "cursor"),
        (f"/v1/editions/{EDITION}/enrolments", {"cursor": "9" * 16}, "cursor"),
        (f"/v1/editions/{EDITION}/enrolments", {"cursor": "\u0661"}, "cursor"),
        (f"/v1/editions/{EDITION}/enrolments", {"status": "gone"}, "status"),
        (f"/v1/editions/{EDITION}/guests", {"cursor": "1"}, "cursor"),
        (f"/v1/enrolments/{NOBODY}/history", {"cursor": "x"}, "cursor"),
        ("/v1/enrolments/not-an-id", {}, "enrolment_id"),
        ("/v1/editions/NOT%00AN%20ID", {}, "edition_id"),
    ],
)
async def test_a_parameter_that_cannot_be_is_named_and_not_repeated(
    api: Api, path: str, query: dict[str, str], parameter: str
) -> None:
    answer = await api.get(path, **query)
    assert problem(answer) == (422, "invalid")
    assert {one["parameter"] for one in answer.json()["errors"]} == {parameter}
    for value in (*query.values(), "not-an-id", "NOT"):
        assert len(value) < 3 or value not in answer.text


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/editions/unknown", "unknown-edition"),
        ("/v1/editions/unknown/guests", "unknown-edition"),
        ("/v1/editions/unknown/enrolments", "unknown-edition"),
        ("/v1/editions/unknown/enrolments.csv", "unknown-edition"),
        (f"/v1/enrolments/{NOBODY}", "unknown-enrolment"),
        (f"/v1/enrolments/{NOBODY}/history", "unknown-enrolment"),
        (f"/v1/commands/{NOBODY}", "unknown-command"),
        ("/v1/nothing", "not-found"),
    ],
)
async def test_what_is_not_there_is_a_problem_that_says_what(api: Api, path: str, code: str) -> None:
    assert problem(await api.get(path)) == (404, code)


async def test_an_adviser_sees_the_own_region_without_anybodys_motives(api: Api) -> None:
    anna, cas, bob, dirk = await a_season(api)
    path = f"/v1/editions/{EDITION}"
    seen = await every(api, f"{path}/enrolments", "adviser")
    assert [one["enrolment_id"] for one in seen] == [anna, cas, dirk]
    assert {one["library"]["poi"] for one in seen} == {REGION}
    guests = await every(api, f"{path}/guests", "adviser")
    assert [one["guest"]["name"] for one in guests] == ["gast-van-anna"]
    assert problem(await api.get(f"/v1/enrolments/{bob}", "adviser")) == (404, "unknown-enrolment")
    assert (await api.get(f"/v1/enrolments/{bob}", "adviser", OTHER_REGION)).status_code == 200
    texts = [str(seen), str(guests), (await api.get(f"/v1/enrolments/{cas}", "adviser")).text]
    assert not [text for text in texts if MOTIVATION in text or REASON in text or "Rijnbrink" in text]
    assert (await api.get(f"/v1/enrolments/{anna}/history", "adviser")).status_code == 403
    assert (await api.get(f"{path}/enrolments.csv", "adviser")).status_code == 403


@pytest.mark.parametrize(
    ("role", "motives"), [("organiser", True), ("auditor", True), ("finance", False), ("platform", False)]
)
async def test_motives_are_for_who_decides_and_who_audits(api: Api, role: str, motives: bool) -> None:
    _, cas, *_ = await a_season(api)
    texts = [(await api.get(f"/v1/enrolments/{cas}", role)).text, str(await every(api, _LIST, role))]
    assert [MOTIVATION in text for text in texts] == [motives, motives]
    assert [REASON in text for text in texts] == [motives, motives]


_LIST = f"/v1/editions/{EDITION}/enrolments"


async def test_the_history_of_an_enrolment_tells_who_did_what_when_and_why(api: Api) -> None:
    _, cas, *_ = await a_season(api)
    entries = await every(api, f"/v1/enrolments/{cas}/history", "auditor")
    assert [(one["who"], one["reason"]) for one in entries] == [("local-platform", None), ("local-platform", REASON)]
    assert [one["entry"] for one in entries] == sorted(one["entry"] for one in entries)


async def test_finance_reads_and_exports_and_posts_nothing(api: Api) -> None:
    anna, *_ = await a_season(api)
    assert (await api.get(f"{_LIST}.csv", "finance")).status_code == 200
    for role in ("finance", "auditor", "adviser"):
        assert problem(await api.post("enrolment.withdraw.v1", about(anna), role)) == (403, "forbidden")


async def test_nothing_of_it_is_kept_by_a_cache_and_head_is_get_without_a_body(api: Api) -> None:
    anna, *_ = await a_season(api)
    paths: Sequence[str] = (f"/v1/enrolments/{anna}", f"/v1/editions/{EDITION}", _LIST, f"{_LIST}.csv", "/v1/nothing")
    async with api.asked_by("organiser") as http:
        for path in paths:
            whole, head = await http.get(path), await http.head(path)
            assert whole.headers["cache-control"] == "no-store"
            assert whole.headers["x-content-type-options"] == "nosniff"
            assert (head.status_code, head.content) == (whole.status_code, b"")
            assert head.headers == whole.headers
        assert "max-age" in (await http.get("/openapi.json")).headers["cache-control"]
        refused = await http.request("DELETE", f"/v1/enrolments/{anna}")
    assert problem(refused) == (405, "method-not-allowed")
    assert refused.headers["allow"] == "GET, HEAD"


async def test_every_role_has_its_region_or_all_of_it(api: Api) -> None:
    await a_season(api)
    seen = {role: len((await api.get(_LIST, role)).json()["items"]) for role in ROLES}
    assert seen == {"organiser": 4, "finance": 4, "platform": 4, "auditor": 4, "adviser": 3}


async def test_a_database_that_is_away_is_503_and_says_when_to_come_back(api: Api) -> None:
    await api.pool.close()
    for path in (f"/v1/editions/{EDITION}", "/v1/editions", _LIST, f"{_LIST}.csv", f"/v1/enrolments/{NOBODY}"):
        answer = await api.get(path)
        assert problem(answer) == (503, "busy")
        assert answer.headers["retry-after"] == "2"
