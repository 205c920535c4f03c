"""The sentences of the pages."""

from __future__ import annotations

import re
from importlib import resources
from typing import get_args

import pytest

from enrolment.domain.enrolment import Status
from enrolment.domain.guest import GuestStatus
from enrolment.pages.own_forms import FORMS
from enrolment.pages.putting import Why
from enrolment.pages.words import LANGUAGES, Language, words_in
from enrolment.proof.passing import How
from services.enrolment.tests.pages.test_form import WHOLE
from spn.decision import Outcome

FIELD = re.compile(r"\{(\w+)\}")
NL, EN = words_in("nl"), words_in("en")


def test_both_languages_have_the_same_sentences_with_the_same_fields() -> None:
    assert list(NL.sentences) == list(EN.sentences)
    for key, sentence in NL.sentences.items():
        assert set(FIELD.findall(sentence)) == set(FIELD.findall(EN.sentences[key])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_has_a_label_and_says_what_is_missing(language: Language) -> None:
    words = words_in(language)
    for field in WHOLE.fields:
        assert words(f"field.{field.word}.label")
        assert words.has(f"field.{field.word}.hint")
        chosen_from_the_start = field.name.endswith(("language", "share.kind", "for_whom"))
        said = (field.required and not chosen_from_the_start) or field.name == "needs.consent"
        assert words.has(f"field.{field.word}.empty") == said, field.name
        assert all(words.has(f"choice.{choice}") for choice in field.choices if field.named)


def test_every_sentence_is_used_somewhere() -> None:
    package = resources.files("enrolment.pages")
    files = [f for folder in (".", "form", "templates") for f in package.joinpath(folder).iterdir()]
    text = "\n".join(f.read_text() for f in files if f.name.endswith((".py", ".j2")))
    text += " ".join((*get_args(Outcome), *get_args(Status), *get_args(GuestStatus)))
    text += " ".join(f"{page}.notice_{why}" for page in ("form", "personal") for why in get_args(Why))
    text += " ".join(f"personal.passed_{how}" for how in get_args(How))
    text += " ".join(f"{form.name}.{part}" for form in FORMS for part in ("form_title", "lead", "send"))
    # The rest of a key is put together from a field, a status, an action, a unit of time or what to prepare.
    made = ("field.", "choice.", "error.", "before.", "personal.", "guest.", "action.", "confirm.", "answer.")
    affixes = re.compile(r"^prepare_|_(title|next|one|more)$")
    for key in NL.sentences:
        word = affixes.sub("", key.rsplit(".", 1)[-1])
        assert key in text or ((key.startswith(made) or key.endswith("_title")) and word in text), key


def test_dutch_says_u_hebt() -> None:
    assert not [
        key for key, sentence in NL.sentences.items() if re.search(r"\b(u heeft|heeft u)\b", sentence, re.IGNORECASE)
    ]


def test_a_span_of_time_is_told_in_its_two_largest_units() -> None:
    assert NL.duration(3 * 86_400 + 4 * 3_600 + 59) == "3 dagen en 4 uur"
    assert NL.duration(61) == "1 minuut en 1 seconde"
    assert EN.duration(72 * 3_600) == "3 days"
    assert EN.duration(0) == ""


def test_amounts_and_days_are_written_as_people_here_do() -> None:
    assert (NL.money(500_000), EN.money(500_000)) == ("€\u00a05.000,00", "€5,000.00")
