"""What a browser sends becomes the command, or all that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrolment.commands import FurtherPayer, RequestEnrolment, examples
from enrolment.pages.form.making import Asked, asked_of
from enrolment.pages.form.sheet import Sheet, sheet_of, taken
from enrolment.pages.mistakes import Mistake
from enrolment.pages.sentences import sentence
from enrolment.pages.words import LANGUAGES, Language, words_in
from services.enrolment.tests.pages.house import ASKS_ALL, FILLED, OWN_WORDS, PROVINCE, SOMEONE
from services.enrolment.tests.season import Season

PLAIN = Sheet(Season(languages=["nl", "en"]).edition.terms)
WHOLE = Sheet(Season(**ASKS_ALL).edition.terms, further=2)
"""The form of an edition that asks everything, with two further payers."""
ONE_FURTHER = Sheet(WHOLE.terms, further=1)
ALL = {**FILLED, **PROVINCE, **OWN_WORDS}
NAMES = [field.name for field in WHOLE.fields]
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


def wrong(sheet: Sheet = PLAIN, filled: Mapping[str, str] = FILLED, **changes: str) -> dict[str, str]:
    """The mistakes of a form with these changes: field and reason."""
    dotted = {name.replace("__", "."): value for name, value in changes.items()}
    made = asked_of(sheet, {**filled, **dotted})
    assert isinstance(made, tuple), made
    return {mistake.field: mistake.reason for mistake in made}


def asked(sheet: Sheet, values: Mapping[str, str]) -> Asked:
    """What a form asks for that is in order."""
    made = asked_of(sheet, values)
    assert isinstance(made, Asked), made
    return made


def command_of(values: Mapping[str, str]) -> RequestEnrolment:
    return asked(PLAIN, values).command


def test_a_filled_in_form_is_the_command_of_the_example() -> None:
    assert command_of(FILLED) == RequestEnrolment.model_validate({**examples.REQUEST, "by": "form"})


def test_another_organisation_pays_only_when_it_is_chosen() -> None:
    with_payer = {**examples.REQUEST_WITH_PAYER, "by": "form"}
    assert command_of({**FILLED, **OTHER}) == RequestEnrolment.model_validate(with_payer)
    assert command_of({**FILLED, **OTHER, "payer.kind": "library"}) == RequestEnrolment.model_validate(
        {**with_payer, "payer": {**examples.REQUEST_WITH_PAYER["payer"], "organisation": None}}
    )


def test_an_empty_form_says_everything_at_once_in_the_order_of_the_page() -> None:
    chosen = {"payer.kind": "other", "for_whom": "someone"}
    made = asked_of(WHOLE, chosen)
    assert isinstance(made, tuple)
    unsaid = (*chosen, "language", "share.kind")
    assert [m.field for m in made] == [f.name for f in WHOLE.fields if f.required and not f.name.endswith(unsaid)]
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
    name = field.replace("__", ".")
    assert wrong(PLAIN, {**FILLED, name: value}) == {name: reason}


@pytest.mark.parametrize(
    "name", ["'t Hooft-van der Zee 😀", "محمد الفاسي", "=SUM(A1)", "<script>alert(1)</script>", "O'Neil"]
)
def test_names_of_all_kinds_are_taken_as_they_are(name: str) -> None:
    assert command_of({**FILLED, "participant.name": name}).participant.name == name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", ["empty", "wrong", "too_long", "unfit", "choice", "po_box"])
def test_every_reason_has_a_sentence_for_every_field(language: Language, reason: str) -> None:
    for field in WHOLE.fields:
        said = sentence(field, Mistake(field.name, reason, 120), words_in(language))
        assert said.endswith(".")
        assert "{" not in said


def test_what_is_no_field_of_ours_is_left_out_and_the_first_of_two_counts() -> None:
    sent = [("library.city", "Veenrijk"), ("library.city", "Elders"), ("admin", "1"), ("motivation", "not asked")]
    assert taken(PLAIN, sent) == {"library.city": "Veenrijk"}


def test_who_fills_it_in_for_somebody_else_is_the_requester() -> None:
    command = asked(PLAIN, {**FILLED, **SOMEONE}).command
    assert command.requester
    assert (command.requester.name, command.requester.email) == (SOMEONE["requester.name"], SOMEONE["requester.email"])
    assert wrong(for_whom="someone") == {"requester.name": "empty", "requester.email": "empty"}
    assert asked(PLAIN, {**FILLED, **SOMEONE, "for_whom": "myself"}).command.requester is None


def test_a_further_payer_is_in_the_command_with_its_share() -> None:
    command = asked(ONE_FURTHER, ALL).command
    (further,) = examples.CORRECT["further_payers"]
    assert command.further_payers == (FurtherPayer.model_validate(further),)
    percent = {"further_payers.0.share.kind": "percent", "further_payers.0.share.value": "25 %"}
    assert asked(ONE_FURTHER, {**ALL, **percent}).command.further_payers[0].share.percent == 25


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("share__value", "", "empty"),
        ("share__value", "0", "euros"),
        ("share__value", "veel", "euros"),
        ("share__value", "5.000,00", "exceeds"),
        ("share__value", "100.000.000", "exceeds"),
        ("organisation__number", "41098765", "twice"),
        ("organisation__number", "1", "wrong"),
        ("organisation__street", "Postbus 1", "po_box"),
        ("contact_email", "x", "wrong"),
    ],
)
def test_what_is_wrong_with_a_further_payer_is_said_of_that_payer(field: str, value: str, reason: str) -> None:
    name = f"further_payers.0.{field.replace('__', '.')}"
    assert wrong(ONE_FURTHER, {**ALL, name: value}) == {name: reason}


@pytest.mark.parametrize(("value", "reason"), [("100", "exceeds"), ("0", "percent"), ("12,5", "percent")])
def test_a_percentage_is_a_whole_one_that_leaves_something(value: str, reason: str) -> None:
    changes = {"further_payers.0.share.kind": "percent", "further_payers.0.share.value": value}
    assert wrong(ONE_FURTHER, {**ALL, **changes}) == {"further_payers.0.share.value": reason}


def test_shares_that_come_to_too_much_together_are_said_of_the_last() -> None:
    second = {name.replace(".0.", ".1."): value for name, value in PROVINCE.items()}
    other = {"further_payers.1.organisation.number": "12345678", "further_payers.1.share.value": "3500"}
    assert wrong(WHOLE, {**ALL, **second, **other}) == {"further_payers.1.share.value": "exceeds"}


def test_what_the_participant_says_is_beside_the_command_and_never_in_it() -> None:
    made = asked(ONE_FURTHER, ALL)
    assert made.command.motivation == OWN_WORDS["motivation"]
    assert set(made.needs.values()) == {OWN_WORDS[f"needs.{kind}"] for kind in ("goals", "diet", "access")}
    told = made.command.model_dump_json()
    assert not [text for text in made.needs.values() if text in told]


def test_nobody_speaks_of_the_needs_of_somebody_else() -> None:
    assert asked(ONE_FURTHER, {**ALL, **SOMEONE, "needs.consent": ""}).needs == {}


def test_dietary_and_access_needs_are_kept_by_consent_only() -> None:
    assert wrong(ONE_FURTHER, {**ALL, "needs.consent": ""}) == {"needs.consent": "empty"}
    assert asked(ONE_FURTHER, {**ALL, "needs.consent": "", "needs.diet": " ", "needs.access": ""}).needs == {
        "goals": OWN_WORDS["needs.goals"]
    }


@pytest.mark.parametrize("field", ["motivation", "needs.goals", "needs.diet", "needs.access"])
def test_a_text_of_a_thousand_characters_is_taken_and_one_more_is_not(field: str) -> None:
    lines = "a\r\n" * 499 + "aa"
    assert asked(ONE_FURTHER, {**ALL, field: lines})
    assert wrong(ONE_FURTHER, {**ALL, field: lines + "a"}) == {field: "too_long"}
    assert wrong(ONE_FURTHER, {**ALL, field: "a\x00"}) == {field: "unfit"}


def test_where_one_language_is_offered_nobody_is_asked_which() -> None:
    sheet = Sheet(Season(languages=["en"], payers_max=2).edition.terms, further=1)
    assert not [field.name for field in sheet.fields if "language" in field.name]
    command = asked(sheet, {**ALL, **SOMEONE}).command
    people = (command.participant, command.requester, command.payer, *command.further_payers)
    assert [one.language for one in people if one] == ["en"] * 4


def test_a_payer_more_than_the_edition_allows_by_now_is_not_dropped_in_silence() -> None:
    sheet = sheet_of(PLAIN.terms, PROVINCE.items())
    assert len(asked(sheet, {**FILLED, **PROVINCE}).command.further_payers) == 1
    assert not sheet.room


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=200)))
def test_whatever_is_typed_becomes_a_command_or_a_list_of_mistakes(changes: dict[str, str]) -> None:
    for sheet in (WHOLE, ONE_FURTHER):
        for values in (changes, {**ALL, **changes}, {**ALL, **OTHER, **SOMEONE, **changes}):
            made = asked_of(sheet, values)
            if isinstance(made, Asked):
                made.command.model_dump_json().encode()
                continue
            assert made
            fields = {field.name: field for field in sheet.fields}
            for mistake in made:
                assert sentence(fields[mistake.field], mistake, words_in("nl"))
