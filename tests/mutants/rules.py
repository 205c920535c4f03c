"""Ways to break the rules of the programme, each in the service that keeps it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.mutants.places import module, put


def told_without_effect() -> None:
    """An enrolment is told and not stored."""
    save = module("enrolment.store.save")

    async def forget(connection: Any, changes: Any) -> None:
        kept = [[pair for pair in some if pair[1].number != 3] for some in changes]
        await old(connection, kept)

    old = put(save, "_save_enrolments", forget)


def offered_takes_no_seat() -> None:
    """A seat that is on offer counts as free."""
    enrolment = module("enrolment.domain.enrolment").Enrolment
    put(enrolment, "takes_seat", property(lambda self: self.status == "accepted"))


def last_in_line() -> None:
    """A seat that comes free goes to who came last."""
    queries = module("enrolment.store.queries")
    ordered = "ORDER BY coalesce(w.place, w.number)"
    turned = queries.FIRST_IN_LINE.replace(ordered, f"{ordered} DESC")
    assert turned != queries.FIRST_IN_LINE
    put(queries, "FIRST_IN_LINE", turned)


def guests_without_end() -> None:
    """Nobody counts the guests of a library."""
    put(module("enrolment.domain.guests"), "_of_library", lambda *_: [])


def seals_by_themselves() -> None:
    """Each entry of the journal is sealed by itself: whoever changes one need not touch the others."""
    journal = module("enrolment.domain.journal")

    def seal(edition_id: str, entry: Any, _before: str) -> Any:
        return old(edition_id, entry, "")

    old = put(journal, "seal", seal)


def cancelled_for_a_fee() -> None:
    """Who had a seat in an edition that is cancelled pays for it."""
    put(module("enrolment.domain.amendments"), "NOTHING_PERCENT", 50)


def credit_too_small() -> None:
    """A credit note gives a cent too little."""
    settle = module("billing.domain.settle")

    def lines(*arguments: Any) -> tuple[Any, ...]:
        return tuple(replace(line, amount_cents=line.amount_cents - 1) for line in old(*arguments))

    old = put(settle, "_credit_lines", lines)


def number_skipped() -> None:
    """A number is taken and no document gets it."""
    numbering = module("billing.store.numbering")

    async def take(connection: Any, first: Any, count: int) -> bool:
        taken: bool = await old(connection, first, count)
        await connection.execute("UPDATE series SET last_ordinal = last_ordinal + 1")
        return taken

    old = put(numbering, "take", take)


def places_kept() -> None:
    """Who withdraws keeps the places."""
    places = module("scheduling.domain.places")

    def change(has: Any, person: Any, enrolment: Any) -> Any:
        return None if enrolment is None else old(has, person, enrolment)

    old = put(places, "_change", change)


def mail_twice() -> None:
    """Every mail is handed over twice."""
    line = module("notifications.mailing.line").Line

    async def send(self: Any, recipient: str, mail: bytes) -> Any:
        await old(self, recipient, mail)
        return await old(self, recipient, mail)

    old = put(line, "send", send)


def mail_forgotten() -> None:
    """An invoice counts as sent and never was."""
    line, delivered = module("notifications.mailing.line").Line, module("notifications.domain").Delivered

    async def send(self: Any, recipient: str, mail: bytes) -> Any:
        return delivered() if b"application/pdf" in mail else await old(self, recipient, mail)

    old = put(line, "send", send)
