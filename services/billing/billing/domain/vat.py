"""Which VAT a line bears, and how VAT is rounded. The rules themselves are data: a dated table, decided by people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from spn.decision import DomainError

Category = Literal["S", "E"]
"""UNCL 5305: S is taxed at the rate that is named, E is exempt and needs its reason as text (EN 16931, BR-E-10)."""


class VatUndecided(DomainError):
    """Nobody decided what VAT this is at that date, so there can be no invoice yet."""


@dataclass(frozen=True, slots=True)
class Vat:
    """The VAT of one line. ``ground`` is the legal ground; on an exempt line it is the reason the invoice names."""

    category: Category
    percent: int
    ground_nl: str
    ground_en: str


@dataclass(frozen=True, slots=True)
class VatRule:
    """One row of the dated table: from ``valid_from`` to ``valid_until``, both included, None: until further notice."""

    nature: str
    valid_from: date
    valid_until: date | None
    only_crkbo: bool
    vat: Vat
    decided_by: str
    decided_on: date

    def holds(self, nature: str, on: date, *, crkbo: bool) -> bool:
        """Whether it speaks of this nature at this date, for a seller that is or is not in the CRKBO register."""
        within = self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)
        return within and self.nature == nature and (crkbo or not self.only_crkbo)


@dataclass(frozen=True, slots=True)
class VatTable:
    """The rules in the order in which they are asked: the first that holds decides."""

    rules: tuple[VatRule, ...]
    crkbo: bool

    def vat_of(self, nature: str, on: date) -> Vat:
        """The VAT of a line of this nature, supplied at this date.

        :raises VatUndecided: no rule holds.
        """
        for rule in self.rules:
            if rule.holds(nature, on, crkbo=self.crkbo):
                return rule.vat
        raise VatUndecided(f"no VAT rule for {nature} at {on}")


@dataclass(frozen=True, slots=True)
class Subtotal:
    """What one category and rate add to a document (EN 16931, BG-23)."""

    vat: Vat
    net_cents: int
    vat_cents: int


def net_by_vat(lines: Iterable[tuple[Vat, int]]) -> dict[Vat, int]:
    """The net amounts per VAT treatment, taxed before exempt, high before low."""
    found: dict[Vat, int] = {}
    for vat, cents in lines:
        found[vat] = found.get(vat, 0) + cents
    return {vat: found[vat] for vat in sorted(found, key=lambda v: (v.category != "S", -v.percent, v.ground_nl))}


def rounded(net_cents: int, percent: int) -> int:
    """VAT over a subtotal, to the cent, half up (EN 16931, BR-CO-17): never the sum of VAT per line.

    Amounts are positive, on a credit note too.
    """
    assert net_cents >= 0, net_cents
    return (net_cents * percent + 50) // 100


def subtotals(lines: Iterable[tuple[Vat, int]]) -> tuple[Subtotal, ...]:
    """The VAT breakdown of an invoice."""
    return tuple(Subtotal(vat, net, rounded(net, vat.percent)) for vat, net in net_by_vat(lines).items())


def credited_subtotals(lines: Iterable[tuple[Vat, int]], left: Iterable[Subtotal]) -> tuple[Subtotal, ...]:
    """The VAT breakdown of a credit note on an invoice of which ``left`` has not been credited yet.

    The credit that takes the last of a net amount takes the last of its VAT too, and none takes more than is left:
    credited in parts, an invoice still comes back to the cent. That can be a cent off the rounded product, which the
    check of BR-CO-17 allows.
    """
    rest = {one.vat: one for one in left}
    found = []
    for vat, net in net_by_vat(lines).items():
        most = rest[vat]
        assert net <= most.net_cents, (net, most)
        cents = most.vat_cents if net == most.net_cents else min(rounded(net, vat.percent), most.vat_cents)
        found.append(Subtotal(vat, net, cents))
    return tuple(found)
