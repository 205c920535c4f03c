"""SQL statements a batch: as many for one message as for 500.

Each service's pipeline runs in this process on a database of its own; a batch is of one topic, as it is in a service.
"""

from __future__ import annotations

import importlib
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from spn.messaging.envelope import Record
from spn.messaging.policies import Policies
from spn.testing.bench import Bench, Told
from spn.testing.databases import migrated
from spn.testing.records import TopicLog
from tests.bench.report import Measure, Report, out
from tests.bench.scenario import SERVICES, Scenario, Season

BATCH = 500


@dataclass
class Counted:
    """A service's pipeline whose statements are counted."""

    service: str
    policies: Policies
    bench: Bench
    statements: list[str]
    read: int = 0
    found: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    async def handle(self, records: Sequence[Record]) -> None:
        """One batch, not counted."""
        await self.bench.handle(*records)

    async def count(self, topic: str, records: Sequence[Record]) -> None:
        """One batch of one message, then one of 500.

        Another one goes before them: at first asyncpg asks the database about the types of its answers.
        """
        assert len(records) >= BATCH + 2, f"{self.service} {topic}: {len(records)} records"
        for some in (records[:1], records[1:2], records[2 : 2 + BATCH]):
            self.statements.clear()
            tally = await self.bench.handle(*some)
            assert tally.dead_letters == 0, tally.errors
            self.found[topic][len(some)] = len(self.statements)

    async def told(self) -> Mapping[str, list[Record]]:
        """What it told since this was last asked, as records of the topics."""
        new = (await self.bench.told())[self.read :]
        self.read += len(new)
        logs: dict[str, TopicLog] = {}
        records: defaultdict[str, list[Record]] = defaultdict(list)
        for one in new:
            log = logs.setdefault(one.topic, TopicLog(one.topic))
            records[one.topic].append(log.raw(one.key.encode(), one.value, _headers(one)))
        return records


def _headers(told: Told) -> list[tuple[str, bytes | None]]:
    return [(name, text.encode()) for name, text in told.headers.items()]


@asynccontextmanager
async def counted(admin_url: str, service: str) -> AsyncIterator[Counted]:
    """A service on an empty database of its own."""
    policies: Policies = importlib.import_module(f"{service}.policies").POLICIES
    seen: list[str] = []

    async def listen(connection: Any) -> None:
        connection.add_query_logger(lambda query: seen.append(query.query))

    async with (
        migrated(admin_url, f"{service}.migrations") as url,
        asyncpg.create_pool(url, min_size=1, max_size=1, init=listen) as pool,
    ):
        yield Counted(service, policies, Bench(service, policies, pool), seen)


async def measure(report: Report, admin_url: str, scenario: Scenario) -> None:
    """Play more than 500 enrolments through the four pipelines, and count."""
    async with AsyncExitStack() as opened:
        services = [await opened.enter_async_context(counted(admin_url, s)) for s in SERVICES]
        await _play(services, scenario)
    report.details["statements_a_batch"] = {s.service: s.found for s in services}
    more = [abs(n[BATCH] - n[1]) for s in services for n in s.found.values()]
    note = "; ".join(f"{s.service} {'/'.join(str(n[BATCH]) for n in s.found.values())}" for s in services)
    report.measures.append(
        Measure(
            "SQL statements: a batch of 500 against one of 1, the worst topic",
            "statements",
            [max(more)],
            at_most=0,
            note=note,
        )
    )
    for service in services:
        for topic, n in service.found.items():
            out.print(
                f"[bold]statements[/bold]: {service.service} {topic}: {n[1]} for 1 message, {n[BATCH]} for {BATCH}"
            )


async def _play(services: Sequence[Counted], scenario: Scenario) -> None:
    enrolment, billing, scheduling, notifications = services
    season = Season(scenario, "st")
    people = BATCH + 2
    names, opening = season.open_editions(people)
    requests = season.requests(names, people)
    commands: defaultdict[str, list[Record]] = defaultdict(list)
    logs = {topic: TopicLog(topic, 24) for topic in {c.topic for c in opening}}
    for command in (*opening, *requests):
        log, id_ = logs[command.topic], UUID(command.id)
        record = log.append(command.key, command.type, command.data, id_=id_, correlation_id=command.id)
        commands["requests" if command in requests else command.topic].append(record)
    await enrolment.handle(commands["spn.enrolment.commands"])
    await enrolment.count("spn.enrolment.commands", commands["requests"])
    await scheduling.handle(commands["spn.scheduling.commands"])
    planned = await scheduling.told()
    told = await enrolment.told()
    facts = _only(told["spn.enrolment.events"], "enrolment.accepted.v1")
    await scheduling.count("spn.enrolment.events", facts)
    places = await scheduling.told()
    await enrolment.count("spn.scheduling.events", places["spn.scheduling.events"])
    await billing.count("spn.enrolment.people", told["spn.enrolment.people"])
    await billing.count("spn.enrolment.organisations", told["spn.enrolment.organisations"])
    await billing.count("spn.enrolment.events", facts)
    await notifications.handle([*told["spn.enrolment.editions"], *planned["spn.scheduling.events"]])
    await notifications.count("spn.enrolment.people", told["spn.enrolment.people"])
    await notifications.count("spn.enrolment.events", facts)
    await notifications.count("spn.scheduling.events", places["spn.scheduling.events"])


def _only(records: Sequence[Record], type_: str) -> list[Record]:
    return [r for r in records if dict(r.headers)["ce_type"] == type_.encode()]
