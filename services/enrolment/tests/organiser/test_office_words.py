"""The sentences of the organisers' pages."""

from __future__ import annotations

import re
from importlib import resources
from typing import get_args

import pytest

from enrolment.document.checking import _KEYS, _SAID
from enrolment.domain import facts
from enrolment.domain.edition import EditionState
from enrolment.domain.enrolment import Commitment, Status
from enrolment.domain.guest import GuestStatus
from enrolment.domain.terms import Terms
from enrolment.needs import KINDS
from enrolment.organiser.addresses import PACKAGE
from enrolment.organiser.possible import ACTIONS, EDITION_ACTIONS
from enrolment.pages.words import LANGUAGES, Language, words_in
from spn.rights.roles import Role

FIELD = re.compile(r"\{(\w+)\}")
NL, EN = words_in("nl", PACKAGE), words_in("en", PACKAGE)


def test_both_languages_have_the_same_sentences_with_the_same_fields() -> None:
    assert list(NL.sentences) == list(EN.sentences)
    for key, sentence in NL.sentences.items():
        assert set(FIELD.findall(sentence)) == set(FIELD.findall(EN.sentences[key])), key


def fact_words() -> set[str]:
    return {one.word for one in facts.EnrolmentFact.__subclasses__()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_can_be_shown_has_its_sentence(language: Language) -> None:
    words = words_in(language, PACKAGE)
    names = [*ACTIONS, *(f"edition_{name}" for name in EDITION_ACTIONS)]
    needed = {
        **{f"{part}.{name}": "" for part in ("action", "ask", "sure") for name in names},
        **{f"state.{one}": "" for one in get_args(EditionState)},
        **{f"status.{one}": "" for one in get_args(Status)},
        **{f"guest.{one}": "" for one in get_args(GuestStatus)},
        **{f"commitment.{one}": "" for one in get_args(Commitment)},
        **{f"journal.{one}": "" for one in fact_words()},
        **{f"role.{one}": "" for one in Role},
        **{f"terms.{one}": "" for one in Terms.__dataclass_fields__},
        **{f"mistake.{one}": "" for one in (*_KEYS, *(key for _, key in _SAID), "other")},
    }
    assert [key for key in needed if not words.has(key)] == []


def test_every_sentence_is_used_somewhere() -> None:
    files = [
        file for name in ("organiser", "document", "pages") for file in resources.files(f"enrolment.{name}").iterdir()
    ]
    templates = resources.files(PACKAGE).joinpath("templates")
    files += [*templates.iterdir(), *templates.joinpath("organiser").iterdir()]
    text = "\n".join(f.read_text() for f in files if f.name.endswith((".py", ".j2")))
    text += " ".join((*fact_words(), *get_args(Status), *get_args(GuestStatus), *get_args(EditionState)))
    text += " ".join((*get_args(Commitment), *Terms.__dataclass_fields__, *Role, *KINDS))
    own = set(NL.sentences) - set(words_in("nl").sentences)
    for key in own:
        word = re.sub(r"_title$|^edition_|^flaw_|^pending_|^need_|^to_", "", key.rsplit(".", 1)[-1])
        assert key in text or word in text, key
