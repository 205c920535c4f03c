"""What a sender is told reads well, also where there is one of something or none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from enrolment.domain.answers import of_edition, of_enrolment, of_guest
from services.enrolment.tests.season import OPENS, STARTS, Season


@pytest.fixture
def season() -> Season:
    season = Season(seats=1)
    season.request("anna")
    return season


@pytest.mark.parametrize(
    ("count", "nl", "en"),
    [
        (1, "Er is al 1 plaats bezet of aangeboden", "1 seat is taken or offered already"),
        (2, "Er zijn al 2 plaatsen bezet of aangeboden", "2 seats are taken or offered already"),
    ],
)
def test_seats_are_counted_as_people_speak(season: Season, count: int, nl: str, en: str) -> None:
    answer = of_edition.seats_are_taken(season.edition.terms, count).answer
    assert (answer.nl, answer.en) == (f"{nl}; minder kan niet.", f"{en}; there cannot be fewer.")


@pytest.mark.parametrize(("count", "nl", "en"), [(1, "1 betaler", "1 payer"), (2, "2 betalers", "2 payers")])
def test_payers_are_counted_as_people_speak(season: Season, count: int, nl: str, en: str) -> None:
    answer = of_edition.too_many_payers(replace(season.edition.terms, payers_max=count)).answer
    assert answer.nl == f"De prijs kan over ten hoogste {nl} worden verdeeld."
    assert answer.en == f"The price can be split among {en} at most."


@pytest.mark.parametrize(("count", "nl", "en"), [(1, "1 gast", "1 guest"), (2, "2 gasten", "2 guests")])
def test_guests_are_counted_as_people_speak(season: Season, count: int, nl: str, en: str) -> None:
    theme = replace(season.edition.terms.themes[0], guests_per_library=count)
    answer = of_guest.quota_reached(season.of("anna"), theme).answer
    assert f"ten hoogste {nl} uitnodigen" in answer.nl
    assert f"can invite {en} to" in answer.en


@pytest.mark.parametrize(
    ("count", "nl", "en"),
    [
        (1, "Er wacht nog 1 aanvraag op een keuze", "1 request still awaits a choice"),
        (2, "Er wachten nog 2 aanvragen op een keuze", "2 requests still await a choice"),
    ],
)
def test_choices_are_counted_as_people_speak(season: Season, count: int, nl: str, en: str) -> None:
    answer = of_edition.choices_await(season.edition.terms, count).answer
    assert answer.nl.startswith(nl)
    assert answer.en.startswith(en)


@pytest.mark.parametrize(
    ("count", "nl", "en"),
    [
        (1, "Er staat nog 1 aanbod open tot", "1 offer stands until"),
        (2, "Er staan nog 2 aanbiedingen open, tot uiterlijk", "2 offers stand, until"),
    ],
)
def test_offers_are_counted_as_people_speak(season: Season, count: int, nl: str, en: str) -> None:
    answer = of_edition.offers_stand(season.edition.terms, count, STARTS).answer
    assert answer.nl.startswith(f"{nl} vrijdag 12 maart 2027 om 0.00 uur, na het nieuwe begin. ")
    assert answer.en.startswith(f"{en} Friday 12 March 2027")


def test_who_owes_nothing_hears_of_no_percentage(season: Season) -> None:
    nothing, half = (of_enrolment.withdrawn(season.of("anna"), percent) for percent in (0, 50))
    assert (nothing.nl, nothing.en) == (
        "De inschrijving is teruggetrokken. U bent niets verschuldigd.",
        "The enrolment is withdrawn. Nothing is owed.",
    )
    assert (half.nl, half.en) == (
        "De inschrijving is teruggetrokken. Verschuldigd blijft 50 % van de prijs.",
        "The enrolment is withdrawn. 50 % of the price remains owed.",
    )


def test_after_the_start_each_is_told_what_can_no_longer_be_done(season: Season) -> None:
    terms, anna = season.edition.terms, season.of("anna")
    answers = [
        of_enrolment.too_late_to_take_over(anna, terms).answer,
        of_enrolment.too_late_to_approve(anna, terms).answer,
        of_enrolment.too_late_to_offer(anna, terms).answer,
    ]
    assert {answer.code for answer in answers} == {"edition-started"}
    assert [answer.nl.split(":")[0] for answer in answers] == [
        "Overnemen kan niet meer",
        "Goedkeuren kan niet meer",
        "Een plaats aanbieden kan niet meer",
    ]


def test_whose_new_address_is_known_already_is_asked_to_contact_us(season: Season) -> None:
    answer = of_enrolment.address_in_use(season.of("anna")).answer
    assert answer.nl == "Dit e-mailadres is bij ons al bekend. Neem contact met ons op, dan passen wij het aan."
    assert "somebody else" not in answer.en


def test_a_second_request_is_the_same_enrolment_as_long_as_its_offer_stands(season: Season) -> None:
    offered = season.of("anna").offered(STARTS)
    stands, over = (of_enrolment.enrolled_already(offered, now) for now in (OPENS, STARTS))
    assert stands.code == over.code == "already-enrolled"
    assert stands.nl == "Deze deelnemer is al ingeschreven (een plaats aangeboden); er is niets veranderd."
    assert over.nl.endswith("Vraag opnieuw aan zodra het aanbod is vervallen.")
