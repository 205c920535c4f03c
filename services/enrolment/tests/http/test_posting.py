"""A command over HTTP: in whose name it is, what it is held against, who sees what became of it."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from enrolment.commands import examples
from enrolment.http.posting import POSTING
from enrolment.rights import POSTERS
from services.enrolment.tests.http.api import TOPIC, Api, about, asking, problem
from services.enrolment.tests.season import EDITION
from spn.messaging.contract import Command
from spn.rights.roles import Principal, Role

REASON = {"reason": "Met de hand."}


async def who(api: Api, enrolment_id: str) -> str | None:
    """Who did what was done last to an enrolment, as its journal has it."""
    found: str | None = await api.pool.fetchval(
        "SELECT who FROM journal WHERE enrolment_id = $1::text::uuid ORDER BY entry DESC LIMIT 1", enrolment_id
    )
    return found


async def test_who_posts_a_command_is_named_in_it(api: Api) -> None:
    await api.published()
    one, other = await api.enrolled("Anna", "Bob")
    assert await who(api, one) == "local-platform"
    withdrawn = await api.post("enrolment.withdraw.v1", about(one), "organiser", subject="organiser-7")
    assert withdrawn.status_code == 200
    assert await who(api, one) == "organiser-7"
    spoken_for = await api.post("enrolment.withdraw.v1", {**about(other), "by": "Bob zelf"})
    assert spoken_for.status_code == 200
    assert await who(api, other) == "Bob zelf"


async def test_an_organiser_may_name_themselves_and_nobody_else(api: Api) -> None:
    await api.published()
    [one] = await api.enrolled("Anna")
    body = about(one) | REASON
    wrong = await api.post("enrolment.withdraw.v1", {**body, "by": "somebody-else"}, "organiser", subject="me")
    assert problem(wrong) == (403, "another-name")
    assert wrong.json()["errors"][0]["pointer"] == "#/by"
    assert "somebody-else" not in wrong.text
    right = await api.post("enrolment.withdraw.v1", {**body, "by": "me"}, "organiser", subject="me")
    assert right.status_code == 200


async def test_a_subject_as_long_as_a_token_may_hold_is_named_in_full(api: Api) -> None:
    await api.published()
    subject = "auth0|" + "s" * 194
    answer = await api.post("enrolment.request.v1", asking("Anna"), "organiser", subject=subject)
    assert answer.status_code == 200
    assert await who(api, answer.json()["subject_id"]) == subject


@pytest.mark.parametrize("kind", POSTERS, ids=lambda kind: kind.__name__)
def test_every_command_can_name_whoever_a_token_names(kind: type[Command]) -> None:
    named = POSTING.dress(kind.model_validate(kind.examples[0]), Principal("s" * 200, frozenset({Role.ORGANISER})))
    assert kind.model_validate_json(named.model_dump_json()) == named
    assert named.model_dump()["by"] == "s" * 200


async def test_a_command_is_held_against_the_etag_that_its_sender_saw(api: Api) -> None:
    await api.published(seats=1)
    one, other = await api.enrolled("Anna", "Bob")
    seen = (await api.get(f"/v1/enrolments/{other}")).headers["etag"]
    assert seen == '"2"'
    assert (await api.post("enrolment.withdraw.v1", about(one))).status_code == 200
    stale = await api.post("enrolment.leave-list.v1", about(other), "organiser", {"if-match": seen})
    assert (stale.status_code, stale.json()["code"], stale.json()["state"]) == (412, "changed-meanwhile", "offered")
    fresh = (await api.get(f"/v1/enrolments/{other}")).headers["etag"]
    taken = await api.post("enrolment.accept-offer.v1", about(other), "organiser", {"if-match": fresh})
    assert (taken.status_code, taken.json()["code"]) == (200, "offer-accepted")


async def test_an_edition_has_an_etag_of_its_own(api: Api) -> None:
    await api.published()
    seen = (await api.get(f"/v1/editions/{EDITION}")).headers["etag"]
    amend = {**examples.AMEND, "edition_id": EDITION}
    assert (await api.post("edition.amend.v1", amend, "organiser", {"if-match": seen})).status_code == 200
    stale = await api.post("edition.cancel.v1", examples.CANCEL, "organiser", {"if-match": seen})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed-meanwhile")
    assert (await api.get(f"/v1/editions/{EDITION}")).json()["state"] != "cancelled"


@pytest.mark.parametrize("tag", ["7", 'W/"7"', '"7", "8"', "*", '"seven"', '""', '"-1"', '"9999999999999999"'])
async def test_an_if_match_that_is_no_etag_of_ours_is_refused(api: Api, tag: str) -> None:
    answer = await api.post("enrolment.withdraw.v1", about(str(uuid4())), headers={"if-match": tag})
    assert problem(answer) == (400, "bad-condition")


async def test_an_if_match_is_refused_where_nothing_could_have_been_seen(api: Api) -> None:
    answer = await api.post("enrolment.request.v1", asking("Anna"), headers={"if-match": '"1"'})
    assert problem(answer) == (400, "no-condition")
    differs = {**about(str(uuid4())), "if_entry": 3}
    twice = await api.post("enrolment.withdraw.v1", differs, headers={"if-match": '"4"'})
    assert problem(twice) == (400, "bad-condition")
    assert await api.bench.told() == []


async def test_what_became_of_a_command_is_for_who_posted_it_and_for_who_may_read_all(api: Api) -> None:
    posted = await api.post("edition.publish.v1", examples.PUBLISH, "organiser", subject="organiser-7")
    href = posted.json()["href"]
    for role, status in (("organiser", 200), ("auditor", 200), ("platform", 200), ("finance", 403), ("adviser", 403)):
        assert (await api.get(href, role)).status_code == status, role
    assert await api.pool.fetchval("SELECT subject FROM http_commands") == "organiser-7"


async def test_a_used_key_of_somebody_else_tells_nothing_of_their_command(api: Api) -> None:
    key = {"idempotency-key": "the-same"}
    first = await api.post("edition.publish.v1", examples.PUBLISH, "organiser", key, subject="one")
    again = await api.post("edition.publish.v1", examples.PUBLISH, "organiser", key, subject="one")
    assert (first.status_code, again.json()) == (200, first.json())
    other = await api.post("edition.publish.v1", examples.PUBLISH, "organiser", key, subject="other")
    assert problem(other) == (422, "key-reused")


async def test_a_command_that_nobody_decides_yet_is_202_with_a_place_to_look(api: Api) -> None:
    async with api.asked_by("platform") as http:
        pending = await http.post("/v1/commands/edition.publish.v1", json=examples.PUBLISH)
        assert (pending.status_code, pending.headers["retry-after"]) == (202, "1")
        assert pending.json()["status"] == "pending"
        assert await api.decide() == 1
        answer = await http.get(pending.headers["location"])
    assert (answer.status_code, answer.json()["code"]) == (200, "edition-published")


async def test_the_same_request_over_http_and_over_kafka_is_one_enrolment(api: Api) -> None:
    await api.published()
    body: dict[str, Any] = asking("Marieke van 't Hof")
    over_http = await api.post("enrolment.request.v1", body)
    await api.bench.handle(api.log.append(EDITION, "enrolment.request.v1", body))
    again = await api.post("enrolment.request.v1", body)
    assert [over_http.json()["outcome"], again.json()["outcome"]] == ["done", "unchanged"]
    answers = [one.data for one in await api.bench.told("command.answered.v1")]
    assert {a["subject_id"] for a in answers[-3:]} == {over_http.json()["subject_id"]}
    assert [a["outcome"] for a in answers[-3:]] == ["done", "unchanged", "unchanged"]
    assert await api.pool.fetchval("SELECT count(*) FROM enrolments") == 1


async def test_the_trace_of_a_request_goes_on_in_what_follows_and_a_malformed_one_is_ignored(api: Api) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    for shown in (trace, "00-nonsense"):
        async with api.asked_by("platform") as http:
            headers = {"traceparent": shown}
            await http.post("/v1/commands/edition.publish.v1", json=examples.PUBLISH, headers=headers)
    found = await api.pool.fetch("SELECT headers FROM outbox WHERE topic = $1 ORDER BY id", TOPIC)
    assert [json.loads(row["headers"]).get("traceparent") for row in found] == [trace, None]
