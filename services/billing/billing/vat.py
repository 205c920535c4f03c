"""Reads the dated VAT table: data with its own checks, so that a slip in it is refused at the start."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from billing.domain.vat import Category, Vat, VatRule, VatTable

Text = Annotated[str, Field(min_length=1, max_length=300)]


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    nature: Text
    valid_from: date
    valid_until: date | None = None
    only_crkbo: bool = False
    category: Category
    percent: int = Field(ge=0, le=100)
    ground_nl: Text
    ground_en: Text
    decided_by: Text
    decided_on: date

    @model_validator(mode="after")
    def _makes_sense(self) -> _Rule:
        if (self.category == "E") != (self.percent == 0):
            raise ValueError("a taxed line (S) has a rate above 0, an exempt one (E) the rate 0")
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("valid_until lies before valid_from")
        return self

    def rule(self) -> VatRule:
        vat = Vat(self.category, self.percent, self.ground_nl, self.ground_en)
        return VatRule(
            self.nature, self.valid_from, self.valid_until, self.only_crkbo, vat, self.decided_by, self.decided_on
        )


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rule: list[_Rule] = Field(min_length=1)


def load_table(path: Path | None = None, *, crkbo: bool) -> VatTable:
    """The table of ``path``, or the one that comes with the service; ``crkbo``: whether the seller is registered.

    :raises ValueError: it cannot be read, or a rule in it makes no sense.
    """
    text = path.read_text() if path else resources.files("billing").joinpath("vat_table.toml").read_text()
    return VatTable(tuple(one.rule() for one in _Table.model_validate(tomllib.loads(text)).rule), crkbo)
