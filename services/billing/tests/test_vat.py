"""VAT: decided per line by a dated table, rounded per subtotal."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.vat import Subtotal, Vat, VatUndecided, credited_subtotals, rounded, subtotals
from billing.vat import load_table

HIGH = Vat("S", 21, "grond", "ground")
LOW = Vat("S", 9, "grond", "ground")
EXEMPT = Vat("E", 0, "vrij", "exempt")
SUPPLY = date(2027, 3, 3)


@pytest.mark.parametrize(
    ("net", "percent", "vat"),
    [(0, 21, 0), (1, 21, 0), (2, 21, 0), (3, 21, 1), (50, 21, 11), (150, 21, 32), (100, 9, 9), (999_999, 21, 210_000)],
)
def test_vat_is_rounded_half_up_to_the_cent(net: int, percent: int, vat: int) -> None:
    assert rounded(net, percent) == vat


def test_vat_is_rounded_once_per_subtotal_and_not_per_line() -> None:
    per_line = 3 * rounded(1_003, 21)
    (subtotal,) = subtotals([(HIGH, 1_003)] * 3)
    assert (subtotal.vat_cents, per_line) == (632, 633)


def test_the_breakdown_has_one_row_per_treatment_taxed_before_exempt() -> None:
    rows = subtotals([(EXEMPT, 100), (LOW, 100), (HIGH, 100), (EXEMPT, 50)])
    assert rows == (Subtotal(HIGH, 100, 21), Subtotal(LOW, 100, 9), Subtotal(EXEMPT, 150, 0))


@given(parts=st.lists(st.integers(1, 2_000), min_size=1, max_size=8))
def test_an_invoice_credited_in_parts_comes_back_to_the_cent(parts: list[int]) -> None:
    left = subtotals([(HIGH, sum(parts))])
    for part in parts:
        (credit,) = credited_subtotals([(HIGH, part)], left)
        assert abs(credit.vat_cents - rounded(part, 21)) <= len(parts)
        left = (Subtotal(HIGH, left[0].net_cents - part, left[0].vat_cents - credit.vat_cents),)
    assert left == (Subtotal(HIGH, 0, 0),)


def test_a_credit_takes_no_more_vat_than_is_left() -> None:
    (invoice,) = subtotals([(HIGH, 101)])
    (first,) = credited_subtotals([(HIGH, 50)], [invoice])
    left = Subtotal(HIGH, 51, invoice.vat_cents - first.vat_cents)
    (second,) = credited_subtotals([(HIGH, 50)], [left])
    assert (invoice.vat_cents, first.vat_cents, second.vat_cents) == (21, 11, 10)


def test_courses_are_exempt_for_a_registered_seller_while_coaching_is_taxed() -> None:
    table = load_table(crkbo=True)
    course, coaching = table.vat_of("course", SUPPLY), table.vat_of("coaching", SUPPLY)
    assert (course.category, course.percent) == ("E", 0)
    assert "art. 11" in course.ground_nl
    assert (coaching.category, coaching.percent) == ("S", 21)


def test_courses_are_taxed_for_a_seller_that_is_not_registered() -> None:
    assert load_table(crkbo=False).vat_of("course", SUPPLY).percent == 21


def test_what_nobody_decided_has_no_vat() -> None:
    with pytest.raises(VatUndecided, match="lodging"):
        load_table(crkbo=True).vat_of("lodging", SUPPLY)
    with pytest.raises(VatUndecided):
        load_table(crkbo=True).vat_of("coaching", date(2012, 9, 30))


RULE = """
[[rule]]
nature = "coaching"
valid_from = {start}
{more}
category = "S"
percent = {percent}
ground_nl = "grond"
ground_en = "ground"
decided_by = "someone"
decided_on = 2026-11-01
"""


def test_the_rate_changes_on_the_day_the_table_names(tmp_path: Path) -> None:
    file = tmp_path / "vat.toml"
    until = RULE.format(start="2012-10-01", more="valid_until = 2027-12-31", percent=21)
    file.write_text(until + RULE.format(start="2028-01-01", more="", percent=22))
    table = load_table(file, crkbo=True)
    assert table.vat_of("coaching", date(2027, 12, 31)).percent == 21
    assert table.vat_of("coaching", date(2028, 1, 1)).percent == 22


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Field required"),
        (RULE.format(start="2027-01-01", more="", percent=0), "a taxed line"),
        (RULE.format(start="2027-01-01", more="valid_until = 2026-12-31", percent=21), "before valid_from"),
        (RULE.format(start="2027-01-01", more='valid_form = "x"', percent=21), "valid_form"),
        ("[[rule]\n", "Expected"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "vat.toml"
    file.write_text(text)
    with pytest.raises(ValueError, match=why):
        load_table(file, crkbo=True)
