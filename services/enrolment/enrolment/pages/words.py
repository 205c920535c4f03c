"""The sentences of the pages, in each language, from one TOML file each."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final, Literal, TypeAlias

from babel.dates import format_date
from babel.numbers import format_currency

from enrolment.domain.calendar import AMSTERDAM, when_en, when_nl

Language: TypeAlias = Literal["nl", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("nl", "en")
_LOCALES: Final = {"nl": "nl_NL", "en": "en_GB"}
_UNITS: Final = (("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1))


class Words:
    """One language: its sentences, and how it writes days, instants and amounts."""

    def __init__(self, language: Language, sentences: Mapping[str, str]) -> None:
        self.language = language
        self.sentences = sentences

    def __call__(self, key: str, **fields: object) -> str:
        """The sentence of this key with its fields filled in.

        :raises KeyError: there is none, or it has a field that is not given.
        """
        return self.sentences[key].format_map(fields) if fields else self.sentences[key]

    def has(self, key: str) -> bool:
        """Whether there is a sentence of this key."""
        return key in self.sentences

    def first(self, *keys: str, **fields: object) -> str:
        """The sentence of the first of these keys that has one."""
        return self(next(key for key in keys if key in self.sentences), **fields)

    def either(self, dutch: str, english: str) -> str:
        """Of a text that comes in both languages, ours."""
        return dutch if self.language == "nl" else english

    def money(self, cents: int, currency: str = "EUR") -> str:
        """``€ 5.000,00`` in Dutch (with a no-break space), ``€5,000.00`` in English."""
        return _money(cents, currency, self.language)

    def day(self, when: date) -> str:
        """``14 januari 2027``; day and month stay on one line."""
        return _day(when, self.language)

    def instant(self, when: datetime) -> str:
        """``donderdag 14 januari 2027 om 10.00 uur``: as people in the Netherlands see it."""
        return self.either(when_nl(when), when_en(when))

    def weekday(self, when: datetime) -> str:
        """``donderdag 14 januari 2027``: the day that it is in the Netherlands."""
        return format_date(when.astimezone(AMSTERDAM).date(), "EEEE d MMMM y", locale=_LOCALES[self.language])

    def clock(self, when: datetime) -> str:
        """``10.00`` in Dutch, ``10:00`` in English: what clocks in the Netherlands say."""
        local = when.astimezone(AMSTERDAM)
        return self.either(f"{local.hour}.{local.minute:02}", f"{local.hour}:{local.minute:02}")

    def moment(self, when: datetime) -> str:
        """An instant in few words, for lists: ``14 jan 2027, 10.00 uur``."""
        local = when.astimezone(AMSTERDAM)
        day = format_date(local.date(), "d MMM y", locale=_LOCALES[self.language]).replace(".", "")
        return self.either(f"{day}, {local.hour}.{local.minute:02} uur", f"{day}, {local.hour}:{local.minute:02}")

    def duration(self, seconds: int) -> str:
        """The two largest units of a span of time: ``3 dagen en 4 uur``."""
        parts = []
        for name, size in _UNITS:
            number, seconds = divmod(seconds, size)
            if number:
                parts.append(self(f"before.{name}_one") if number == 1 else self(f"before.{name}_more", n=number))
        return f" {self('before.and')} ".join(parts[:2])


@lru_cache(maxsize=1024)
def _money(cents: int, currency: str, language: Language) -> str:
    return format_currency(cents / 100, currency, locale=_LOCALES[language])


@lru_cache(maxsize=1024)
def _day(when: date, language: Language) -> str:
    return format_date(when, "d MMMM y", locale=_LOCALES[language]).replace(" ", "\u00a0", 1)


@cache
def words_in(language: Language, *packages: str) -> Words:
    """The words of a language, read once: those of the pages, and of further packages whose own sentences go first."""
    sentences: dict[str, str] = {}
    for package in (__package__, *packages):
        text = resources.files(package).joinpath("words", f"{language}.toml").read_text(encoding="utf-8")
        sentences |= _flat(tomllib.loads(text))
    return Words(language, sentences)


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, str):
            yield prefix + key, value
        else:
            yield from _flat(value, f"{prefix}{key}.")
