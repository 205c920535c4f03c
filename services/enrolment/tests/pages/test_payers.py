"""Several payers on the form: amounts as people type them, blocks that come and go, and the split."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrolment.pages.form import payers
from enrolment.pages.form.amounts import cents_of, percent_of
from enrolment.pages.form.payers import split_of, unfolded
from enrolment.pages.form.sheet import Sheet
from services.enrolment.tests.pages.house import FILLED, PROVINCE
from services.enrolment.tests.pages.test_form import WHOLE
from services.enrolment.tests.season import PRICE_CENTS

NONE, ONE = Sheet(WHOLE.terms), Sheet(WHOLE.terms, further=1)
LIBRARY = FILLED["library.legal_name"]


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1.500,00", 150_000),
        ("1500", 150_000),
        ("1.500", 150_000),
        ("€ 1.500,-", 150_000),
        ("€\u00a01.500,50", 150_050),
        ("1 500,5", 150_050),
        ("1,500.00", 150_000),
        ("1,500", 150_000),
        ("1500.25", 150_025),
        ("0,01", 1),
        ("1.250.000,00 EUR", 125_000_000),
        ("1.50.00", None),
        ("1.500,000", None),
        ("15,00,00", None),
        ("-5", None),
        ("1e3", None),
        ("١٢٣", None),
        ("", None),
        ("€", None),
        ("9" * 31, None),
    ],
)
def test_an_amount_is_read_as_people_write_it_or_not_at_all(typed: str, cents: int | None) -> None:
    assert cents_of(typed) == cents


@given(st.integers(0, 10**9), st.booleans())
def test_every_amount_that_is_written_out_is_read_back(cents: int, dutch: bool) -> None:
    text = f"{cents / 100:,.2f}"
    assert cents_of(text.translate(str.maketrans(",.", ".,")) if dutch else text) == cents


@pytest.mark.parametrize(("typed", "percent"), [("25", 25), ("25 %", 25), ("2.5", None), ("٢", None), ("1000", None)])
def test_a_percentage_is_whole(typed: str, percent: int | None) -> None:
    assert percent_of(typed) == percent


def test_a_payer_is_added_with_what_can_be_chosen_already_and_nothing_is_lost() -> None:
    made = unfolded(NONE, {**FILLED, "payer.language": "en"}, payers.ADD)
    assert made
    sheet, values = made
    assert (sheet.further, values["further_payers.0.language"]) == (1, "en")
    assert values["further_payers.0.share.kind"] == "percent"
    assert {name: values[name] for name in FILLED} == {**FILLED, "payer.language": "en"}


def test_no_more_payers_are_added_than_the_edition_allows() -> None:
    made = unfolded(WHOLE, FILLED, payers.ADD)
    assert made
    assert (made[0].further, WHOLE.room) == (2, False)


def test_a_payer_that_is_taken_away_goes_with_all_its_fields_and_the_next_moves_up() -> None:
    second = {name.replace(".0.", ".1."): value + "2" for name, value in PROVINCE.items()}
    made = unfolded(WHOLE, {**FILLED, **PROVINCE, **second}, "remove-payer-0")
    assert made
    assert made[0].further == 1
    assert made[1] == {**FILLED, **{name.replace(".1.", ".0."): value for name, value in second.items()}}


@pytest.mark.parametrize("button", ["", "x", "remove-payer-1", "remove-payer-9", "add-payer "])
def test_a_button_that_is_not_there_does_nothing(button: str) -> None:
    assert unfolded(ONE, FILLED, button) is None


def test_the_split_is_shown_to_the_cent_who_pays_the_rest_first() -> None:
    parts = split_of(ONE, {**FILLED, **PROVINCE})
    assert [(part.name, part.cents) for part in parts] == [
        (LIBRARY, PRICE_CENTS - 150_000),
        ("Provincie Noord-Brabant", 150_000),
    ]
    thirds = split_of(ONE, {**FILLED, **PROVINCE, "further_payers.0.share.value": "1.666,67"})
    assert sum(part.cents for part in thirds) == PRICE_CENTS


@pytest.mark.parametrize("value", ["", "x", "5000"])
def test_a_split_that_cannot_be_said_is_not_shown(value: str) -> None:
    assert split_of(ONE, {**FILLED, **PROVINCE, "further_payers.0.share.value": value}) == ()
    assert split_of(NONE, FILLED) == ()
