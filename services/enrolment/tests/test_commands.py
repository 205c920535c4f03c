"""What is refused before anything is decided: each field has its limits, and says so plainly."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from enrolment.commands import LapseOffer, RequestEnrolment, WithdrawEnrolment, examples
from enrolment.domain.parties import organisation_id
from enrolment.domain.turn import WAKE_UPS
from enrolment.policies import POLICIES
from services.enrolment.tests.season import publish, request
from services.enrolment.tests.wording import a_library, refusal
from spn.messaging.contract import Command
from spn.messaging.parsing import problems

COMMANDS = [policy.model for policy in POLICIES.policies if issubclass(policy.model, Command)]


@pytest.mark.parametrize("model", COMMANDS, ids=lambda model: model.__name__)
def test_every_example_is_valid_and_survives_the_wire(model: type[Command]) -> None:
    assert model.examples
    for example in model.examples:
        command = model.model_validate(json.loads(json.dumps(example)))
        assert model.model_validate_json(command.model_dump_json()) == command
        assert str(getattr(command, model.key)) == example[model.key]


@pytest.mark.parametrize("model", COMMANDS, ids=lambda model: model.__name__)
def test_a_field_that_is_not_known_is_refused(model: type[Command]) -> None:
    assert "surprise: Extra inputs" in refusal(model, {**model.examples[0], "surprise": 1})


def test_every_command_is_in_the_map_and_every_deadline_becomes_one() -> None:
    types = {type_ for model in COMMANDS for type_ in model.types}
    assert len(COMMANDS) == len(types) == 27
    kinds = {
        "erasure.end",
        "erasure.end-guest",
        "edition.open",
        "edition.close",
        *WAKE_UPS.values(),
        "offer.lapse",
        "guest.lapse",
    }
    assert set(POLICIES.command_deadlines) == kinds


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"kvk": "1234567"}, "library.kvk"),
        ({"kvk": "١٢٣٤٥٦٧٨"}, "library.kvk"),
        ({"oin": "123"}, "library.oin"),
        ({"kvk": None, "oin": None}, "library: Value error, needs a KVK number"),
        ({"street": "Postbus 12"}, "library.street"),
        ({"street": "PO Box 12"}, "library.street"),
        ({"postcode": "0123 AB"}, "library.postcode"),
        ({"postcode": "1234"}, "library.postcode"),
        ({"city": "x" * 61}, "library.city"),
        ({"country": "BE"}, "library.country"),
        ({"holiday_region": "noord"}, "library.holiday_region"),
    ],
)
def test_a_library_needs_what_an_invoice_needs(fields: dict[str, Any], where: str) -> None:
    assert refusal(RequestEnrolment, a_library(**fields)).startswith(where)


def test_an_organisation_is_its_kvk_number_else_its_oin() -> None:
    assert organisation_id("12345678", "0" * 20) == "kvk-12345678"
    assert organisation_id(None, "0" * 20) == "oin-" + "0" * 20
    with pytest.raises(ValueError, match="KVK number or an OIN"):
        organisation_id(None, None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"edition_id": "Lerend Netwerk"}, "edition_id"),
        ({"seats": 0}, "seats"),
        ({"seats": "12"}, "seats"),
        ({"seats": True}, "seats"),
        ({"opens_at": "2027-01-14T10:00:00"}, "opens_at"),
        ({"opens_at": 1_768_381_200}, "opens_at"),
        ({"starts_on": 20_000}, "starts_on"),
        ({"opens_at": "2027-02-27T17:00:00+01:00"}, "opens_at must lie before closes_at"),
        ({"closes_at": "2027-03-12T00:00:01+01:00"}, "closes_at must not lie after the start"),
        ({"ends_on": "2027-03-11"}, "starts_on must not lie after ends_on"),
        ({"offer_hours": 0}, "offer_hours"),
        ({"currency": "USD"}, "currency"),
        ({"themes": []}, "themes"),
        ({"lines": []}, "lines"),
        ({"lines": [examples.PUBLISH["lines"][0]] * 2}, "lines must not name the same thing twice"),
        ({"themes": [examples.PUBLISH["themes"][0]] * 2}, "themes must not name the same thing twice"),
        ({"lines": [{**examples.PUBLISH["lines"][0], "unit_price_cents": -1}]}, "unit_price_cents"),
        ({"lines": [{**examples.PUBLISH["lines"][0], "unit_price_cents": 10.5}]}, "unit_price_cents"),
        ({"withdrawal": [{"days_before_start": 1, "owed_percent": 101}]}, "owed_percent"),
        (
            {
                "withdrawal": [
                    {"days_before_start": 30, "owed_percent": 50},
                    {"days_before_start": 10, "owed_percent": 20},
                ]
            },
            "must not cost more when it comes earlier",
        ),
    ],
)
def test_an_edition_that_cannot_be_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        publish(**changes)
    assert reason in problems(caught.value)


def test_an_edition_may_close_at_its_very_start() -> None:
    assert publish(closes_at="2027-03-12T00:00:00+01:00").closes_at.isoformat() == "2027-03-11T23:00:00+00:00"


def test_requests_of_one_participant_for_one_edition_share_a_lane_that_names_nobody() -> None:
    lanes = {request("anna").lane, request("ANNA").lane, request("bram").lane, request("anna", edition="other").lane}
    assert len(lanes) == 3
    assert not any("anna" in lane or "bram" in lane for lane in lanes)


def test_commands_about_one_enrolment_share_a_lane() -> None:
    lapse = LapseOffer.model_validate(examples.ABOUT_ONE)
    assert lapse.lane == WithdrawEnrolment.model_validate(examples.WITHDRAW).lane
    assert lapse.lane == f"{examples.EDITION}/{examples.ENROLMENT}"
