from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from spn.contracts.published import Contract
from spn.contracts.schemas import schema_of
from spn.messaging.contract import Command
from spn.messaging.envelope import JSON_TYPE
from tests.contract.catalogue import CONTRACTS, SERVICES

JSON_CONTRACTS = [c for c in CONTRACTS if c.content_type == JSON_TYPE]
COMMANDS = [c for c in CONTRACTS if c.kind == "command"]
PERSONAL = {
    "name", "first_name", "last_name", "full_name", "contact_name", "email", "contact_email", "phone", "telephone",
    "mobile", "address", "street", "postcode", "city", "birth_date", "gender", "diet", "goals", "notes",
}  # fmt: skip
IMPERSONAL_TOPICS = ("spn.partner.enrolment", "spn.notifications.events")


def named(contract: Contract) -> str:
    return contract.name


@pytest.mark.parametrize("contract", CONTRACTS, ids=named)
def test_every_contract_has_a_summary_and_an_example_that_fits_its_own_schema(contract: Contract) -> None:
    schema = schema_of(contract)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)

    assert contract.summary
    assert contract.examples
    for example in contract.examples:
        validator.validate(example.payload)


@pytest.mark.parametrize("contract", JSON_CONTRACTS, ids=named)
def test_an_example_shows_every_field_that_its_type_has(contract: Contract) -> None:
    shown = {name for example in contract.examples for name in example.payload}

    assert shown >= {name for name, field in contract.model.model_fields.items() if field.is_required()}
    assert shown <= set(contract.model.model_fields)


@pytest.mark.parametrize("contract", COMMANDS, ids=named)
def test_an_example_of_a_command_is_accepted_by_its_model_and_by_the_keys_of_its_policies(contract: Contract) -> None:
    for example in contract.examples:
        command = contract.model.model_validate(example.payload)

        assert isinstance(command, Command)
        assert str(getattr(command, command.key)) == example.key
        assert command.lane
        for policy in SERVICES[contract.owner].policies.of(contract.topic, contract.type):
            assert list(policy.keys(command))


@pytest.mark.parametrize("contract", [c for c in JSON_CONTRACTS if c.kind == "event"], ids=named)
def test_the_schema_of_an_event_leaves_room_for_fields_that_are_added_later(contract: Contract) -> None:
    assert not [place for place, found in _everywhere(schema_of(contract), "additionalProperties") if found is False]


@pytest.mark.parametrize("contract", COMMANDS, ids=named)
def test_the_schema_of_a_command_refuses_unknown_fields_everywhere(contract: Contract) -> None:
    schema = schema_of(contract)
    objects = [schema, *schema.get("$defs", {}).values()]

    assert all(one["additionalProperties"] is False for one in objects if one.get("type") == "object")


@pytest.mark.parametrize("topic", IMPERSONAL_TOPICS)
def test_what_is_kept_long_or_goes_to_partners_has_no_field_for_who_somebody_is(topic: str) -> None:
    contracts = [c for c in CONTRACTS if c.topic == topic]

    assert contracts
    for contract in contracts:
        fields = {name for _, found in _everywhere(schema_of(contract), "properties") for name in found}
        assert not fields & PERSONAL, contract.name


def _everywhere(schema: Any, keyword: str, place: str = "") -> list[tuple[str, Any]]:
    if isinstance(schema, list):
        return [hit for one in schema for hit in _everywhere(one, keyword, place)]
    if not isinstance(schema, dict):
        return []
    found = [(place, schema[keyword])] if keyword in schema else []
    return found + [hit for key, one in schema.items() for hit in _everywhere(one, keyword, f"{place}/{key}")]
