"""What the contract tests look at: the services of this checkout, their contracts, and examples as records."""

from __future__ import annotations

import json
from datetime import datetime

from deploy.setup.install import ROOT
from spn.contracts.catalogue import services
from spn.contracts.headers import example_headers
from spn.contracts.published import Contract, all_contracts
from spn.contracts.topics import read_topics
from spn.messaging.envelope import JSON_TYPE, Record

SERVICES = {service.name: service for service in services()}
CONTRACTS = all_contracts(SERVICES.values())
BY_PLACE = {(contract.topic, contract.type): contract for contract in CONTRACTS}
TOPICS = read_topics(ROOT)


def record_of(contract: Contract, number: int, offset: int = 0) -> Record:
    """The ``number``-th example of a contract, from 1, as it comes from Kafka: appended when it says it happened."""
    example = contract.examples[number - 1]
    headers = example_headers(contract, example, number)
    raw = contract.content_type != JSON_TYPE
    value = example.payload.encode("latin-1") if raw else json.dumps(example.payload).encode()
    return Record(
        topic=contract.topic,
        partition=0,
        offset=offset,
        timestamp=datetime.fromisoformat(headers["ce_time"]),
        key=example.key.encode(),
        value=value,
        headers=tuple((name, text.encode()) for name, text in headers.items()),
    )


def read_by(service: str) -> list[Contract]:
    """What a service reads, commands too, in the order of the topics."""
    policies = SERVICES[service].policies
    return [contract for contract in CONTRACTS if policies.of(contract.topic, contract.type)]
