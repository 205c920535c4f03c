"""Several payers: to the cent, within the price, and corrected without changing what was agreed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrolment.commands import CorrectEnrolment, WithdrawEnrolment, examples
from enrolment.domain.enrolment import AgreedLine
from enrolment.domain.shares import Share, SharesExceedPriceError, split
from services.enrolment.tests.season import PRICE_CENTS, Season, request
from spn.decision import Answer

PROVINCE: dict[str, Any] = {
    "organisation": {
        "legal_name": "Provincie Voorbeeld",
        "oin": "00000001001856224000",
        "street": "Provincieplein 1",
        "postcode": "5216 TV",
        "city": "Voorbeeldstad",
    },
    "contact_name": "Team Subsidies",
    "contact_email": "subsidies@provincie.example",
    "share": {"amount_cents": 150_000},
}
MUNICIPALITY: dict[str, Any] = {
    **examples.REQUEST_WITH_PAYER["payer"],
    "share": {"percent": 25},
}


def said(answer: Answer) -> tuple[str, str]:
    return answer.outcome, answer.code


def owed(season: Season, who: str) -> dict[str, int]:
    return {p.organisation_id: sum(line.owed_cents for line in p.lines) for p in season.of(who).payers}


def test_the_payer_pays_what_the_others_leave() -> None:
    season = Season(payers_max=3)
    season.request("anna", further_payers=[PROVINCE, MUNICIPALITY])
    assert owed(season, "anna") == {
        "kvk-41098765": PRICE_CENTS - 150_000 - PRICE_CENTS // 4,
        "oin-00000001001856224000": 150_000,
        "oin-00000001001299757000": PRICE_CENTS // 4,
    }


def test_an_edition_says_among_how_many_the_price_may_be_split() -> None:
    assert said(Season(payers_max=2).request("anna", further_payers=[PROVINCE, MUNICIPALITY])) == (
        "refused",
        "too-many-payers",
    )
    assert said(Season().request("anna", further_payers=[PROVINCE])) == ("refused", "too-many-payers")


@pytest.mark.parametrize("share", [{"percent": 100}, {"amount_cents": PRICE_CENTS}, {"amount_cents": PRICE_CENTS + 1}])
def test_something_has_to_be_left_for_who_pays_the_rest(share: dict[str, int]) -> None:
    answer = Season(payers_max=2).request("anna", further_payers=[{**PROVINCE, "share": share}])
    assert said(answer) == ("refused", "shares-exceed-price")


def test_a_payer_is_named_once() -> None:
    with pytest.raises(ValueError, match="must not name an organisation that pays already"):
        request("anna", further_payers=[PROVINCE, PROVINCE])
    library = {**PROVINCE, "organisation": examples.REQUEST["library"]}
    with pytest.raises(ValueError, match="must not name an organisation that pays already"):
        request("anna", further_payers=[library])


def test_a_withdrawal_rounds_each_line_of_each_payer_by_itself() -> None:
    season = Season(payers_max=2)
    season.request("anna", further_payers=[{**PROVINCE, "share": {"amount_cents": 33_333}}])
    season.later(days=35).ask(WithdrawEnrolment, "anna")
    total = sum(owed(season, "anna").values())
    assert abs(total - PRICE_CENTS // 2) <= 3
    for payer in season.of("anna").payers:
        assert all(line.owed_cents == (line.unit_price_cents + 1) // 2 for line in payer.lines)


LINES = st.lists(st.integers(0, 500_000), min_size=1, max_size=6)
SHARES = st.lists(
    st.one_of(
        st.integers(1, 100).map(lambda percent: Share(percent, None)),
        st.integers(1, 900_000).map(lambda cents: Share(None, cents)),
    ),
    max_size=4,
)


@given(prices=LINES, shares=SHARES)
def test_the_parts_are_the_price_exactly_and_never_negative(prices: list[int], shares: list[Share]) -> None:
    lines = [AgreedLine(f"line-{n}", "", "", "course", cents) for n, cents in enumerate(prices)]
    try:
        parts = split(lines, shares)
    except SharesExceedPriceError:
        return
    for line in lines:
        theirs = [one.unit_price_cents for part in parts for one in part if one.line_id == line.line_id]
        assert sum(theirs) == line.unit_price_cents
        assert all(cents >= 0 for cents in theirs)
    for share, part in zip(shares, parts[1:], strict=True):
        if share.amount_cents:
            assert sum(one.unit_price_cents for one in part) == share.amount_cents


def correct(season: Season, who: str, **changes: Any) -> Answer:
    return season.ask(CorrectEnrolment, who, reason="Verkeerd ingevuld.", **changes)


PAYER = {key: value for key, value in MUNICIPALITY.items() if key != "share"}


def test_other_payers_share_the_price_that_was_agreed() -> None:
    season = Season(payers_max=3)
    season.request("anna")
    assert said(correct(season, "anna", payer=PAYER, further_payers=[PROVINCE])) == ("done", "corrected")
    assert season.facts[-1] == "Corrected"
    assert owed(season, "anna") == {
        "oin-00000001001299757000": PRICE_CENTS - 150_000,
        "oin-00000001001856224000": 150_000,
    }
    assert said(correct(season, "anna", payer=PAYER, further_payers=[PROVINCE])) == ("unchanged", "already-corrected")


def test_who_waits_owes_nothing_after_a_correction_either() -> None:
    season = Season(seats=1)
    season.request("anna")
    season.request("bram")
    correct(season, "bram", payer=PAYER)
    assert owed(season, "bram") == {"oin-00000001001299757000": 0}


def test_a_participant_can_get_another_name_and_another_address_and_stays_the_same_person() -> None:
    season = Season()
    season.request("anna")
    person = season.person("anna")
    new = {"name": "Anna de Boer-'t Hart", "email": "anna.deboer@bibliotheek.example", "language": "en"}
    assert said(correct(season, "anna", participant=new)) == ("done", "corrected")
    assert season.facts == ["PersonCorrected", "Corrected"]
    assert season.edition.people["anna.deboer@bibliotheek.example"].person_id == person
    assert "anna@bibliotheek.example" not in season.edition.people
    assert said(season.request("anna.deboer")) == ("unchanged", "already-enrolled")


def test_what_is_corrected_by_hand_is_in_the_journal_with_its_reason_also_when_it_is_details_alone() -> None:
    season = Season()
    season.request("anna")
    before = season.of("anna").entry
    correct(season, "anna", participant={"name": "Anna Bakker", "email": "anna@bibliotheek.example"})
    entry = season.edition.journal.fresh[-1]
    assert (entry.number, entry.what, entry.reason) == (before + 1, "corrected", "Verkeerd ingevuld.")
    assert season.of("anna").entry == before + 1
    late = {"name": "Anna Smit", "email": "anna@bibliotheek.example"}
    assert said(correct(season, "anna", participant=late, if_entry=before)) == ("refused", "changed-meanwhile")


def test_nobody_pays_twice_after_a_correction() -> None:
    season = Season(payers_max=3)
    season.request("anna")
    correct(season, "anna", payer=PAYER, further_payers=[PROVINCE])
    same = {**PROVINCE, "organisation": {**PAYER["organisation"]}}
    assert said(correct(season, "anna", payer=PAYER, further_payers=[same])) == ("refused", "payer-twice")


def test_an_address_of_somebody_else_is_refused() -> None:
    season = Season()
    season.request("anna")
    season.request("bram")
    taken = {"name": "Anna", "email": "bram@bibliotheek.example"}
    assert said(correct(season, "anna", participant=taken)) == ("refused", "address-in-use")


def test_another_library_pays_where_the_library_paid() -> None:
    season = Season()
    season.request("anna")
    other = {**examples.REQUEST["library"], "kvk": "12345678", "legal_name": "Bibliotheek Elders"}
    correct(season, "anna", library=other)
    assert season.of("anna").organisation_id == "kvk-12345678"
    assert owed(season, "anna") == {"kvk-12345678": PRICE_CENTS}


def test_an_enrolment_that_ended_keeps_its_payers() -> None:
    season = Season()
    season.request("anna")
    season.ask(WithdrawEnrolment, "anna")
    answer = correct(season, "anna", payer=PAYER)
    assert (answer.outcome, answer.code) == ("refused", "enrolment-ended")
