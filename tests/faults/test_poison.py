"""What the ledger says must come of spoiled records, against what the services' own parser makes of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from billing.policies import POLICIES as BILLING
from enrolment.policies import POLICIES as ENROLMENT
from notifications.policies import POLICIES as NOTIFICATIONS
from scheduling.policies import POLICIES as SCHEDULING
from spn.clock import SystemClock
from spn.messaging.envelope import Record
from spn.messaging.parsing import Parser, Skipped, Spoiled, Unreadable
from tests.faults.poison import CHANNELS, Channel, any_spoiled, kinds_of, spoiled
from tests.faults.seeds import seeded
from tests.faults.wire import Put

POLICIES = {"enrolment": ENROLMENT, "billing": BILLING, "scheduling": SCHEDULING, "notifications": NOTIFICATIONS}
EVERY = [
    pytest.param(channel, what, id=f"{channel.topic}: {what}") for channel in CHANNELS for what in kinds_of(channel)
]


def parsed(put: Put, service: str) -> str:
    headers = tuple((n, v.encode() if isinstance(v, str) else v) for n, v in put.headers)
    record = Record(put.topic, 0, 0, datetime(2027, 1, 14, tzinfo=UTC), put.key, put.value, headers)
    item = Parser(POLICIES[service], SystemClock(), lambda _: None).parse(record)
    return {Spoiled: "poison", Unreadable: "command", Skipped: "ignored"}[type(item)]


@pytest.mark.parametrize(("channel", "what"), EVERY)
def test_each_reader_makes_of_it_what_the_ledger_says(channel: Channel, what: str) -> None:
    put = spoiled(seeded(1), channel, what)
    kinds = {line["kind"] for line in put.lines}
    assert len(kinds) == 1
    assert {parsed(put, reader) for reader in channel.readers} == kinds
    if kinds == {"poison"}:
        assert [line["service"] for line in put.lines] == list(channel.readers)


def test_readers_of_a_channel_are_those_whose_policies_read_it() -> None:
    for channel in CHANNELS:
        readers = {name for name, policies in POLICIES.items() if policies.of(channel.topic, channel.type)}
        assert readers == set(channel.readers), channel.topic


def test_any_kind_on_any_topic_comes_up() -> None:
    rng = seeded(2)
    put = [any_spoiled(rng, ()) for _ in range(2_000)]
    assert {one.topic for one in put} == {channel.topic for channel in CHANNELS}
    assert {line["kind"] for one in put for line in one.lines} == {"command", "poison", "ignored"}


class Told:
    """An event, or what pretends to be one, as the platform saw it."""

    def __init__(self, source: str) -> None:
        self._source = source

    def headers(self) -> list[tuple[str, bytes]]:
        return [("ce_source", self._source.encode())]

    def topic(self) -> str:
        return "spn.enrolment.events"

    def key(self) -> bytes:
        return b"ln"

    def value(self) -> bytes:
        return b"{}"

    def partition(self) -> int:
        return 3


def test_what_a_service_told_is_told_again_in_its_place_and_nothing_else_is() -> None:
    rng, told = seeded(3), [Told("/spn/platform"), Told("/spn/enrolment"), Told("")]
    again = [one for one in (any_spoiled(rng, told) for _ in range(200)) if one.lines[0].get("what") == "replay"]
    assert again
    assert {(one.partition, dict(one.headers)["ce_source"]) for one in again} == {(3, b"/spn/enrolment")}
