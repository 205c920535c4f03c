"""What billing tells and reads."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from billing import events_in
from billing.events_out import DOCUMENT, EVENTS, OWNER, tell
from billing.policies import POLICIES
from services.billing.tests.builders import LIBRARY, enrolment, organisation, person
from spn.messaging.contract import EventType, by_name


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: e.name)
def test_each_event_has_an_example_that_holds_by_its_own_model(event: EventType[Any]) -> None:
    for example in event.examples:
        assert event.data.model_validate_json(example.model_dump_json()) == example
        outgoing = event(example)
        assert outgoing.topic.startswith(f"spn.{OWNER}.")
        assert outgoing.key
        assert outgoing.subject


def test_the_sums_of_the_examples_are_right() -> None:
    for event in EVENTS[:2]:
        for account in event.examples:
            assert account.owed_cents == account.invoiced_cents - account.credited_cents
            for document in account.documents:
                assert document.total_excl_cents == sum(line.amount_cents for line in document.lines)
                assert document.total_cents == document.total_excl_cents + document.vat_cents


def test_whole_accounts_are_kept_to_be_told_again_and_files_are_not() -> None:
    assert {event.name: event.kept for event in by_name(EVENTS).values()} == {
        "billing.invoice-issued.v1": True,
        "billing.credit-note-issued.v1": True,
        "billing.document.v1": False,
    }


def test_a_document_is_keyed_by_its_digest_and_carries_raw_bytes() -> None:
    (example,) = DOCUMENT.examples
    assert DOCUMENT(example).key == example.sha256
    assert example.content_type == "application/pdf"


def test_a_fact_that_nobody_tells_is_a_mistake_in_the_program() -> None:
    with pytest.raises(TypeError, match="str"):
        list(tell("a fact"))


READ = [
    (events_in.Enrolment, enrolment({LIBRARY: {"course": 1}})),
    (events_in.Organisation, organisation(LIBRARY)),
    (events_in.Person, person(LIBRARY)),
]


@pytest.mark.parametrize(("model", "message"), READ, ids=lambda p: getattr(p, "__name__", ""))
def test_fields_that_billing_does_not_know_are_ignored(model: Any, message: Any) -> None:
    data = message.model_dump(mode="json") | {"new_field": {"any": "thing"}}
    assert model.model_validate(data) == message


def test_a_person_is_read_without_name_or_address() -> None:
    data = {"person_id": str(uuid4()), "name": "Anna de Vries", "email": "anna@bieb.example", "language": "nl"}
    assert "Anna" not in repr(events_in.Person.model_validate(data))


@pytest.mark.parametrize("change", [{"currency": "USD"}, {"payers": None}, {"enrolment_id": "17"}])
def test_an_enrolment_that_cannot_be_invoiced_rightly_is_refused(change: dict[str, object]) -> None:
    data = enrolment({LIBRARY: {"course": 1}}).model_dump(mode="json") | change
    with pytest.raises(ValidationError):
        events_in.Enrolment.model_validate(data)


def test_a_negative_or_monstrous_amount_is_refused() -> None:
    for cents in (-1, 10**12):
        data = enrolment({LIBRARY: {"course": 1}}).model_dump(mode="json")
        data["payers"][0]["lines"][0]["owed_cents"] = cents
        with pytest.raises(ValidationError):
            events_in.Enrolment.model_validate(data)


def test_billing_listens_to_three_topics_of_enrolment() -> None:
    assert POLICIES.topics == ("spn.enrolment.events", "spn.enrolment.organisations", "spn.enrolment.people")
