"""Ids of messages are Python's UUIDs in every way but the time they take."""

from __future__ import annotations

from collections.abc import Callable
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from spn.messaging import ids

ANY = UUID("6d0c3b1e-55a5-5d5c-9a4e-0a1f6a0f9c11")
FORMS = [str, lambda u: str(u).upper(), lambda u: u.hex, lambda u: u.urn, lambda u: "{" + str(u) + "}"]


@given(st.uuids(), st.sampled_from(FORMS))
def test_every_form_that_python_reads_is_read_as_the_same_id(known: UUID, form: Callable[[UUID], str]) -> None:
    found = ids.uuid_of(form(known))
    assert isinstance(found, UUID)
    assert (found, hash(found), str(found), found.bytes) == (known, hash(known), str(known), known.bytes)


@pytest.mark.parametrize("text", ["", "x", "6d0c3b1e-55a5-5d5c-9a4e-0a1f6a0f9c1", str(ANY) + "0", str(ANY)[:-1] + "g"])
def test_what_names_no_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"UUID|base 16"):
        ids.uuid_of(text)


@given(st.uuids(), st.text())
def test_the_id_of_a_name_is_the_one_that_the_rfc_gives_it(namespace: UUID, name: str) -> None:
    wanted = uuid5(namespace, name)
    assert ids.named(namespace, name) == wanted
    assert ids.named(ids.uuid_of(str(namespace)), name) == wanted


@given(st.lists(st.uuids(), max_size=8))
def test_ids_of_both_kinds_are_put_in_one_order(known: list[UUID]) -> None:
    mixed = [ids.uuid_of(str(u)) if n % 2 else u for n, u in enumerate(known)]
    assert sorted(mixed) == sorted(known)


def test_a_model_writes_it_as_text() -> None:
    id_ = ids.named(NAMESPACE_URL, "x")
    assert TypeAdapter(UUID).dump_json(id_) == f'"{uuid5(NAMESPACE_URL, "x")}"'.encode()
    assert TypeAdapter(UUID).validate_python(id_) is id_
