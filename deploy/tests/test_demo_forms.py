from __future__ import annotations

from functools import cache
from typing import Any, Literal, cast

import pytest

from enrolment.commands import PublishEdition, RequestEnrolment
from enrolment.domain.editions import terms_of
from enrolment.pages import enrol
from enrolment.pages.form.making import Asked, asked_of
from enrolment.pages.form.sheet import sheet_of, taken
from enrolment.pages.reading import EditionNow
from enrolment.pages.rendering import Pages
from enrolment.pages.tickets import Tickets
from enrolment.pages.visit import Desk, Visit
from spn.clock import SystemClock
from spn_demo.season import load_season
from spn_demo.visiting.forms import Form, PageError
from spn_demo.visiting.page import read_page
from spn_demo.visiting.request import typed
from spn_local.paths import checkout_root

SEASON = load_season(checkout_root() / "examples")
EDITION = EditionNow(terms_of(PublishEdition.model_validate(SEASON.publication())), "open", 0, 0)
TICKETS = Tickets(["a secret of this test, and of no other"])
FORM = """
<form method="post" action="/inschrijven/ln27">
<input type="hidden" name="ticket" value="a&amp;b">
<input name="name" value="">
<input type="radio" name="language" value="nl" checked><input type="radio" name="language" value="en">
<input type="checkbox" name="agreed" value="yes">
<select name="province"><option value="">-</option><option value="Drenthe">Drenthe</option></select>
<select name="unit"><option value="percent">%</option><option value="euros">EUR</option></select>
<textarea name="reason">
What stood there
before</textarea>
<button type="submit" name="do" value="add-payer">Add</button><input type="submit" name="go" value="Go">
</form>"""


@cache
def shown(language: Literal["nl", "en"]) -> Form:
    """The form of the edition of the examples, as enrolment shows it to whoever comes first."""
    desk = Desk(cast(Any, None), SystemClock(), TICKETS, Pages(None), cast(Any, None))
    page = enrol._blank(Visit(desk, cast(Any, None), desk.pages.words[language]), EDITION)
    return read_page(bytes(page.body).decode()).form(EDITION.terms.edition_id)


def asked(filled: dict[str, str]) -> RequestEnrolment:
    """What enrolment makes of what was sent."""
    pairs = list(filled.items())
    sheet = sheet_of(EDITION.terms, pairs)
    found = asked_of(sheet, taken(sheet, pairs))
    assert isinstance(found, Asked), found
    return found.command


@pytest.mark.parametrize("email", SEASON.emails)
def test_a_form_filled_in_by_a_director_asks_for_what_the_platform_would(email: str) -> None:
    request = SEASON.request(email)
    form = shown(request["participant"]["language"])
    assert asked(form.filled(typed(request))) == RequestEnrolment.model_validate({**request, "by": "form"})


def test_a_secretary_fills_it_in_for_somebody_else() -> None:
    secretary = {"name": "Wies Prins", "email": "w.prins@bibliotheek.example.org", "language": "nl"}
    request = {**SEASON.request(SEASON.emails[0]), "requester": secretary}
    assert asked(shown("nl").filled(typed(request))) == RequestEnrolment.model_validate({**request, "by": "form"})


def test_the_hidden_ticket_goes_back_as_it_was() -> None:
    sent = shown("nl").filled(typed(SEASON.request(SEASON.emails[0])))
    assert TICKETS.taken(sent["ticket"], f"edition/{EDITION.terms.edition_id}") is not None


def test_what_nobody_touches_is_sent_as_it_stood_and_no_button_that_nobody_pressed() -> None:
    form = read_page(FORM).form("/ln27")
    assert (form.method, form.action) == ("post", "/inschrijven/ln27")
    assert form.filled({}) == {
        "ticket": "a&b",
        "name": "",
        "language": "nl",
        "province": "",
        "unit": "percent",
        "reason": "What stood there\nbefore",
    }


def test_answers_take_the_place_of_what_stood_there() -> None:
    answers = {"language": "en", "agreed": "yes", "province": "Drenthe", "unit": "euros", "reason": "é\n<b>"}
    assert read_page(FORM).form("/ln27").filled(answers) == {"ticket": "a&b", "name": "", **answers}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"nickname": "x"}, "does not ask for nickname. It asks for ticket, name,"),
        ({"language": "fr"}, "language cannot be 'fr'. The form offers nl, en"),
        ({"province": "Friesland"}, "province cannot be 'Friesland'. The form offers Drenthe"),
        ({"agreed": "no"}, "agreed cannot be 'no'. The form offers yes"),
    ],
)
def test_what_a_form_does_not_ask_or_offer_cannot_be_filled_in(answers: dict[str, str], expected: str) -> None:
    with pytest.raises(PageError, match=expected):
        read_page(FORM).form("/ln27").filled(answers)


def test_a_further_payer_is_not_forgotten_in_silence() -> None:
    request = {**SEASON.request(SEASON.emails[0]), "further_payers": [{"share": {"percent": 50}}]}
    with pytest.raises(PageError, match="does not ask for further_payers"):
        shown("nl").filled(typed(request))
