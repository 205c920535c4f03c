"""From a command that a stranger puts by the AsyncAPI document alone to the invoice, the places and the mails."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.setup.install import ROOT
from spn_local.config import SERVICE_NAMES, ServiceConfig
from spn_local.stack import Stack
from tests.e2e.stranger import Stranger

EVENTS = ("spn.enrolment.events", "spn.billing.events", "spn.scheduling.events", "spn.notifications.events")


@pytest.fixture(scope="module")
def running() -> Iterator[Stack]:
    """The four services on a stack of their own."""
    with Stack(services=[ServiceConfig(name) for name in SERVICE_NAMES]) as stack:
        yield stack


@pytest.mark.stack
@pytest.mark.slow
def test_a_command_put_by_the_document_alone_leads_to_an_invoice_places_and_mails(running: Stack) -> None:
    edition = f"stranger-{uuid.uuid4().hex[:8]}"
    enrolment, scheduling = _stranger(running, "enrolment"), _stranger(running, "scheduling")
    plan = _plan(scheduling, edition)
    request = enrolment.example("enrolment.request.v1") | {"edition_id": edition}

    planned = scheduling.ask("timetable.plan.v1", plan)
    published = enrolment.ask("edition.publish.v1", _edition(enrolment, edition))
    accepted = enrolment.ask("enrolment.request.v1", request)
    again = enrolment.ask("enrolment.request.v1", request)

    assert (planned["outcome"], published["outcome"]) == ("done", "done")
    assert (accepted["outcome"], accepted["state"]) == ("done", "accepted")
    assert (again["outcome"], again["subject_id"]) == ("unchanged", accepted["subject_id"])
    days = len(plan["sessions"])
    wanted = Counter(
        {"billing.invoice-issued.v1": 1, "scheduling.place-given.v1": days, "notifications.message-sent.v1": days + 2}
    )
    assert _told(running, accepted["subject_id"], wanted) == wanted


@pytest.mark.stack
@pytest.mark.slow
def test_over_http_a_token_of_the_stack_opens_what_its_role_may_and_nothing_else(running: Stack) -> None:
    edition = _edition(_stranger(running, "enrolment"), f"over-http-{uuid.uuid4().hex[:8]}")
    with httpx.Client(base_url=running.http_url("enrolment"), trust_env=False, timeout=30) as http:

        def publish(token: str | None) -> httpx.Response:
            headers = {"authorization": f"Bearer {token}"} if token else {}
            return http.post("/v1/commands/edition.publish.v1", json=edition, headers=headers)

        assert [publish(None).status_code, publish("x").status_code] == [401, 401]
        assert publish(running.token("finance", "auditor")).status_code == 403
        published = publish(running.token("organiser", subject="an organiser"))
        assert published.status_code in (200, 202)
        auditor = {"authorization": f"Bearer {running.token('auditor')}"}
        answered = http.get(f"{published.json()['href']}?wait=30", headers=auditor)
        assert (answered.status_code, answered.json()["outcome"]) == (200, "done")

        http.post("/session", json={"token": running.token("organiser", subject="an organiser")}).raise_for_status()
        assert http.get("/session").json()["subject"] == "an organiser"
        assert publish(None).status_code == 403, "a cookie alone changes nothing"


def _stranger(stack: Stack, document: str, user: str = "platform") -> Stranger:
    access = stack.kafka(user)
    return Stranger(ROOT / "docs" / "asyncapi" / f"{document}.yaml", access.bootstrap, user, access.password or "")


def _edition(enrolment: Stranger, edition_id: str) -> dict[str, Any]:
    """The example, open now."""
    now = datetime.now(UTC).replace(microsecond=0)
    dates = {
        "opens_at": now - timedelta(hours=1),
        "closes_at": now + timedelta(days=30),
        "starts_on": (now + timedelta(days=60)).date(),
        "ends_on": (now + timedelta(days=300)).date(),
    }
    said = {name: value.isoformat() for name, value in dates.items()}
    edition: dict[str, Any] = enrolment.example("edition.publish.v1") | {"edition_id": edition_id, **said}
    return edition


def _plan(scheduling: Stranger, edition_id: str) -> dict[str, Any]:
    """The example, some weeks from now, under ids that nobody has."""
    plan: dict[str, Any] = scheduling.example("timetable.plan.v1") | {"edition_id": edition_id}
    begin = datetime.now(UTC).replace(microsecond=0) + timedelta(days=60)
    for week, session in enumerate(plan["sessions"]):
        starts_at = begin + timedelta(weeks=week)
        session["session_id"] = f"{edition_id}-{week}"
        session["starts_at"], session["ends_at"] = starts_at.isoformat(), (starts_at + timedelta(hours=7)).isoformat()
    return plan


def _told(stack: Stack, enrolment_id: str, wanted: Counter[str]) -> Counter[str]:
    """What is told about this enrolment, until it is all that is wanted. Only the operator may read all topics."""
    read: list[tuple[str, dict[str, Any]]] = []
    for headers, value in _stranger(stack, "notifications", "operator").read(*EVENTS, seconds=60):
        if headers["ce_type"] in wanted:
            read.append((headers["ce_type"], json.loads(value)))
            if _about(enrolment_id, read) >= wanted:
                break
    return _about(enrolment_id, read)


def _about(enrolment_id: str, read: list[tuple[str, dict[str, Any]]]) -> Counter[str]:
    """How many of each type concern the enrolment: itself, its invoices, its sessions, and mails about these."""
    subjects = {enrolment_id}
    for _, data in read:
        if data.get("enrolment_id") == enrolment_id:
            subjects.add(data["document"]["number"])
        if enrolment_id in {attendee["enrolment_id"] for attendee in data.get("attendees", ())}:
            subjects.add(data["session_id"])
    return Counter(
        type_ for type_, data in read if subjects & {data.get(f) for f in ("enrolment_id", "session_id", "about")}
    )
