"""Personal links: signed, for one person, until they are too old or newer ones take their place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from enrolment.links import LIVES, Links, claim_of

OLD, NEW = "an-old-secret-of-tests-that-is-long", "a-new-secret-of-tests-that-is-long"
URL = "https://lerend-netwerk.example"
ENROLMENT, ANNA, BRAM = UUID(int=7), UUID(int=1), UUID(int=2)
NOW = datetime(2027, 1, 14, 9, 0, tzinfo=UTC)


def test_a_code_is_of_the_person_it_was_made_for_and_of_nobody_else() -> None:
    links = Links([NEW], URL)
    claim = claim_of(links.code("enrolment", ENROLMENT, ANNA, 3, NOW))
    assert claim
    assert (claim.kind, claim.subject, claim.version, claim.made_on) == ("enrolment", ENROLMENT, 3, NOW.date())
    assert links.is_of(claim, ANNA)
    assert not links.is_of(claim, BRAM)


def test_a_code_of_an_older_secret_still_counts_and_of_a_strange_one_never() -> None:
    code = Links([OLD], URL).code("enrolment", ENROLMENT, ANNA, 0, NOW)
    claim = claim_of(code)
    assert claim
    assert Links([NEW, OLD], URL).is_of(claim, ANNA)
    assert not Links([NEW], URL).is_of(claim, ANNA)
    assert Links([NEW, OLD], URL).code("enrolment", ENROLMENT, ANNA, 0, NOW) != code


def test_nothing_of_a_code_can_be_changed() -> None:
    links = Links([NEW], URL)
    claim = claim_of(links.code("enrolment", ENROLMENT, ANNA, 3, NOW))
    assert claim
    for changed in (
        replace(claim, kind="guest"),
        replace(claim, subject=UUID(int=8)),
        replace(claim, version=4),
        replace(claim, made_on=claim.made_on + timedelta(days=1)),
        replace(claim, mac=bytes(16)),
        replace(claim, mac=claim.mac[:-1]),
    ):
        assert not links.is_of(changed, ANNA)


def test_a_code_is_over_after_two_months() -> None:
    claim = claim_of(Links([NEW], URL).code("guest", ENROLMENT, ANNA, 0, NOW))
    assert claim
    assert not claim.is_over(NOW + LIVES - timedelta(days=1))
    assert claim.is_over(NOW + LIVES)


def test_the_same_code_is_made_each_time_the_same_is_told() -> None:
    links = Links([NEW], URL)
    assert links.addresses("guest", ENROLMENT, ANNA, 0, NOW) == links.addresses("guest", ENROLMENT, ANNA, 0, NOW)
    assert links.addresses("guest", ENROLMENT, ANNA, 0, NOW).nl.startswith(f"{URL}/uitnodiging/")


@pytest.mark.parametrize("code", ["", "x", "a" * 49, "é" * 50, "a" * 51, "../" * 16 + "ab", "\x00" * 50, "~" * 50])
def test_what_is_no_code_is_no_claim(code: str) -> None:
    assert claim_of(code) is None


def test_a_code_of_an_unknown_kind_is_no_claim() -> None:
    assert claim_of("_" * 50) is None
