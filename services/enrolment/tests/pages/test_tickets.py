"""What the pages sign."""

from __future__ import annotations

from uuid import uuid4

import pytest
from itsdangerous import TimestampSigner

from enrolment.pages import tickets
from enrolment.pages.tickets import Tickets

OLD, NEW = "an-old-secret-that-is-long-enough", "a-new-secret-that-is-long-enough"


def test_a_ticket_counts_for_its_own_purpose_only() -> None:
    ours = Tickets([NEW])
    ticket = ours.form("edition/a", 50)
    taken = ours.taken(ticket, "edition/a")
    assert taken
    assert taken.shown == 50
    assert ours.taken(ticket, "edition/b") is None
    assert ours.answered(ticket, "edition/a") is None


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "é", "\x00", "W10.x.y" * 100])
def test_what_we_did_not_sign_is_nothing(text: str) -> None:
    ours = Tickets([NEW])
    assert ours.taken(text, "edition/a") is None
    assert ours.answered(text, "edition/a") is None


def test_every_ticket_has_a_key_of_its_own() -> None:
    ours = Tickets([NEW])
    keys = {taken.key for _ in range(20) if (taken := ours.taken(ours.form("p"), "p"))}
    assert len(keys) == 20


def test_a_new_secret_leaves_the_forms_of_the_old_one_good_until_it_is_taken_away() -> None:
    ticket = Tickets([OLD]).form("p")
    assert Tickets([NEW, OLD]).taken(ticket, "p")
    assert Tickets([NEW]).taken(ticket, "p") is None
    assert Tickets([OLD]).taken(Tickets([NEW, OLD]).form("p"), "p") is None


def test_a_mark_tells_contents_apart_and_cannot_be_made_without_the_secret() -> None:
    ours = Tickets([NEW])
    assert ours.mark(b"nuts") == Tickets([NEW]).mark(b"nuts") != ours.mark(b"milk")
    assert ours.mark(b"nuts") != Tickets([OLD]).mark(b"nuts")


def test_a_ticket_and_an_answer_grow_old(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, id_ = Tickets([NEW]), uuid4()
    ticket, name = ours.form("p"), ours.answer("p", id_)
    now = TimestampSigner(NEW).get_timestamp()
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: now + tickets.FORM_SECONDS_MAX + 2)
    assert ours.taken(ticket, "p") is None
    assert ours.answered(name, "p") == id_
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: now + tickets.ANSWER_SECONDS_MAX + 2)
    assert ours.answered(name, "p") is None
