"""Every example of every message, through every consumer that reads it: parsed, decided, saved and told, for real."""

from __future__ import annotations

from itertools import count

import pytest

from spn.contracts.published import Contract
from spn.messaging.envelope import Record
from spn.testing.bench import Bench
from tests.contract.catalogue import SERVICES, read_by, record_of
from tests.contract.conftest import EmptyService

READ = [(service, contract) for service in SERVICES for contract in read_by(service)]
EVENTS_READ = [(service, contract) for service, contract in READ if contract.kind == "event"]
COMMANDS_READ = [(service, contract) for service, contract in READ if contract.kind == "command"]
# What the core says of a command that it cannot even give to a decision.
UNREADABLE = {"unknown-type", "not-json", "invalid", "wrong-key"}


def named(value: object) -> str:
    return value.name if isinstance(value, Contract) else str(value)


@pytest.mark.stack
@pytest.mark.parametrize(("service", "contract"), EVENTS_READ, ids=named)
async def test_a_service_that_knows_nothing_yet_takes_every_example_of_an_event(
    service: str, contract: Contract, empty_service: EmptyService
) -> None:
    for number in range(1, len(contract.examples) + 1):
        async with empty_service(service) as bench:
            tally = await bench.handle(record_of(contract, number))

            assert await _errors(bench) == []
            assert (tally.messages, tally.skipped, tally.dead_letters) == (1, 0, 0)


@pytest.mark.stack
@pytest.mark.parametrize(("service", "contract"), COMMANDS_READ, ids=named)
async def test_a_service_that_knows_nothing_yet_answers_every_example_of_a_command(
    service: str, contract: Contract, empty_service: EmptyService
) -> None:
    for number in range(1, len(contract.examples) + 1):
        record = record_of(contract, number)
        async with empty_service(service) as bench:
            await bench.handle(record)

            answers = [told for told in await bench.told() if told.headers["ce_subject"] == _id(record)]
            assert await _errors(bench) == []
            assert len(answers) == 1
            assert answers[0].data["code"] not in UNREADABLE


@pytest.mark.stack
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
async def test_a_service_takes_all_examples_that_it_reads_in_one_batch_and_again(
    service: str, backwards: bool, empty_service: EmptyService
) -> None:
    records = _all_examples(service)
    records = records[::-1] if backwards else records
    async with empty_service(service) as bench:
        first = await bench.handle(*records)
        again = await bench.handle(*records)

        assert await _errors(bench) == []
        assert (first.messages, first.dead_letters, first.duplicates) == (len(records), 0, 0)
        assert again.duplicates >= len(records)


def _all_examples(service: str) -> list[Record]:
    offsets = count()
    return [
        record_of(contract, number, next(offsets))
        for contract in read_by(service)
        for number in range(1, len(contract.examples) + 1)
    ]


def _id(record: Record) -> str:
    return (dict(record.headers)["ce_id"] or b"").decode()


async def _errors(bench: Bench) -> list[str]:
    return [f"{letter['handler']}: {letter['error']}" for letter in await bench.letters()]
