"""What a browser sends becomes the command, or all that is wrong with it at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrolment.commands import RequestEnrolment, examples
from enrolment.pages import form
from enrolment.pages.enrol import sentence
from enrolment.pages.form import command_of, taken
from enrolment.pages.mistakes import Mistake
from enrolment.pages.words import LANGUAGES, Language, words_in
from services.enrolment.tests.pages.house import FILLED
from services.enrolment.tests.season import EDITION

OTHER = {
    "payer.kind": "other",
    "payer.organisation.legal_name": "Gemeente Veenrijk",
    "payer.organisation.number": "00000001.001299757000",
    "payer.organisation.street": "Raadhuisstraat 1",
    "payer.organisation.postcode": "5701 BC",
    "payer.organisation.city": "Veenrijk",
    "payer.contact_name": "Samira el Idrissi",
    "payer.contact_email": "facturen@gemeente-veenrijk.example",
    "payer.reference": "PO-88213",
}


def wrong(**changes: str) -> dict[str, str]:
    """The mistakes of a form with these changes: field and reason."""
    dotted = {name.replace("__", "."): value for name, value in changes.items()}
    made = command_of(EDITION, {**FILLED, **dotted})
    assert isinstance(made, tuple), made
    return {mistake.field: mistake.reason for mistake in made}


def test_a_filled_in_form_is_the_command_of_the_example() -> None:
    assert command_of(EDITION, FILLED) == RequestEnrolment.model_validate(examples.REQUEST)


def test_another_organisation_pays_only_when_it_is_chosen() -> None:
    assert command_of(EDITION, {**FILLED, **OTHER}) == RequestEnrolment.model_validate(examples.REQUEST_WITH_PAYER)
    assert command_of(EDITION, {**FILLED, **OTHER, "payer.kind": "library"}) == RequestEnrolment.model_validate(
        {**examples.REQUEST, "payer": {**examples.REQUEST_WITH_PAYER["payer"], "organisation": None}}
    )


def test_an_empty_form_says_everything_at_once_in_the_order_of_the_page() -> None:
    made = command_of(EDITION, {"payer.kind": "other"})
    assert isinstance(made, tuple)
    required = [f.name for f in form.FIELDS if f.required and f.name != "payer.kind" and "language" not in f.name]
    assert [mistake.field for mistake in made] == required
    assert {mistake.reason for mistake in made} == {"empty"}


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("participant__email", "marieke@", "wrong"),
        ("participant__email", "a@b.example\r\nbcc: c@d.example", "wrong"),
        ("participant__name", "Marieke\u202egnod", "unfit"),
        ("participant__name", "M" * 121, "too_long"),
        ("participant__name", "   ", "empty"),
        ("library__number", "1234567", "wrong"),
        ("library__number", "", "empty"),
        ("library__postcode", "57 AB", "wrong"),
        ("library__street", "Postbus 12", "po_box"),
        ("library__holiday_region", "east", "choice"),
        ("payer__kind", "", "empty"),
        ("two_year_commitment", "", "empty"),
    ],
)
def test_what_is_wrong_with_a_field_is_said_of_that_field(field: str, value: str, reason: str) -> None:
    assert wrong(**{field: value}) == {field.replace("__", "."): reason}


@pytest.mark.parametrize(
    "name", ["'t Hooft-van der Zee 😀", "محمد الفاسي", "=SUM(A1)", "<script>alert(1)</script>", "O'Neil"]
)
def test_names_of_all_kinds_are_taken_as_they_are(name: str) -> None:
    made = command_of(EDITION, {**FILLED, "participant.name": name})
    assert isinstance(made, RequestEnrolment)
    assert made.participant.name == name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", ["empty", "wrong", "too_long", "unfit", "choice", "po_box"])
def test_every_reason_has_a_sentence_for_every_field(language: Language, reason: str) -> None:
    for field in form.FIELDS:
        said = sentence(Mistake(field.name, reason, 120), words_in(language))
        assert said.endswith(".")
        assert "{" not in said


def test_what_is_no_field_of_ours_is_left_out_and_the_first_of_two_counts() -> None:
    assert taken([("library.city", "Veenrijk"), ("library.city", "Elders"), ("admin", "1")]) == {
        "library.city": "Veenrijk"
    }


@given(st.dictionaries(st.sampled_from(form.NAMES), st.text(max_size=200)))
def test_whatever_is_typed_becomes_a_command_or_a_list_of_mistakes(changes: dict[str, str]) -> None:
    for values in (changes, {**FILLED, **changes}, {**FILLED, **OTHER, **changes}):
        made = command_of(EDITION, values)
        if isinstance(made, RequestEnrolment):
            made.model_dump_json().encode()
            continue
        assert made
        for mistake in made:
            assert sentence(mistake, words_in("nl"))
