"""Who is in a session, as the text that keys are made of."""

from __future__ import annotations

from uuid import UUID

import pytest
from pydantic import ValidationError

from notifications.events_in import Attendee

PERSON = UUID("6d0c3b1e-55a5-5d5c-9a4e-0a1f6a0f9c11")


@pytest.mark.parametrize("written", [str(PERSON), str(PERSON).upper()])
def test_a_person_is_the_same_however_the_id_is_written(written: str) -> None:
    assert Attendee(person_id=written, status="confirmed").person_id == str(PERSON)


@pytest.mark.parametrize("written", ["", PERSON.hex, f"{PERSON}\n", f"x{PERSON}", str(PERSON)[:-1] + "g"])
def test_what_is_no_id_is_no_attendee(written: str) -> None:
    with pytest.raises(ValidationError, match="person_id"):
        Attendee(person_id=written, status="confirmed")
