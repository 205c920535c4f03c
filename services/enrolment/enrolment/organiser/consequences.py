"""What will follow from an action, in sentences, before the click."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from enrolment.domain.terms import ALL_PERCENT, Terms
from enrolment.organiser.shapes import EditionRow, WholeEnrolment
from enrolment.pages.conditions import cost_now
from enrolment.pages.words import Words

Saying = Callable[[WholeEnrolment, datetime, Words], Iterator[str]]


def of_enrolment(action: str, one: WholeEnrolment, now: datetime, words: Words) -> list[str]:
    """What follows for an enrolment and for others. Most actions have one sentence; some depend on how things stand."""
    return list(_SAYINGS.get(action, _plainly(action))(one, now, words))


def of_edition(action: str, edition: EditionRow, counts: Mapping[str, int], now: datetime, words: Words) -> list[str]:
    """What follows for an edition and those in it."""
    if action == "open":
        early = now < edition.terms.opens_at
        key = "follow.open_early" if early else "follow.open"
        return [words(key, when=words.instant(edition.terms.opens_at))]
    if action == "close":
        return [words("follow.close"), words("follow.close_line", waiting=edition.waiting)]
    seated = counts.get("accepted", 0)
    pending = sum(counts.get(status, 0) for status in ("requested", "waiting", "offered"))
    return [
        words("follow.cancel_seated", seated=seated),
        words("follow.cancel_pending", pending=pending),
        words("follow.final"),
    ]


def of_amendment(edition: EditionRow, after: Terms, words: Words) -> list[str]:
    """What follows from other terms."""
    said = [words("follow.amend")]
    more = min(after.seats - edition.seats_taken, edition.waiting)
    if edition.state == "open" and after.seats > edition.terms.seats and more > 0:
        said.append(words("follow.amend_seats", more=more))
    if after.starts_on != edition.terms.starts_on:
        said.append(words("follow.amend_start"))
    return said


def _plainly(action: str) -> Saying:
    def say(one: WholeEnrolment, _: datetime, words: Words) -> Iterator[str]:
        yield words(f"follow.{action}", name=one.participant.name)

    return say


def _approve(one: WholeEnrolment, _: datetime, words: Words) -> Iterator[str]:
    there_is = one.edition.free > 0 and not one.edition.waiting
    yield words("follow.approve_seat" if there_is else "follow.approve_line", name=one.participant.name)


def _offer(one: WholeEnrolment, now: datetime, words: Words) -> Iterator[str]:
    terms = one.edition.terms
    until = min(now + timedelta(hours=terms.offer_hours), terms.starts_at)
    yield words("follow.offer", name=one.participant.name, until=words.instant(until))
    if one.position and one.position > 1:
        yield words("follow.offer_passes", others=one.position - 1)


def _reorder(one: WholeEnrolment, _: datetime, words: Words) -> Iterator[str]:
    yield words("follow.reorder_now", name=one.participant.name, position=one.position, waiting=one.edition.waiting)
    yield words("follow.reorder")


def _accept(one: WholeEnrolment, _: datetime, words: Words) -> Iterator[str]:
    yield words("follow.accept", name=one.participant.name, amount=words.money(agreed_cents(one)))


def _decline(one: WholeEnrolment, _: datetime, words: Words) -> Iterator[str]:
    key = "follow.decline_passes" if one.edition.passes else "follow.decline_free"
    yield words(key, name=one.participant.name)


def _withdraw(one: WholeEnrolment, now: datetime, words: Words) -> Iterator[str]:
    cost = cost_now(one.edition.terms, one.enrolment, now)
    amounts = {"amount": words.money(cost.cents), "price": words.money(agreed_cents(one))}
    keys = {0: "follow.withdraw_none", ALL_PERCENT: "follow.withdraw_all"}
    yield words(keys.get(cost.percent, "follow.withdraw_part"), percent=cost.percent, **amounts)
    if cost.next and cost.next.first:
        yield words("follow.withdraw_later", day=words.day(cost.next.first), percent=cost.next.percent)
    yield words("follow.withdraw_passes" if one.edition.passes else "follow.withdraw_free")
    yield words("follow.final")


def agreed_cents(one: WholeEnrolment) -> int:
    """The price as agreed, of all payers together, VAT excluded."""
    return sum(line.unit_price_cents for payer in one.enrolment.payers for line in payer.lines)


_SAYINGS: Final[Mapping[str, Saying]] = {
    "approve": _approve,
    "offer": _offer,
    "reorder": _reorder,
    "accept": _accept,
    "decline": _decline,
    "withdraw": _withdraw,
}
