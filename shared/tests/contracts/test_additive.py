"""Each kind of change that would break somebody is found, and what is allowed is not."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

import pytest
from pydantic import Field, create_model

from spn.contracts.additive import breaches
from spn.contracts.published import Contract, Kind
from spn.contracts.released import promises
from spn.messaging.contract import Command, Data

Fields: TypeAlias = dict[str, Any]
OPTIONAL: tuple[Any, ...] = (str | None, None)


def several(of: Any) -> Any:
    return tuple.__class_getitem__((of, ...))


def text(**limits: Any) -> tuple[Any, ...]:
    return str, Field(**limits)


def number(**limits: Any) -> tuple[Any, ...]:
    return int, Field(**limits)


def line(**fields: Any) -> Any:
    return create_model("Line", __base__=Data, **{"line_id": (str, ...), "cents": (int, ...), **fields})


BASE: Fields = {
    "edition_id": (str, ...),
    "subject_id": (UUID, ...),
    "title": text(min_length=1, max_length=200),
    "status": (Literal["open", "closed"], ...),
    "seats": number(ge=1, le=100),
    "note": OPTIONAL,
    "language": (Literal["nl", "en"], "nl"),
    "lines": (several(line()), ...),
    "payer": (line() | None, None),
}


def contract(fields: Fields, kind: Kind = "event") -> Contract:
    base = Data if kind == "event" else Command
    model = create_model("Edition", __base__=base, **fields)
    return Contract("owner", "edition.opened.v1", "spn.owner.events", "edition_id", "subject_id", kind, "", model, ())


def found(before: Contract, after: Contract) -> list[str]:
    return [one.removeprefix("owner/edition.opened.v1: ") for one in breaches(promises([before]), promises([after]))]


def changed(kind: Kind, **changes: Any) -> list[str]:
    fields = {name: field for name, field in (BASE | changes).items() if field is not None}
    return found(contract(BASE, kind), contract(fields, kind))


BROKEN_FOR_BOTH: list[tuple[str, Fields, list[str]]] = [
    ("a removed field", {"title": None}, ["title was removed"]),
    ("a removed optional field", {"note": None}, ["note was removed"]),
    ("a new required field", {"venue": (str, ...)}, ["venue is new and required"]),
    ("an optional field that became required", {"note": (str | None, ...)}, ["note is required now"]),
    ("another type", {"seats": (str, ...)}, ["seats: type was 'integer' and is 'string'"]),
    ("another format", {"subject_id": (date, ...)}, ["subject_id: format was 'uuid' and is 'date'"]),
    ("a null that is no longer allowed", {"note": (str, "")}, ["note can no longer be null"]),
    ("a value that is no longer allowed", {"status": (Literal["open"], ...)}, ["status can no longer be 'closed'"]),
    ("a text that became a choice", {"title": (Literal["a"], ...)}, ["title can only be 'a'"]),
    ("a lower limit", {"seats": number(ge=1, le=50)}, ["seats: maximum was 100 and is 50"]),
    ("a shorter text", {"title": text(min_length=1, max_length=9)}, ["title: maxLength was 200"]),
    ("a limit where there was none", {"edition_id": text(max_length=9)}, ["edition_id: maxLength"]),
    ("a pattern", {"edition_id": text(pattern="^a")}, ["edition_id: pattern was not there"]),
    ("another default", {"language": (Literal["nl", "en"], "en")}, ["language left out meant 'nl' and means 'en'"]),
    ("another type in a list", {"lines": (several(line(cents=(str, ...))), ...)}, ["lines[].cents: type was"]),
    ("a field required in what may be null", {"payer": (line(vat=(int, ...)) | None, None)}, ["payer.vat is new and"]),
]  # fmt: skip


@pytest.mark.parametrize("kind", ["event", "command"])
@pytest.mark.parametrize(
    ("changes", "expected"), [case[1:] for case in BROKEN_FOR_BOTH], ids=[case[0] for case in BROKEN_FOR_BOTH]
)
def test_a_change_that_is_not_additive_is_found(kind: Kind, changes: Fields, expected: list[str]) -> None:
    said = changed(kind, **changes)

    for sentence in expected:
        assert any(one.startswith(sentence) for one in said), said


@pytest.mark.parametrize(
    ("part", "value"),
    [("topic", "spn.owner.other"), ("key", "subject_id"), ("subject", "edition_id"), ("content_type", "text/plain")],
)
def test_another_meaning_of_the_envelope_is_found(part: str, value: str) -> None:
    before = promises([contract(BASE)])
    after = {name: {**promised, part: value} for name, promised in before.items()}

    assert [one for one in breaches(before, after) if f"its {part} was" in one]


def test_a_type_that_is_gone_is_found() -> None:
    assert list(breaches(promises([contract(BASE)]), {})) == ["owner/edition.opened.v1: is gone"]


def test_a_type_that_is_new_is_no_breach() -> None:
    assert list(breaches({}, promises([contract(BASE)]))) == []


@pytest.mark.parametrize("kind", ["event", "command"])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"venue": OPTIONAL},
        {"lines": (several(line(vat_percent=(int | None, None))), ...)},
        {"payer": (line(vat_percent=(int, 0)) | None, None)},
        {"title": text(min_length=1, max_length=200, description="What it is called")},
    ],
    ids=["nothing", "an optional field", "one in a list", "one in a part that may be null", "words"],
)
def test_what_may_be_added_within_a_version_is_no_breach(kind: Kind, changes: Fields) -> None:
    assert changed(kind, **changes) == []


WIDER: list[tuple[str, Fields]] = [
    ("a value more", {"status": (Literal["open", "closed", "cancelled"], ...)}),
    ("a choice that became a text", {"status": (str, ...)}),
    ("a higher limit", {"seats": number(ge=0, le=1000)}),
    ("a limit less", {"title": (str, ...)}),
    ("null too", {"seats": (Annotated[int, Field(ge=1, le=100)] | None, ...)}),
    ("a required field that became optional", {"title": (Annotated[str, Field(min_length=1, max_length=200)], "x")}),
]


@pytest.mark.parametrize("changes", [case[1] for case in WIDER], ids=[case[0] for case in WIDER])
def test_a_command_may_take_more_than_before(changes: Fields) -> None:
    assert changed("command", **changes) == []


@pytest.mark.parametrize("changes", [case[1] for case in WIDER], ids=[case[0] for case in WIDER])
def test_an_event_may_not_hold_what_its_readers_have_never_seen(changes: Fields) -> None:
    assert changed("event", **changes)


def test_a_part_that_is_named_otherwise_but_is_the_same_is_no_breach() -> None:
    renamed = create_model("Row", __base__=Data, line_id=(str, ...), cents=(int, ...))

    assert changed("event", lines=(several(renamed), ...), payer=(renamed | None, None)) == []
