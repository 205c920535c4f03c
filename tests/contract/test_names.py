"""All name the same topics, types and readers: the events, the map of each service, topics.yaml and the flow page."""

from __future__ import annotations

import re

import pytest

from deploy.setup.install import ROOT
from spn.contracts.catalogue import ServiceContract
from spn.contracts.flow import command_of
from spn.contracts.pages import names_in
from tests.contract.catalogue import BY_PLACE, CONTRACTS, SERVICES, TOPICS

FLOW = ROOT / "docs" / "flows" / "enrolment.md"
TYPE = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[a-z]+(?:-[a-z]+)*)+\.v[1-9][0-9]*")
TOPIC = re.compile(r"spn(?:\.[a-z]+(?:-[a-z]+)*){2,}")
MENTIONED = re.compile(r"`([^`\s]+)`")


def is_dead_letters(topic: str) -> bool:
    return topic.endswith(".dead-letters")


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_what_a_service_reads_is_told_by_someone_on_that_topic(service: ServiceContract) -> None:
    read = {(p.topic, type_) for p in service.policies.policies if p.topic for type_ in p.types}

    assert sorted(read - BY_PLACE.keys()) == []


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_a_deadline_becomes_a_command_that_the_service_takes(service: ServiceContract) -> None:
    asked = {(c.topic, c.types[0]) for c in map(command_of, service.policies.command_deadlines.values())}

    assert sorted(asked - BY_PLACE.keys()) == []


def test_the_name_of_a_type_says_owner_fact_and_version() -> None:
    assert [c.name for c in CONTRACTS if not TYPE.fullmatch(c.type)] == []


def test_a_type_is_told_by_one_owner_but_for_the_answers_to_commands() -> None:
    owners: dict[str, set[str]] = {}
    for contract in CONTRACTS:
        owners.setdefault(contract.type, set()).add(contract.owner)

    assert [type_ for type_, some in owners.items() if len(some) > 1] == ["command.answered.v1"]


def test_every_topic_that_is_declared_has_messages_and_every_message_has_its_topic() -> None:
    assert sorted(TOPICS) == sorted({c.topic for c in CONTRACTS})


def test_who_owns_a_topic_is_among_its_writers() -> None:
    assert [c.name for c in CONTRACTS if c.owner not in TOPICS[c.topic].writers] == []


@pytest.mark.parametrize("topic", [name for name in TOPICS if not is_dead_letters(name)])
def test_the_services_that_may_read_a_topic_are_those_with_a_policy_on_it(topic: str) -> None:
    reading = {name for name, service in SERVICES.items() if topic in service.policies.topics}

    assert {reader for reader in TOPICS[topic].readers if reader in SERVICES} == reading


def test_the_flow_page_has_the_tables_of_messages_and_decisions() -> None:
    assert {"messages", "decisions"} <= set(names_in(FLOW.read_text()))


def test_the_flow_page_names_every_topic_and_type_and_no_other() -> None:
    text = FLOW.read_text()
    known = {c.topic for c in CONTRACTS} | {c.type for c in CONTRACTS}
    mentioned = {name for name in MENTIONED.findall(text) if TOPIC.fullmatch(name) or TYPE.fullmatch(name)}

    assert sorted(mentioned - known) == []
    assert sorted(name for name in known - mentioned if "dead-letter" not in name) == []
