"""The limits of single fields, and what is told when one is broken."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrolment.commands import RequestEnrolment, WithdrawEnrolment, examples
from enrolment.domain.parties import normalised_email
from enrolment.policies import POLICIES
from services.enrolment.tests.wording import a_library, a_request, refusal
from spn.messaging.contract import Command

COMMANDS = [policy.model for policy in POLICIES.policies if issubclass(policy.model, Command)]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Jan\x00Jansen", "control character"),
        ("Jan\r\nBcc: iedereen@veenrijk.example", "control character"),
        ("Jan\nJansen", "control character"),
        ("Jan\x1b[31mJansen", "control character"),
        ("Jan\x85Jansen", "control character"),
        ("Jan\u2028Jansen", "line separator"),
        ("Jan\u202enesnaJ", "direction of text"),
        ("   ", "must not be empty"),
        ("", "at least 1 character"),
        ("J" * 121, "at most 120 characters"),
        ("Jan\ud800Jansen", "valid string"),
        (17, "valid string"),
        (None, "valid string"),
    ],
)
def test_a_name_that_could_hurt_further_on_is_refused(name: Any, reason: str) -> None:
    told = refusal(RequestEnrolment, a_request(name=name))
    assert told.startswith("participant.name: ")
    assert reason in told
    assert "Bcc" not in told


@pytest.mark.parametrize("name", ["Zoë 's-Gravesande-D'Hont", "Þóra Ñandú", "李 小龙", "J."])
def test_the_names_of_people_are_kept_as_they_are(name: str) -> None:
    assert RequestEnrolment.model_validate(a_request(name=f"  {name} ")).participant.name == name


@pytest.mark.parametrize(
    "email",
    [
        "jan",
        "@veenrijk.example",
        "jan@",
        "jan@veenrijk",
        "jan@@veenrijk.example",
        "jan jansen@veenrijk.example",
        "jan@veenrijk.example\r\nBcc: iedereen@veenrijk.example",
        "jan@veenrijk.example, piet@veenrijk.example",
        "Jan <jan@veenrijk.example>",
        ".jan@veenrijk.example",
        "jan..jansen@veenrijk.example",
        "jan@-veenrijk.example",
        "jan@veenrijk.example.",
        "jan@[127.0.0.1]",
        "jan@127.0.0.1",
        "jan@veenrijk\x00.example",
        "\u017fan@veenrijk.example",
        "jan@véénrijk.example",
        "j" * 65 + "@veenrijk.example",
        "jan@" + "v" * 64 + ".example",
        "jan@" + "veenrijk." * 40 + "example",
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    assert refusal(RequestEnrolment, a_request(email=email)).startswith("participant.email: ")


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("Jan@Veenrijk.Example", "jan@veenrijk.example"),
        ("  jan@veenrijk.example\n", "jan@veenrijk.example"),
        ("jan+netwerk@post.veenrijk.example", "jan+netwerk@post.veenrijk.example"),
        ("o'brien@xn--vnrijk-bva.example", "o'brien@xn--vnrijk-bva.example"),
    ],
)
def test_an_address_has_one_form(written: str, used: str) -> None:
    assert RequestEnrolment.model_validate(a_request(email=written)).participant.email == used


@given(st.text())
def test_a_normalised_address_stays_as_it_is(address: str) -> None:
    once = normalised_email(address)
    assert normalised_email(normalised_email(once)) == normalised_email(once)


def test_a_postcode_has_one_form() -> None:
    assert RequestEnrolment.model_validate(a_library(postcode="5701ab")).library.postcode == "5701 AB"


def test_a_reason_may_have_lines_and_nothing_stranger() -> None:
    data = {**examples.WITHDRAW, "reason": "Andere baan.\r\nMet dank."}
    assert WithdrawEnrolment.model_validate(data).reason == "Andere baan.\nMet dank."
    assert "control character" in refusal(WithdrawEnrolment, {**data, "reason": "Andere\x00 baan."})
    assert "at most 1000" in refusal(WithdrawEnrolment, {**data, "reason": "x" * 1_001})
