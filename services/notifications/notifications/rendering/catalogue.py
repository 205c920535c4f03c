"""The template catalogue: one folder per language, one template per purpose, from which come both HTML and text.

A language's templates hold the sentences; ``html/`` and ``text/`` hold how a letter, a paragraph or a list of facts
looks in that form. So the two forms cannot say different things.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from notifications.rendering.wording import LANGUAGES

TEMPLATES: Final = Path(__file__).resolve().parent.parent / "templates"
_BLANKS: Final = re.compile(r"[ \t\r\n]+")
_GAPS: Final = re.compile(r"\n{3,}")
Form = Literal["html", "text"]
S = TypeVar("S", bound=str)


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of a mail."""

    subject: str
    text: str
    html: str


class Catalogue:
    """Every template in every language, each read when it is first needed: all of them take half of a start.

    Whether one has a fault is for the tests to say, which write each letter in each language.
    """

    def __init__(self) -> None:
        self._forms = {(lang, form): _environment(lang, form) for lang in LANGUAGES for form in ("html", "text")}

    def write(self, purpose: str, language: str, words: dict[str, Any]) -> Letter:
        """The letter of this purpose in this language."""
        plain = self._forms[language, "text"].get_template(f"{purpose}.j2")
        rich = self._forms[language, "html"].get_template(f"{purpose}.j2")
        subject = "".join(plain.blocks["subject"](plain.new_context(words)))
        return Letter(_flow(subject).strip(), _GAPS.sub("\n\n", plain.render(words)).strip() + "\n", rich.render(words))


@cache
def catalogue() -> Catalogue:
    """The one catalogue of this process."""
    return Catalogue()


def language_of(wish: str) -> str:
    """The language to write in: Dutch unless we know the one asked for."""
    return wish if wish in LANGUAGES else LANGUAGES[0]


def _environment(language: str, form: Form) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([TEMPLATES / language, TEMPLATES / form]),
        autoescape=form == "html",  # noqa: S701 - plain text is no HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["flow"] = _flow
    environment.globals["language"] = language
    environment.globals["kit"] = environment.get_template("kit.j2").module
    return environment


def _flow(text: S) -> S:
    """One line of running text; no-break spaces stay. Keeps the type: what is safe HTML stays safe HTML."""
    return type(text)(_BLANKS.sub(" ", text).strip(" "))
