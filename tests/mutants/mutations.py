"""Ways to break a running service, each in one place. Applied in memory, before the service's own entry runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.mutants import mechanism, rules

MUTATIONS: Mapping[str, Callable[[], None]] = {
    "inbox-off": mechanism.inbox_off,
    "offset-first": mechanism.offset_first,
    "no-leader": mechanism.no_leader,
    "event-dropped": mechanism.event_dropped,
    "told-differently": mechanism.told_differently,
    "out-of-order": mechanism.out_of_order,
    "answered-twice": mechanism.answered_twice,
    "offered-takes-no-seat": rules.offered_takes_no_seat,
    "last-in-line": rules.last_in_line,
    "guests-without-end": rules.guests_without_end,
    "seals-by-themselves": rules.seals_by_themselves,
    "cancelled-for-a-fee": rules.cancelled_for_a_fee,
    "credit-too-small": rules.credit_too_small,
    "number-skipped": rules.number_skipped,
    "places-kept": rules.places_kept,
    "event-passed-over": mechanism.event_passed_over,
    "message-buried": mechanism.message_buried,
    "mail-twice": rules.mail_twice,
    "mail-forgotten": rules.mail_forgotten,
    "told-without-effect": rules.told_without_effect,
}


def said(name: str) -> str:
    """What a mutation breaks, in a sentence."""
    return (MUTATIONS[name].__doc__ or "").strip()
