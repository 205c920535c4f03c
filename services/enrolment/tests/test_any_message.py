"""Whatever lies on the commands' topic: each message ends in one answer or one dead letter, and stops nobody else."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrolment.policies import POLICIES
from services.enrolment.tests.pages.house import Dial
from services.enrolment.tests.season import EDITION, OPENS, publish, request
from spn.messaging.contract import Command
from spn.testing.bench import Bench
from spn.testing.records import TopicLog, headers_for

TOPIC = "spn.enrolment.commands"
EXAMPLES: list[tuple[str, Mapping[str, Any]]] = [
    (type_, example)
    for policy in POLICIES.policies
    if issubclass(policy.model, Command)
    for type_ in policy.types
    for example in policy.model.examples
]
TEXTS = st.text(st.characters(), max_size=40) | st.sampled_from(["\x00", "\ud800", "x" * 5_000, "\u202e", "=1+1", ""])
NUMBERS = st.integers() | st.floats() | st.sampled_from([2**63, -(2**63), 10**400, 0, -1])
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda some: st.lists(some, max_size=3) | st.dictionaries(TEXTS, some, max_size=3),
    max_leaves=5,
)


@dataclass(frozen=True)
class Sent:
    """A message as it lies on the topic."""

    type: str
    key: bytes | None
    value: bytes | None
    changed: Mapping[str, bytes | None] = field(default_factory=dict)


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a body."""
    inside: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here] * bool(here) + [path for name, part in inside for path in paths(part, (*here, name))]


@st.composite
def nearly(draw: st.DrawFn) -> Sent:
    """An example with a few changes, each of which may or may not spoil it."""
    type_, example = draw(st.sampled_from(EXAMPLES))
    body = json.loads(json.dumps(example)) | {"edition_id": EDITION}
    for _ in range(draw(st.integers(0, 3))):
        _change(draw, body)
    key = draw(st.just(str(body.get("edition_id")).encode("utf-8", "replace")) | st.none() | st.binary(max_size=20))
    return Sent(type_, key, json.dumps(body).encode())


def _change(draw: st.DrawFn, body: Any) -> None:
    *way, last = draw(st.sampled_from(paths(body) or [("edition_id",)]))
    place = body
    for name in way:
        place = place[name]
    match draw(st.sampled_from(["put", "drop", "add"])):
        case "put":
            place[last] = draw(JSON)
        case "drop" if isinstance(place, list) or last in place:
            del place[last]
        case _ if isinstance(place, dict):
            place[draw(TEXTS)] = deepcopy(draw(JSON))


@st.composite
def broken(draw: st.DrawFn) -> Sent:
    """An example whose bytes were cut, or mixed with others."""
    sent = draw(nearly())
    value = sent.value or b""
    at = draw(st.integers(0, len(value)))
    return Sent(sent.type, sent.key, value[:at] + draw(st.binary(max_size=8)) + value[at + draw(st.integers(0, 9)) :])


HEADERS = st.dictionaries(
    st.sampled_from(
        ["ce_type", "ce_id", "ce_time", "ce_sequence", "ce_specversion", "traceparent", "ce_correlationid"]
    ),
    st.none() | st.binary(max_size=40) | st.sampled_from([b"enrolment.request.v2", b"", b"1", b"\x00"]),
    max_size=2,
)
STRANGE = st.builds(
    Sent,
    type=st.sampled_from([type_ for type_, _ in EXAMPLES] + ["enrolment.fly.v1", "\u00e9", "x" * 300]),
    key=st.none() | st.binary(max_size=30) | st.just(EDITION.encode()),
    value=st.none() | st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()),
    changed=HEADERS,
)


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(batch=st.lists(nearly() | broken() | STRANGE, min_size=1, max_size=8))
async def test_whatever_comes_each_message_is_answered_or_put_aside_once_and_the_next_is_decided(
    pool: asyncpg.Pool[asyncpg.Record], batch: list[Sent]
) -> None:
    bench = Bench("enrolment", POLICIES, pool, clock=Dial(OPENS))
    log = TopicLog(TOPIC)
    await pool.execute("TRUNCATE inbox, outbox, dead_letters, consumer_offsets")
    ids, good = [uuid4() for _ in batch], [(uuid4(), command) for command in (publish(), request("anna"))]
    records = [log.raw(one.key, one.value, headers(one, id_)) for one, id_ in zip(batch, ids, strict=True)]
    after = [log.append(EDITION, type(command).types[0], command, id_=id_) for id_, command in good]
    await bench.handle(*records, *after)
    ends = await endings(bench)
    for record, id_ in zip(records, ids, strict=True):
        assert ends[id_] + ends[record.partition, record.offset] == 1, record
    assert [ends[id_] for id_, _ in good] == [1, 1], "what comes after them is answered"


def headers(sent: Sent, id_: UUID) -> tuple[tuple[str, bytes | None], ...]:
    return tuple(({**dict(headers_for(sent.type, id_=id_)), **sent.changed}).items())


async def endings(bench: Bench) -> Counter[Any]:
    """How often each message was answered, by its id, and put aside, by its place."""
    found: Counter[Any] = Counter(UUID(one.data["command_id"]) for one in await bench.told("command.answered.v1"))
    for letter in await bench.letters():
        found[letter["partition"], letter["offset"]] += 1
    return found
