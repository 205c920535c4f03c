"""What organisers ask of an edition, and the wake-ups at its opening and closing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from enrolment.commands import examples
from enrolment.commands.fields import Cents, Instant, Percent, Sentence, Slug, as_text
from enrolment.commands.parties import Part
from enrolment.domain.calendar import start_of
from spn.messaging.contract import Command

TOPIC = "spn.enrolment.commands"
ThemeId = Literal["changing", "directing", "direction-giving", "narrative", "personal"]
Day = Annotated[date, BeforeValidator(as_text)]


class ThemeTerms(Part):
    """A theme of the edition."""

    theme_id: ThemeId
    title_nl: Sentence
    title_en: Sentence


class LineTerms(Part):
    """A line of the price of a seat, in cents, VAT excluded."""

    line_id: Slug
    description_nl: Sentence
    description_en: Sentence
    nature: Literal["course", "coaching", "materials"]
    unit_price_cents: Cents


class WithdrawalTerms(Part):
    """Who withdraws at least this many days before the start owes this part; when no rule is met, everything."""

    days_before_start: int = Field(ge=0, le=1_000, strict=True)
    owed_percent: Percent


class EditionCommand(Command):
    """A command about an edition."""

    topic: ClassVar[str] = TOPIC
    key: ClassVar[str] = "edition_id"

    edition_id: Slug


class PublishEdition(EditionCommand):
    """Publish an edition: its seats, dates, price and rules. They stand from then on."""

    types: ClassVar[tuple[str, ...]] = ("edition.publish.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.PUBLISH,)

    title_nl: Sentence
    title_en: Sentence
    seats: int = Field(ge=1, le=10_000, strict=True)
    opens_at: Instant
    closes_at: Instant
    starts_on: Day
    ends_on: Day
    offer_hours: int = Field(ge=1, le=720, strict=True)
    currency: Literal["EUR"] = "EUR"
    themes: tuple[ThemeTerms, ...] = Field(min_length=1, max_length=5)
    lines: tuple[LineTerms, ...] = Field(min_length=1, max_length=20)
    withdrawal: tuple[WithdrawalTerms, ...] = Field(max_length=10)

    @model_validator(mode="after")
    def _has_its_dates_in_order(self) -> Self:
        if self.opens_at >= self.closes_at:
            raise ValueError("opens_at must lie before closes_at")
        if self.closes_at > start_of(self.starts_on):
            raise ValueError("closes_at must not lie after the start of starts_on (00:00 in Amsterdam)")
        if self.starts_on > self.ends_on:
            raise ValueError("starts_on must not lie after ends_on")
        return self

    @model_validator(mode="after")
    def _names_everything_once(self) -> Self:
        _once("themes", (theme.theme_id for theme in self.themes))
        _once("lines", (line.line_id for line in self.lines))
        _once("withdrawal", (rule.days_before_start for rule in self.withdrawal))
        by_days = sorted(self.withdrawal, key=lambda rule: rule.days_before_start)
        if any(later.owed_percent > rule.owed_percent for rule, later in pairwise(by_days)):
            raise ValueError("withdrawal must not cost more when it comes earlier")
        return self


class OpenEdition(EditionCommand):
    """Open an edition that has reached its opening instant. Without authority: before it, nothing happens."""

    types: ClassVar[tuple[str, ...]] = ("edition.open.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.OPEN,)


class CloseEdition(EditionCommand):
    """Close an edition now. The stored deadline sends it with ``when_due``: then not before the closing instant."""

    types: ClassVar[tuple[str, ...]] = ("edition.close.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.CLOSE,)

    when_due: bool = Field(default=False, strict=True)


def _once(field: str, names: Iterable[object]) -> None:
    listed = list(names)
    if len(set(listed)) < len(listed):
        raise ValueError(f"{field} must not name the same thing twice")
