"""Billing behind the real pipeline: batches, doubles, a spoiled message; then the issuer."""

from __future__ import annotations

from typing import Any, TypeAlias

import asyncpg
import pytest

from billing.events_in import Enrolment
from billing.policies import POLICIES
from services.billing.tests.builders import FUND, LIBRARY, contact_of, enrolment, organisation, person
from services.billing.tests.desk import RealDesk, enrolment_id, in_a_row, issue_all, numbers
from spn.messaging.envelope import Record
from spn.testing.bench import Bench
from spn.testing.records import TopicLog

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
FULL = {LIBRARY: {"course": 350_000, "coaching": 150_000}}


class Enrolling:
    """What enrolment tells, on its three topics."""

    def __init__(self) -> None:
        self._logs = {topic: TopicLog(topic) for topic in POLICIES.topics}
        self._sequence = 0

    def fact(self, type_: str, message: Enrolment) -> Record:
        self._sequence += 1
        return self._logs[Enrolment.topic].append(
            message.edition_id, type_, message, subject=str(message.enrolment_id), sequence=self._sequence
        )

    def organisation(self, id_: str) -> Record:
        return self._logs["spn.enrolment.organisations"].append(
            id_, "organisation.registered.v1", organisation(id_), subject=id_, sequence=1
        )

    def contact(self, organisation_id: str) -> Record:
        id_ = str(contact_of(organisation_id))
        data = person(organisation_id).model_dump(mode="json") | {"name": "Anna", "email": "anna@bieb.example"}
        return self._logs["spn.enrolment.people"].append(id_, "person.registered.v1", data, subject=id_, sequence=1)


@pytest.fixture
def bench(pool: Pool) -> Bench:
    return Bench("billing", POLICIES, pool)


async def test_a_batch_of_all_three_topics_and_its_doubles_lead_to_one_invoice_each(bench: Bench) -> None:
    told = Enrolling()
    batch = [told.fact("enrolment.accepted.v1", enrolment(FULL, enrolment_id=enrolment_id(n))) for n in range(12)]
    batch += [told.organisation(LIBRARY), told.contact(LIBRARY)]
    await bench.handle(*batch)
    tally = await bench.handle(*batch)
    await issue_all(RealDesk(bench.pool))

    assert tally.duplicates == 14
    assert await numbers(bench.pool) == in_a_row(12)
    issued = await bench.told("billing.invoice-issued.v1")
    assert {one.key for one in issued} == {str(enrolment_id(n)) for n in range(12)}
    causes = {one.headers["ce_causationid"] for one in issued}
    assert len(causes) == 12, "each is told because of its own acceptance"
    files = await bench.told("billing.document.v1")
    assert {one.key for one in files} == {one.data["document"]["sha256"] for one in issued}
    assert all(one.value.startswith(b"%PDF") for one in files)


async def test_a_spoiled_agreement_is_a_dead_letter_and_the_next_whole_one_heals_the_account(bench: Bench) -> None:
    told = Enrolling()
    good = enrolment(FULL, enrolment_id=enrolment_id(1))
    spoiled = good.model_copy(update={"payers": good.payers * 2})
    other = enrolment({FUND: {"course": 100}}, enrolment_id=enrolment_id(2))
    await bench.handle(
        told.organisation(LIBRARY),
        told.contact(LIBRARY),
        told.organisation(FUND),
        told.contact(FUND),
        told.fact("enrolment.accepted.v1", spoiled),
        told.fact("enrolment.accepted.v1", other),
    )
    await issue_all(RealDesk(bench.pool))
    (letter,) = await bench.letters()
    assert letter["error"].startswith("AmbiguousAgreement")
    assert await numbers(bench.pool) == in_a_row(1)

    await bench.handle(told.fact("enrolment.substituted.v1", good))
    await issue_all(RealDesk(bench.pool))
    assert await numbers(bench.pool) == in_a_row(2)


async def test_a_withdrawal_in_the_batch_of_its_acceptance_is_never_invoiced(bench: Bench) -> None:
    told = Enrolling()
    nothing: Any = {LIBRARY: {"course": 0, "coaching": 0}}
    await bench.handle(
        told.organisation(LIBRARY),
        told.contact(LIBRARY),
        told.fact("enrolment.accepted.v1", enrolment(FULL)),
        told.fact("enrolment.withdrawn.v1", enrolment(nothing)),
    )
    await issue_all(RealDesk(bench.pool))
    assert await numbers(bench.pool) == []


async def test_the_answers_to_commands_are_passed_by(bench: Bench) -> None:
    told = Enrolling()
    await bench.handle(told.fact("command.answered.v1", enrolment(FULL)))
    assert await bench.pool.fetchval("SELECT count(*) FROM accounts") == 0
    assert await bench.letters() == []


async def test_no_name_or_address_of_a_person_is_stored(bench: Bench) -> None:
    await bench.handle(Enrolling().contact(LIBRARY))
    row = await bench.pool.fetchrow("SELECT * FROM contacts")
    assert row is not None
    assert "Anna" not in repr(dict(row))
    assert set(row.keys()) == {"person_id", "sequence", "language"}
