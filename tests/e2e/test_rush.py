"""The opening minute: 300 requests at once for twelve seats, over HTTP and Kafka, with a replica that dies."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from confluent_kafka import Producer

from enrolment.commands import examples
from spn.testing.waiting import eventually
from spn_local.config import ServiceConfig
from spn_local.stack import Stack

SEATS, PEOPLE, TWICE = 12, 240, 60
"""300 requests: each of sixty people is asked for twice, once over HTTP and once over Kafka."""
SOME = 10
COMMANDS = "spn.enrolment.commands"
SEED = 20270114
PATIENCE_SECONDS = 90.0


@pytest.fixture(scope="module")
def running() -> Iterator[Stack]:
    """Enrolment in two replicas."""
    with Stack(services=[ServiceConfig("enrolment", replicas=2)]) as stack:
        yield stack


def request(edition: str, number: int) -> dict[str, Any]:
    participant = {"name": f"Directeur {number}", "email": f"directeur-{number}@bieb.example", "language": "nl"}
    return {**examples.REQUEST, "edition_id": edition, "participant": participant}


def publish(edition: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    days = {"starts_on": (now + timedelta(days=90)).date(), "ends_on": (now + timedelta(days=300)).date()}
    instants = {"opens_at": now - timedelta(minutes=1), "closes_at": now + timedelta(days=60)}
    when = {name: value.isoformat() for name, value in {**days, **instants}.items()}
    return {**examples.PUBLISH, "edition_id": edition, "seats": SEATS, **when}


class Rush:
    """Everybody at once, half by each way."""

    def __init__(self, stack: Stack, edition: str) -> None:
        self.stack, self.edition = stack, edition
        self.answers: dict[str, dict[str, Any]] = {}
        self.some_answered = asyncio.Event()
        self.headers = {"authorization": f"Bearer {stack.token('platform')}"}
        people = [*range(PEOPLE), *range(TWICE)]
        random.Random(SEED).shuffle(people)  # noqa: S311 - a rush to repeat
        # Whoever comes twice comes once by each way.
        self.by_kafka = [*range(TWICE), *(n for n in people[: PEOPLE // 2] if n >= TWICE)][: (PEOPLE + TWICE) // 2]
        rest = [n for n in range(PEOPLE) if n not in set(self.by_kafka)]
        self.by_http = [*range(TWICE), *rest]

    async def come(self) -> None:
        """All of them, while the second replica is killed in the middle."""
        await asyncio.gather(self._http(), asyncio.to_thread(self._kafka), self._death())

    async def _http(self) -> None:
        limits = httpx.Limits(max_connections=60)
        async with httpx.AsyncClient(headers=self.headers, limits=limits, trust_env=False, timeout=60) as http:
            await asyncio.gather(*(self._ask(http, number) for number in self.by_http))

    async def _ask(self, http: httpx.AsyncClient, number: int) -> None:
        """Ask until there is an answer, with the same key: a replica that dies must not cost anybody a place."""
        key, url = f"rush-{self.edition}-{number}", f"{self.stack.http_url('enrolment', number % 2)}/v1/commands"
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    sent = await http.post(
                        f"{url}/enrolment.request.v1",
                        json=request(self.edition, number),
                        headers={"idempotency-key": key},
                    )
                    if sent.status_code == 202:
                        sent = await http.get(f"{url}/{sent.json()['command_id']}?wait=10")
                except httpx.TransportError:
                    url = f"{self.stack.http_url('enrolment', 0)}/v1/commands"
                    continue
                if sent.status_code in (200, 409):
                    self.answers[f"http-{number}"] = sent.json()
                    if len(self.answers) == SOME:
                        self.some_answered.set()
                    return
                assert sent.status_code in (202, 429, 503), sent.text

    def _kafka(self) -> None:
        access = self.stack.kafka("platform")
        producer = Producer({**access.client_config(), "partitioner": "murmur2_random", "enable.idempotence": True})
        for number in self.by_kafka:
            headers = {
                "ce_id": str(uuid.uuid4()), "ce_type": "enrolment.request.v1", "ce_source": "/spn/platform",
                "ce_specversion": "1.0", "ce_subject": self.edition, "ce_time": datetime.now(UTC).isoformat(),
                "content-type": "application/json",
            }  # fmt: skip
            value = json.dumps(request(self.edition, number))
            producer.produce(COMMANDS, value, self.edition, headers=list(headers.items()))
        assert producer.flush(30) == 0

    async def _death(self) -> None:
        """Once some have their answer."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.some_answered.wait()
        await asyncio.to_thread(self.stack.kill_service, "enrolment", 1)


@pytest.mark.stack
@pytest.mark.slow
async def test_of_a_rush_exactly_as_many_get_a_seat_as_there_are_and_the_order_is_proved(running: Stack) -> None:
    edition = f"rush-{uuid.uuid4().hex[:8]}"
    async with httpx.AsyncClient(trust_env=False, timeout=60) as http:
        published = await http.post(
            f"{running.http_url('enrolment')}/v1/commands/edition.publish.v1",
            json=publish(edition),
            headers={"authorization": f"Bearer {running.token('organiser')}"},
        )
        assert published.status_code in (200, 202), published.text
    rush = Rush(running, edition)
    await rush.come()

    rows = await _until_settled(running, edition)
    statuses = Counter(row["status"] for row in rows)
    assert statuses == {"accepted": SEATS, "waiting": PEOPLE - SEATS}
    assert [row["number"] for row in rows] == list(range(1, PEOPLE + 1))
    assert {row["status"] for row in rows[:SEATS]} == {"accepted"}, "the first to ask have the seats"
    evidence = [(row["moment"], row["kafka_offset"]) for row in rows]
    assert evidence == sorted(evidence), "the order is that of the log"
    assert Counter(answer["outcome"] for answer in rush.answers.values())["refused"] == 0
    enrolments = {key: answer["subject_id"] for key, answer in rush.answers.items()}
    assert len(set(enrolments.values())) == len(rush.by_http), "one answer, one enrolment"
    proved = await asyncio.to_thread(_verify, running, edition)
    assert proved.returncode == 0, proved.stderr + proved.stdout


async def _until_settled(stack: Stack, edition: str) -> Sequence[asyncpg.Record]:
    """The enrolments of the edition with the evidence of their requests, once everybody has one."""
    query = """
        SELECT e.number, e.status, j.moment, j.kafka_offset FROM enrolments e
        JOIN journal j ON j.enrolment_id = e.enrolment_id AND j.what IN ('accepted', 'waitlisted')
        WHERE e.edition_id = $1 ORDER BY e.number"""
    connection = await asyncpg.connect(stack.database_url("enrolment"))
    try:

        async def everybody() -> Sequence[asyncpg.Record] | None:
            rows = await connection.fetch(query, edition)
            return rows if len(rows) >= PEOPLE else None

        found: Sequence[asyncpg.Record] = await eventually(
            everybody, "everybody has an enrolment", seconds=PATIENCE_SECONDS
        )
        return found
    finally:
        await connection.close()


def _verify(stack: Stack, edition: str) -> subprocess.CompletedProcess[str]:
    """`spn enrolment verify-waiting-list`, as an operator runs it: against the topics."""
    program = Path(sys.executable).with_name("spn-enrolment")
    environment = {
        **stack.kafka("enrolment").environment(),
        **{name: value for name, value in stack.addresses.environment.items() if name.startswith("KAFKA_PASSWORD_")},
        "DATABASE_URL": stack.database_url("enrolment"),
        "SPN_PROFILE": "local",
    }
    return subprocess.run(
        [program, "verify-waiting-list", edition],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
