"""Splitting the price of a seat among payers, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from enrolment.domain.enrolment import AgreedLine
from enrolment.domain.terms import ALL_PERCENT, part_of


@dataclass(frozen=True, slots=True)
class Share:
    """What somebody takes of the price: a percentage of each line, or an amount in cents over all lines."""

    percent: int | None
    amount_cents: int | None


class SharesExceedPriceError(Exception):
    """More is shared out than there is, or nothing is left for who pays the rest."""


def split(lines: Sequence[AgreedLine], shares: Sequence[Share]) -> list[tuple[AgreedLine, ...]]:
    """The lines of who pays the rest, then those of each share, in their order; together they are the price, exactly.

    A percentage is taken of each line by itself, half a cent up. An amount is spread over what is left of the lines by
    their size; what the rounding leaves goes to the lines that lost most by it. A line of nothing is left out.

    :raises SharesExceedPriceError: the shares come to the whole price or more, unless the price is nothing.
    """
    left = [line.unit_price_cents for line in lines]
    taken: list[list[int]] = []
    for share in shares:
        part = _percentage(lines, left, share.percent) if share.percent else _amount(left, share.amount_cents or 0)
        left = [have - take for have, take in zip(left, part, strict=True)]
        taken.append(part)
    if shares and not any(left):
        raise SharesExceedPriceError
    return [_lines(lines, cents) for cents in (left, *taken)] if shares else [tuple(lines)]


def _percentage(lines: Sequence[AgreedLine], left: Sequence[int], percent: int) -> list[int]:
    wanted = [part_of(line.unit_price_cents, percent) for line in lines]
    if percent >= ALL_PERCENT or sum(wanted) > sum(left):
        raise SharesExceedPriceError
    return [min(have, want) for have, want in zip(left, wanted, strict=True)]


def _amount(left: Sequence[int], cents: int) -> list[int]:
    whole = sum(left)
    if cents >= whole:
        raise SharesExceedPriceError
    part = [have * cents // whole for have in left]
    lost = sorted(range(len(left)), key=lambda i: (-(left[i] * cents % whole), i))
    for i in lost[: cents - sum(part)]:
        part[i] += 1
    return part


def _lines(lines: Sequence[AgreedLine], cents: Sequence[int]) -> tuple[AgreedLine, ...]:
    return tuple(replace(line, unit_price_cents=c) for line, c in zip(lines, cents, strict=True) if c)
