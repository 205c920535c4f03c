"""Who is named in a request, and how they become known."""

from __future__ import annotations

from enrolment.commands import CloseEdition, WithdrawEnrolment, examples
from enrolment.domain.facts import OrganisationChanged, PersonCorrected
from services.enrolment.tests.season import Season


def test_people_and_organisations_are_told_before_the_enrolment_that_names_them() -> None:
    season = Season()
    season.request("anna")
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
