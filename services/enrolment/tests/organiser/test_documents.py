"""An edition as data: what is taken, and the line of everything that is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrolment.commands import AmendEdition, PublishEdition, examples
from enrolment.document.checking import _SAID, checked
from enrolment.document.mistakes import Mistake, UnreadableError
from enrolment.document.reading import BYTES_MAX, DEPTH_MAX, decoded, read
from enrolment.document.writing import as_yaml
from enrolment.domain.editions import terms_of
from enrolment.organiser.addresses import PACKAGE
from enrolment.pages.words import words_in
from spn_local.paths import checkout_root

EXAMPLE = (checkout_root() / "examples" / "edition.yaml").read_text()
PUBLISH = PublishEdition.model_validate(examples.PUBLISH)
YAML = as_yaml(terms_of(PUBLISH))


def wrong(text: str) -> list[tuple[int | None, str, str]]:
    """What is wrong with a document: line, sentence and place."""
    try:
        made = checked(read(text), PublishEdition)
    except UnreadableError as error:
        made = error.mistakes
    assert isinstance(made, tuple), made
    return [(one.line, one.key, one.place) for one in made]


def changed(**fields: Any) -> str:
    """The example with these fields in place of its own; None leaves one out. One field a line, in JSON."""
    data = {**json.loads(json.dumps(examples.PUBLISH)), **fields}
    lines = [f'"{name}": {json.dumps(value)}' for name, value in data.items() if value is not None]
    return "{\n" + ",\n".join(lines) + "\n}"


@pytest.mark.parametrize("text", [EXAMPLE, YAML, json.dumps(examples.PUBLISH, indent="\t"), "\ufeff" + YAML])
def test_yaml_and_json_are_taken_alike(text: str) -> None:
    assert isinstance(checked(read(text), PublishEdition), PublishEdition)


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf"]), min_size=1, max_size=80)
)
def test_what_is_written_is_read_again_whatever_the_title(title: str) -> None:
    if title.strip():
        made = PUBLISH.model_copy(update={"title_nl": title.strip()})
        assert read(as_yaml(terms_of(made))).data["title_nl"] == title.strip()


def test_what_is_published_again_from_its_own_document_is_the_same() -> None:
    again = checked(read(YAML), PublishEdition)
    assert isinstance(again, PublishEdition)
    assert terms_of(again) == terms_of(PUBLISH)


def test_json_keeps_what_yaml_would_not_know() -> None:
    assert read('{"title_nl": "\\ud83d\\ude00 \\u00e9", "seats": 12}').data == {"title_nl": "😀 é", "seats": 12}


def test_instants_and_days_stay_text_and_numbers_are_decimal() -> None:
    assert read("a: 2027-01-14T10:00:00+01:00\nb: 2027-01-14\nc: 395_000\nd: 012\ne: yes\nf: ~\ng: 1:30").data == {
        "a": "2027-01-14T10:00:00+01:00",
        "b": "2027-01-14",
        "c": 395_000,
        "d": "012",
        "e": True,
        "f": None,
        "g": "1:30",
    }


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("", None, "nothing"),
        ("# only words\n", None, "nothing"),
        ("just words", 1, "no_fields"),
        ("- a\n- b", 1, "no_fields"),
        ("a: 1\nb: [1, 2\nc: 3", 3, "syntax"),
        ("a: 1\n\tb: 2", 2, "tab"),
        ("a: 1\nb: c: d", 2, "syntax"),
        ('{"a": 1,\n "b": }x', 2, "syntax"),
        ("a: [", 1, "syntax"),
        ("a: 'x", 1, "syntax"),
        ("a: 1\nb: \x07", 2, "unfit"),
        ("a: 1\nb: \ud83d", 2, "unfit"),
        ("a: &x 1\nb: *x", 1, "alias"),
        ("a: 1\n---\nb: 2", 2, "second_document"),
        ("a: 1\nb: !!python/object/apply:os.system [id]", 2, "tag"),
        ("a: 1\nb: !!binary aGk=", 2, "tag"),
        ("a: 1\n[b]: 2", 2, "field_name"),
        ("a: 1\nb: 2\na: 3", 3, "twice_there"),
        ("a: " + "[" * (DEPTH_MAX + 1), 1, "too_deep"),
        ("a:\n" + "- b\n" * 3_000, 1_999, "too_many_parts"),
        ("a: " + "x" * BYTES_MAX, None, "too_large"),
        ("{" * 5_000, 1, "too_deep"),
        ('{"a":' * 5_000, 1, "too_deep"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, line: int | None, key: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read(text)
    assert [(one.line, one.key) for one in caught.value.mistakes] == [(line, key)]


def test_a_document_that_would_grow_without_bound_is_refused_at_its_first_reference() -> None:
    laughs = "\n".join(f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]" for i in range(9))
    with pytest.raises(UnreadableError):
        read("a: &a [x]\n" + laughs)


def test_a_file_that_is_no_utf_8_or_too_large_is_refused() -> None:
    for content, line in (("a: 1\nb: é".encode("latin-1"), 2), (b"\xff\xfea\x00", 1), (b"x" * (BYTES_MAX + 1), None)):
        with pytest.raises(UnreadableError) as caught:
            decoded(content)
        assert caught.value.mistakes[0].line == line
    assert decoded(b"\xef\xbb\xbfa: 1") == "a: 1"


@pytest.mark.parametrize(
    ("fields", "line", "key", "place"),
    [
        ({"title_nl": None}, 1, "missing", "title_nl"),
        ({"title_nl": ""}, 3, "empty", "title_nl"),
        ({"title_nl": "x" * 201}, 3, "long", "title_nl"),
        ({"title_nl": "a\u202eb"}, 3, "unfit_sign", "title_nl"),
        ({"title_nl": 7}, 3, "text", "title_nl"),
        ({"edition_id": "Lerend Netwerk"}, 2, "slug", "edition_id"),
        ({"seats": "12"}, 5, "number", "seats"),
        ({"seats": 0}, 5, "least", "seats"),
        ({"seats": 20_000}, 5, "most", "seats"),
        ({"opens_at": "2027-01-14T10:00:00"}, 6, "zone", "opens_at"),
        ({"opens_at": "morgen"}, 6, "instant", "opens_at"),
        ({"opens_at": 1_800_000_000}, 6, "quoted", "opens_at"),
        ({"opens_at": "2027-06-14T10:00:00+02:00"}, 6, "opens_before_closes", "opens_at"),
        ({"closes_at": "2027-03-12T00:00:01+01:00"}, 7, "closes_before_start", "closes_at"),
        ({"starts_on": "12 maart"}, 8, "day", "starts_on"),
        ({"ends_on": "2027-03-01"}, 8, "starts_before_ends", "starts_on"),
        ({"ends_on": "9999-01-01"}, 9, "too_far", "ends_on"),
        ({"currency": "USD"}, 11, "choice", "currency"),
        ({"themes": []}, 12, "few", "themes"),
        ({"themes": "changing"}, 12, "list", "themes"),
        ({"themes": ["changing"]}, 12, "mapping", "themes[0]"),
        ({"themes": [examples.PUBLISH["themes"][0]] * 2}, 12, "same_twice", "themes"),
        ({"languages": ["nl", "en", "nl"]}, 15, "many", "languages"),
        ({"minimum": 50}, 15, "minimum", "minimum"),
        ({"selection": "maybe"}, 15, "yes_no", "selection"),
        ({"discount": 10}, 15, "unknown", "discount"),
        ({"by": "me"}, 15, "not_written", "by"),
        (
            {"withdrawal": [{"days_before_start": 1, "owed_percent": 0}, {"days_before_start": 9, "owed_percent": 5}]},
            14,
            "dearer",
            "withdrawal",
        ),
    ],
)
def test_every_mistake_has_its_line_its_field_and_its_reason(
    fields: dict[str, Any], line: int, key: str, place: str
) -> None:
    assert (line, key, place) in wrong(changed(**fields))


def test_all_mistakes_come_at_once_in_the_order_of_the_lines() -> None:
    text = EXAMPLE.replace("seats: 12", "seats: twelve").replace("unit_price_cents: 80_000", "unit_price_cents: -1")
    text = text.replace("nature: materials", "nature: books")
    found = wrong(text)
    assert [key for _, key, _ in found] == ["number", "least", "choice"]
    for line, _, place in found:
        assert place.rpartition(".")[2] in text.splitlines()[(line or 0) - 1]


def test_an_edition_keeps_its_name_when_it_is_amended() -> None:
    given = {"edition_id": "another", "by": "u", "if_revision": 1, "reason": "r"}
    found = checked(read(YAML), AmendEdition, **given)
    assert isinstance(found, tuple)
    assert [(one.line, one.key) for one in found] == [(1, "other_edition")]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_mistake_has_a_sentence_and_no_rule_of_the_command_goes_without(language: Any) -> None:
    words = words_in(language, PACKAGE)
    for phrase, key in _SAID:
        assert words(f"mistake.{key}"), phrase
    tried: tuple[dict[str, Any], ...] = ({"seats": 0}, {"themes": []}, {"currency": "x"}, {"title_nl": "x" * 201})
    for fields in tried:
        made = checked(read(changed(**fields)), PublishEdition)
        assert isinstance(made, tuple)
        for one in made:
            assert isinstance(one, Mistake)
            assert "{" not in words(f"mistake.{one.key}", **one.fields)


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_a_document_or_a_mistake(text: str) -> None:
    try:
        made = checked(read(text), PublishEdition)
    except UnreadableError as error:
        made = error.mistakes
    assert made
