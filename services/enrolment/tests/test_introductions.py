"""Who is named in a request, and how they become known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from enrolment.commands import (
    CloseEdition,
    CorrectEnrolment,
    InviteGuest,
    SendLink,
    SubstituteParticipant,
    WithdrawEnrolment,
    examples,
)
from enrolment.domain.facts import OrganisationChanged, PersonCorrected
from services.enrolment.tests.season import THEMES, Season
from spn.decision import Answer


@pytest.mark.parametrize("by", [None, "form"])
def test_people_and_organisations_are_told_before_the_enrolment_that_names_them(by: str | None) -> None:
    season = Season()
    season.request("anna", by=by)
    assert season.facts == [
        "EditionOpened",
        "PersonRegistered",
        "OrganisationRegistered",
        "PersonRegistered",
        "Accepted",
    ]


def test_a_person_is_the_same_one_after_an_earlier_enrolment() -> None:
    season = Season()
    season.request("anna")
    before = season.person("anna")
    season.ask(WithdrawEnrolment, "anna")
    season.request("anna")
    assert season.of("anna").participant_id == before
    assert "PersonRegistered" not in season.facts


def test_an_id_of_a_person_says_nothing_of_the_address() -> None:
    first, second = Season(), Season()
    first.request("anna")
    second.request("bram")
    second.request("anna")
    assert first.person("anna") != second.person("anna")


def test_a_new_name_or_language_corrects_the_person() -> None:
    season = Season()
    season.request("anna")
    season.ask(WithdrawEnrolment, "anna")
    renamed = {"name": "Anna Jansen-Bakker", "email": "anna@bibliotheek.example", "language": "en"}
    season.request("anna", participant=renamed)
    (told,) = (fact for fact in season.last.facts if isinstance(fact, PersonCorrected))
    assert (told.person.name, told.person.language) == ("Anna Jansen-Bakker", "en")
    assert told.person.person_id == season.of("anna").participant_id


def test_a_library_that_moved_is_changed_and_what_was_not_said_stays() -> None:
    season = Season()
    season.request("anna")
    moved = {**examples.REQUEST["library"], "street": "Stationsstraat 21", "poi": None, "province": None}
    season.request("bram", library=moved)
    (told,) = (fact for fact in season.last.facts if isinstance(fact, OrganisationChanged))
    assert (told.organisation.street, told.organisation.poi) == ("Stationsstraat 21", "Cubiss")
    season.request("bram")
    assert "OrganisationChanged" not in season.facts


@pytest.mark.parametrize("by", ["form", "participant", "guest"])
def test_what_anybody_can_type_changes_nobody_whom_we_know(by: str) -> None:
    season = Season()
    season.request("anna")
    before = season.edition
    library = {**examples.REQUEST["library"], "legal_name": "Fake BV", "street": "Zijstraat 1", "poi": "Rijnbrink"}
    payer = {**examples.REQUEST["payer"], "contact_name": "Pwned", "contact_email": "anna@bibliotheek.example"}
    season.request("bram", library=library, payer=payer, by=by)
    for email, person in before.people.items():
        assert season.edition.people[email] == person
    assert season.edition.organisations == before.organisations
    assert season.of("bram").organisation_id == season.of("anna").organisation_id


@pytest.mark.parametrize(
    "ask",
    [
        lambda season, anna: season.ask(InviteGuest, "bram", theme_id="narrative", guest=anna, by="participant"),
        lambda season, anna: season.ask(SubstituteParticipant, "bram", participant=anna, by="participant"),
    ],
    ids=["inviting", "handing over"],
)
def test_a_guest_or_colleague_whom_we_know_keeps_the_known_name(ask: Callable[[Season, object], Answer]) -> None:
    season = Season(themes=THEMES)
    season.request("anna")
    season.request("bram")
    season.ask(WithdrawEnrolment, "anna")
    assert ask(season, {"name": "Pwned", "email": "anna@bibliotheek.example", "language": "en"}).outcome == "done"
    assert season.edition.people["anna@bibliotheek.example"].name == "Anna"


def test_another_address_ends_the_links_of_before_and_another_name_does_not() -> None:
    season = Season()
    season.request("anna")
    new = {"name": "Anna Bakker", "email": "anna@bibliotheek.example", "language": "nl"}
    season.ask(CorrectEnrolment, "anna", participant=new, reason="Getrouwd.")
    assert season.of("anna").link_version == 0
    answer = season.ask(CorrectEnrolment, "anna", participant={**new, "email": "new@x.example"}, reason="Verkeerd.")
    assert season.of("anna").link_version == 1
    assert "Eerdere persoonlijke links werken niet meer." in answer.nl
    assert season.ask(SendLink, "anna").code == "link-sent"


def test_without_another_payer_the_library_pays() -> None:
    season = Season()
    season.request("anna")
    (payer,) = season.of("anna").payers
    assert payer.organisation_id == season.of("anna").organisation_id == "kvk-41098765"
    assert payer.reference == "INK-2027-0117"


def test_another_payer_is_registered_and_the_enrolment_stays_the_librarys() -> None:
    season = Season()
    season.request("anna", payer=examples.REQUEST_WITH_PAYER["payer"])
    (payer,) = season.of("anna").payers
    assert payer.organisation_id == "oin-00000001001299757000"
    assert season.of("anna").organisation_id == "kvk-41098765"
    assert season.edition.organisations["oin-00000001001299757000"].legal_name == "Gemeente Veenrijk"


def test_a_library_named_again_as_payer_is_told_once() -> None:
    season = Season()
    twice = {**examples.REQUEST["payer"], "organisation": {**examples.REQUEST["library"], "city": "Elders"}}
    season.request("anna", payer=twice)
    assert season.facts.count("OrganisationRegistered") == 1
    assert season.edition.organisations["kvk-41098765"].city == "Veenrijk"


def test_a_participant_may_be_the_payers_contact_too() -> None:
    season = Season()
    contact = {
        **examples.REQUEST["payer"],
        "contact_name": "Administratie",
        "contact_email": "anna@bibliotheek.example",
    }
    season.request("anna", payer=contact)
    (payer,) = season.of("anna").payers
    assert payer.contact_id == season.of("anna").participant_id
    assert season.facts.count("PersonRegistered") == 1
    assert season.edition.people["anna@bibliotheek.example"].name == "Anna"


def test_a_refused_request_registers_nobody() -> None:
    season = Season()
    season.wake(CloseEdition)
    season.request("anna")
    assert season.edition.people == {}
    assert season.edition.organisations == {}
