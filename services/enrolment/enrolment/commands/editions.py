"""What organisers ask of an edition, and the wake-ups that time sends it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from enrolment.commands import examples
from enrolment.commands.fields import Author, Cents, Instant, LanguageCode, Paragraph, Percent, Sentence, Slug, as_text
from enrolment.commands.parties import Part
from enrolment.domain.calendar import start_of
from enrolment.domain.terms import Milestone
from spn.messaging.contract import Command

TOPIC = "spn.enrolment.commands"
ThemeId = Literal["changing", "directing", "direction-giving", "narrative", "personal"]
Day = Annotated[date, BeforeValidator(as_text)]
YEAR_MAX = 9_000
"""Two years later there must still be a calendar."""


class ThemeTerms(Part):
    """A theme of the edition."""

    theme_id: ThemeId
    title_nl: Sentence
    title_en: Sentence
    guests_per_library: int = Field(default=0, ge=0, le=100, strict=True)


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
    """A command about an edition. ``by``: who sends it. ``if_revision``: refused when the edition is another by now."""

    topic: ClassVar[str] = TOPIC
    key: ClassVar[str] = "edition_id"

    edition_id: Slug
    by: Author | None = None
    if_revision: int | None = Field(default=None, ge=0, le=2**53, strict=True)


class EditionTerms(EditionCommand):
    """All that is public of an edition: its seats, dates, price and rules.

    ``minimum``: how many participants it needs to go ahead. ``selection``: an organiser chooses among the requests.
    ``payers_max``: among how many the price may be split. ``asks``: what else the form asks. ``guests_per_library``
    of a theme: how many guests of one library; without it there are none.
    """

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
    minimum: int = Field(default=1, ge=1, le=10_000, strict=True)
    selection: bool = Field(default=False, strict=True)
    payers_max: int = Field(default=1, ge=1, le=5, strict=True)
    guest_days: int = Field(default=14, ge=1, le=90, strict=True)
    languages: tuple[LanguageCode, ...] = Field(default=("nl",), min_length=1, max_length=2)
    asks: tuple[Literal["motivation", "goals", "diet", "access"], ...] = Field(default=(), max_length=4)

    @model_validator(mode="after")
    def _has_its_dates_in_order(self) -> Self:
        if self.opens_at >= self.closes_at:
            raise ValueError("opens_at must lie before closes_at")
        if self.closes_at > start_of(self.starts_on):
            raise ValueError("closes_at must not lie after the start of starts_on (00:00 in Amsterdam)")
        if self.starts_on > self.ends_on:
            raise ValueError("starts_on must not lie after ends_on")
        if self.ends_on.year > YEAR_MAX:
            raise ValueError(f"ends_on must not lie after {YEAR_MAX}")
        if self.minimum > self.seats:
            raise ValueError("minimum must not be more than seats")
        return self

    @model_validator(mode="after")
    def _names_everything_once(self) -> Self:
        _once("themes", (theme.theme_id for theme in self.themes))
        _once("lines", (line.line_id for line in self.lines))
        _once("withdrawal", (rule.days_before_start for rule in self.withdrawal))
        _once("languages", self.languages)
        _once("asks", self.asks)
        by_days = sorted(self.withdrawal, key=lambda rule: rule.days_before_start)
        if any(later.owed_percent > rule.owed_percent for rule, later in pairwise(by_days)):
            raise ValueError("withdrawal must not cost more when it comes earlier")
        return self


class PublishEdition(EditionTerms):
    """Publish an edition: its seats, dates, price and rules. They stand until they are amended."""

    types: ClassVar[tuple[str, ...]] = ("edition.publish.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.PUBLISH, examples.PUBLISH_WITH_SELECTION)


class AmendEdition(EditionTerms):
    """Give an edition other terms, all of them: they bind later requests and offers. What was agreed before stands."""

    types: ClassVar[tuple[str, ...]] = ("edition.amend.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.AMEND,)

    reason: Paragraph


class CancelEdition(EditionCommand):
    """Cancel an edition: everybody who has a seat is withdrawn and owes nothing, nobody waits any more."""

    types: ClassVar[tuple[str, ...]] = ("edition.cancel.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.CANCEL,)

    reason: Paragraph


class OpenEdition(EditionCommand):
    """Open an edition that has reached its opening instant. Without authority: before it, nothing happens."""

    types: ClassVar[tuple[str, ...]] = ("edition.open.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.OPEN,)


class CloseEdition(EditionCommand):
    """Close an edition now. The stored deadline sends it with ``when_due``: then not before the closing instant."""

    types: ClassVar[tuple[str, ...]] = ("edition.close.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.CLOSE,)

    when_due: bool = Field(default=False, strict=True)


class PassMilestone(EditionCommand):
    """Enrolment's own wake-up at the start, the end and the anniversaries. Without authority, as the others are."""

    types: ClassVar[tuple[str, ...]] = ("edition.milestone.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.MILESTONE,)

    milestone: Milestone


def _once(field: str, names: Iterable[object]) -> None:
    listed = list(names)
    if len(set(listed)) < len(listed):
        raise ValueError(f"{field} must not name the same thing twice")
