"""A form that is rendered once for many visitors shows everybody how things are now."""

from __future__ import annotations

import re

import pytest

from enrolment.commands import AmendEdition, examples
from enrolment.pages.blanks import BLANKS_MAX, Blanks
from services.enrolment.tests.pages.house import FORM, FORM_EN, House, ticket_in
from services.enrolment.tests.season import request


async def said(house: House, page: str) -> str:
    """The form as a visitor gets it, but for its ticket; one that was just rendered says the same."""
    text = (await house.http.get(page)).text
    newcomer = House(house.pool, house.url, contact="lerendnetwerk@spn.example")
    newcomer.clock.moment = house.clock.moment
    async with newcomer.http:
        fresh = (await newcomer.http.get(page)).text
    assert text.replace(ticket_in(text), "") == fresh.replace(ticket_in(fresh), "")
    return text.replace(ticket_in(text), "")


@pytest.mark.parametrize("page", [FORM, FORM_EN])
async def test_a_form_that_was_shown_before_follows_every_change_of_its_edition(house: House, page: str) -> None:
    await house.opened(seats=1)
    seen = [await said(house, page)]
    for name in ("anna", "bas", "cora"):  # the last seat, the first who waits, the second
        await house.send(request(name))
        seen.append(await said(house, page))
    terms = {"seats": 1, "languages": ["nl", "en"], "asks": ["goals", "diet"]}
    await house.send(AmendEdition.model_validate({**examples.AMEND, **terms}))
    seen.append(await said(house, page))
    assert len(set(seen)) == len(seen), "each change is to be seen"


async def test_two_visitors_get_the_same_form_with_tickets_of_their_own(house: House) -> None:
    await house.opened()
    first, second = [(await house.http.get(FORM)).text for _ in range(2)]
    assert ticket_in(first) != ticket_in(second)
    assert re.sub(ticket_in(first), "", first) == re.sub(ticket_in(second), "", second)


async def test_a_blank_form_holds_nothing_that_somebody_else_typed(house: House) -> None:
    await house.opened()
    sent = await house.filled(participant__name="Wie Dan Ook", two_year_commitment="")
    assert "Wie Dan Ook" in sent.text
    assert "Wie Dan Ook" not in (await house.http.get(FORM)).text


def test_only_so_many_forms_are_kept_and_each_is_right() -> None:
    blanks, rendered = Blanks(), []

    def copy(n: int) -> bytes:
        def render(ticket: str) -> bytes:
            rendered.append(n)
            return f"<form {n} {ticket}>".encode()

        return blanks.copy(n, "mine", render)

    for _ in range(2):
        assert [copy(n) for n in range(BLANKS_MAX + 1)] == [f"<form {n} mine>".encode() for n in range(BLANKS_MAX + 1)]
    before = len(rendered)
    assert copy(BLANKS_MAX) == f"<form {BLANKS_MAX} mine>".encode()
    assert len(rendered) == before, "what was just made is kept"
    assert len(blanks._made) <= BLANKS_MAX


def test_a_form_without_a_place_for_its_ticket_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError, match="does not hold its ticket"):
        Blanks().copy("form", "mine", lambda _: b"<form>")
