"""The template catalogue: two languages that say the same, two forms from one source."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import Environment, meta

from notifications.rendering import wording
from notifications.rendering.catalogue import TEMPLATES, Letter, catalogue
from notifications.rendering.words import PURPOSES, words_of
from services.notifications.tests.drafts import SENDER, draft
from services.notifications.tests.season import NAMES

CATALOGUE = catalogue()
OURS = {"kit", "language"}
# Sessions have one set of words between them, and so have documents: not each mail says all of it.
OF_OTHERS = {"session": {"when_before", "venue_before"}, "invoice": {"refers_to"}, "credit": {"due_on"}}
VOID = {"meta", "br", "img", "hr"}


def variables(language: str, name: str) -> set[str]:
    environment = Environment(autoescape=True)
    environment.filters["flow"] = str
    return meta.find_undeclared_variables(environment.parse((TEMPLATES / language / name).read_text())) - OURS


def letter(purpose: str, language: str, **changes: Any) -> Letter:
    one = draft(purpose, **changes)
    return CATALOGUE.write(purpose, language, words_of(one, SENDER, language))


def links(html: str) -> list[str]:
    return re.findall(r'href="([^"]*)"', html)


class Reader(HTMLParser):
    """Reads HTML as a browser would, and finds what was never closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and "title" not in self.open:
            self.seen.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.seen).split())


def test_both_languages_have_a_template_for_each_purpose_and_no_other() -> None:
    for language in wording.LANGUAGES:
        names = {path.name for path in (TEMPLATES / language).iterdir()}
        assert names == {f"{purpose}.j2" for purpose in PURPOSES} | {"letter.j2"}


@pytest.mark.parametrize("name", [*(f"{purpose}.j2" for purpose in PURPOSES), "letter.j2"])
def test_both_languages_use_the_same_variables(name: str) -> None:
    assert variables("nl", name) == variables("en", name)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_template_uses_every_word_it_is_given(purpose: str) -> None:
    general = {"name", "edition", "contact", "organisation", "website"}
    given = set(words_of(draft(purpose), SENDER, "nl")) - general
    unused = given - variables("nl", f"{purpose}.j2")
    assert unused <= OF_OTHERS.get(purpose.partition("-")[0], set())


@pytest.mark.parametrize("purpose", PURPOSES)
def test_both_languages_have_the_same_links(purpose: str) -> None:
    nl, en = letter(purpose, "nl"), letter(purpose, "en")
    assert links(nl.html) == links(en.html)
    assert f"mailto:{SENDER.address}" in links(nl.html)


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_html_and_text_say_the_same(purpose: str, language: str) -> None:
    one = letter(purpose, language)
    seen = Reader(one.html)
    assert seen.open == []
    for line in one.text.split("\n"):
        said = re.sub(r"^(- |--$)| \(https://[^)]*\)", "", line.strip())
        for part in said.split(": ") if line.startswith("  ") else [said]:
            words = re.sub(r"\s", "", part).replace("(https://spn.example/mijn-inschrijving)", "")
            assert words in re.sub(r"\s", "", seen.text), part


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_nothing_is_left_of_the_template_and_no_value_is_missing(purpose: str, language: str) -> None:
    one = letter(purpose, language)
    for text in (one.subject, one.text, Reader(one.html).text):
        assert not re.search(r"\{\{|\{%|\}\}|None|undefined", text)
    assert "\n" not in one.subject
    assert "\n\n\n" not in one.text
    assert f'lang="{language}"' in one.html


@pytest.mark.parametrize("purpose", PURPOSES)
def test_dutch_speaks_to_people_as_u(purpose: str) -> None:
    said = letter(purpose, "nl")
    assert not re.search(r"\b(je|jij|jouw|jullie|u heeft|heeft u)\b", f"{said.subject} {said.text}", re.IGNORECASE)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_english_calls_a_seat_a_seat_as_the_pages_do(purpose: str) -> None:
    said = letter(purpose, "en")
    rest = re.sub(r"place on the waiting\s+list|place on the list|in your colleague's place", "", said.text)
    rest = re.sub(r"take place|place in this\s+session|in the place", "", rest)
    assert not re.search(r"\bplaces?\b", f"{said.subject} {rest}", re.IGNORECASE)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_without_a_website_a_mail_still_says_whom_to_ask(purpose: str) -> None:
    words = words_of(draft(purpose), SENDER, "nl") | {"website": None}
    one = CATALOGUE.write(purpose, "nl", words)
    assert SENDER.address in one.text
    assert set(links(one.html)) == {f"mailto:{SENDER.address}"}


@pytest.mark.parametrize("name", [*NAMES, "<script>x</script>"])
def test_a_name_is_written_as_it_is_and_never_as_html(name: str) -> None:
    one = letter("accepted", "nl", name=name)
    assert f"Geachte {name}," in one.text
    assert "<script>" not in one.html
    assert f"Geachte {name}," in Reader(one.html).text


def test_a_waiting_list_mail_says_the_position_and_the_rule() -> None:
    text = letter("waitlisted", "nl").text
    assert "Uw plaats op de lijst: 3" in text
    assert "wie zich eerder inschreef, staat hoger" in text


def test_a_waiting_list_mail_without_a_position_says_the_rule_only() -> None:
    details = {**draft("waitlisted").details, "position": None}
    assert "Uw plaats op de lijst" not in letter("waitlisted", "nl", details=details).text


def test_an_offer_names_its_deadline_in_amsterdam_time() -> None:
    one = letter("seat-offered", "nl")
    assert "Antwoorden vóór: woensdag 3 februari 2027 om 13:00 uur (Nederlandse tijd)" in one.text
    assert "Answer before: Wednesday 3 February 2027 at 13:00 (Amsterdam time)" in letter("seat-offered", "en").text


def test_more_time_for_an_offer_names_the_new_deadline() -> None:
    assert "Antwoorden vóór: woensdag 3 februari 2027 om 13:00 uur" in letter("offer-extended", "nl").text
    assert "You have more time for" in letter("offer-extended", "en").subject


@pytest.mark.parametrize(("owed", "said"), [(125_000, "blijft bij een terugtrekking nu € 1.250,00"), (0, "niets")])
def test_a_withdrawal_says_what_it_costs(owed: int, said: str) -> None:
    details = {**draft("withdrawn").details, "owed_cents": owed}
    text = letter("withdrawn", "nl", details=details).text.replace("\N{NO-BREAK SPACE}", " ")
    assert f"Verschuldigd: {'€ 1.250,00 excl. btw' if owed else 'niets'}" in text
    assert said in text


@pytest.mark.parametrize(
    ("purpose", "never"), [("withdrawn", "Uw terugtrekking is"), ("left", "de wachtlijst verlaten")]
)
def test_a_mail_says_nothing_that_its_reader_may_not_have_done(purpose: str, never: str) -> None:
    """Cancelling an edition withdraws people too, and who takes a request back was on no list."""
    one = letter(purpose, "nl")
    assert never not in f"{one.subject} {one.text}"


def test_a_moved_session_says_when_it_was() -> None:
    text = letter("session-moved", "nl").text
    assert "Wanneer: dinsdag 30 maart 2027, 14:00\u201320:30 uur" in text
    assert "Eerder gepland op: maandag 1 maart 2027, 13:00\u201319:30 uur" in text
    assert "Eerder gepland in: Bibliotheek Neude, Utrecht" in text


def test_a_session_of_an_unknown_theme_or_without_one_has_no_line_about_it() -> None:
    for theme in (None, "unheard-of"):
        details = {**draft("session-invited").details, "theme_id": theme}
        assert "Thema" not in letter("session-invited", "nl", details=details).text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "woensdag 3 maart 2027, 23:00 uur \u2013 donderdag 4 maart 2027, 01:30 uur"),
        ("en", "Wednesday 3 March 2027, 23:00 \u2013 Thursday 4 March 2027, 01:30"),
    ],
)
def test_a_session_that_ends_on_another_day_says_both_days(language: str, said: str) -> None:
    start, end = datetime(2027, 3, 3, 22, tzinfo=UTC), datetime(2027, 3, 4, 0, 30, tzinfo=UTC)
    assert wording.span(start, end, language) == said


def test_a_deadline_is_never_said_to_be_later_than_it_is() -> None:
    instant = datetime(2027, 7, 1, 10, 59, 59, 999_999, tzinfo=UTC)
    assert wording.deadline(instant, "en") == "Thursday 1 July 2027 at 12:59 (Amsterdam time)"


@pytest.mark.parametrize(
    ("cents", "nl", "en"), [(500_000, "€ 5.000,00", "€5,000.00"), (1, "€ 0,01", "€0.01"), (0, "€ 0,00", "€0.00")]
)
def test_amounts_are_written_as_people_here_write_them(cents: int, nl: str, en: str) -> None:
    assert wording.money(cents, "EUR", "nl").replace("\N{NO-BREAK SPACE}", " ") == nl
    assert wording.money(cents, "EUR", "en") == en


def test_dates_are_written_as_people_here_write_them() -> None:
    assert wording.day(date(2026, 1, 14), "nl") == "woensdag 14 januari 2026"
    assert wording.period(date(2026, 3, 2), date(2026, 10, 1), "en") == "2 March 2026 to 1 October 2026"
