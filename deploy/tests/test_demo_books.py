from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeAlias

import pytest

from deploy.tests.recorded import BEGAN, account_of, enrolment_of, mail, small_season, told
from spn_demo.books import Books, books_of, imbalances
from spn_demo.journal import Told
from spn_demo.mailbox import Arrived
from spn_demo.summary import summarise

Change: TypeAlias = Callable[[list[Told], list[Arrived]], object]


def drawn_up(messages: Sequence[Told], mails: Sequence[Arrived]) -> Books:
    return books_of(messages, mails, BEGAN + timedelta(days=1))


def changed(kind: str, **data: Any) -> Change:
    """The message of this type says something else."""

    def change(messages: list[Told], _mails: list[Arrived]) -> None:
        place = next(place for place, one in enumerate(messages) if one.type == kind)
        messages[place] = replace(messages[place], data={**messages[place].data, **data})

    return change


def without(kind: str) -> Change:
    return lambda messages, _mails: messages.remove(next(one for one in messages if one.type == kind))


def with_another(kind: str, topic: str, subject: str, data: Any) -> Change:
    return lambda messages, _mails: messages.append(told(kind, topic, subject, data, place=100))


SECOND = account_of(document={"number": "LN-2027-0002"})
BROKEN: dict[str, tuple[Change, str]] = {
    "a seat too many": (
        with_another("enrolment.accepted.v1", "spn.enrolment.events", "e2", enrolment_of("e2", "bob", 2)),
        "2 seats were accepted or offered at one moment; there are 1",
    ),
    "less invoiced than owed": (
        changed("billing.invoice-issued.v1", invoiced_cents=900),
        "owes 1000 cents, but 900 were invoiced",
    ),
    "no invoice at all": (without("billing.invoice-issued.v1"), "owes 1000 cents, but 0 were invoiced"),
    "an account without an enrolment": (
        with_another(
            "billing.invoice-issued.v1", "spn.billing.events", "e9", account_of(document={"number": "LN-2027-0002"})
        ),
        "there is an account for enrolment e9, which is not there",
    ),
    "a total that is no sum": (
        changed("billing.invoice-issued.v1", credited_cents=5),
        "the credit-notes of enrolment 0b8f3c52-6a3e-5d0c-9d0e-3f7c1f0a4b11 add up to 0 cents, not 5",
    ),
    "a gap in the numbers": (
        changed("billing.invoice-issued.v1", **SECOND),
        "the numbers of series LN-2027 are not 1 to 1: [2]",
    ),
    "a PDF that is missing": (without("billing.document.v1"), "the PDF of LN-2027-0001 is not on its topic"),
    "a PDF that is another": (
        lambda messages, _mails: messages.__setitem__(6, replace(messages[6], raw=b"%PDF-1.7 another")),
        "the PDF of LN-2027-0001 is not the one that its event names",
    ),
    "a member without a place": (
        changed("scheduling.session-planned.v1", attendees=[]),
        "session s1: 1 members without a place, 0 places for others",
    ),
    "a place for nobody": (
        changed("enrolment.accepted.v1", participant_id="bob"),
        "session s1: 1 members without a place, 1 places for others",
    ),
    "a mail that comes twice": (lambda _messages, mails: mails.append(mail()), "mail m1 arrived 2 times"),
    "a mail that never came": (
        lambda _messages, mails: mails.clear(),
        "message m1 was told as sent, but no mail arrived",
    ),
    "a mail nobody told of": (
        lambda _messages, mails: mails.append(mail("m2")),
        "mail m2 arrived, but was not told as sent",
    ),
    "a command without an answer": (without("command.answered.v1"), "(enrolment.request.v1) has 0 answers"),
    "a dead letter": (
        with_another("dead-letter.v1", "spn.billing.dead-letters", "x", {"error": "why"}),
        "billing could not handle a message",
    ),
}


def test_the_books_of_a_good_season_balance() -> None:
    assert imbalances(drawn_up(small_season(), [mail()])) == []


@pytest.mark.parametrize("what", BROKEN)
def test_books_that_do_not_balance_say_so(what: str) -> None:
    change, expected = BROKEN[what]
    messages, mails = small_season(), [mail()]
    change(messages, mails)
    found = imbalances(drawn_up(messages, mails))
    assert any(expected in sentence for sentence in found), found
    status = {"counters": {"messages": 1, "duplicates": 0}, "dead_letters": {"open": 0, "parked": 0}}
    assert not summarise(drawn_up(messages, mails), [status], 1.0).books_balance


def test_an_event_told_twice_counts_once_and_an_older_one_changes_nothing() -> None:
    messages = small_season()
    older = replace(messages[5], id="older", sequence=1, data=account_of(invoiced_cents=1))
    books = drawn_up([*messages, *messages[1:], older], [mail()])
    assert imbalances(books) == []
    assert len(books.of_type("enrolment.accepted.v1")) == 1


def test_figures_come_from_the_topics_and_the_services() -> None:
    told_by_two = [
        {"counters": {"messages": 7, "duplicates": 1}, "dead_letters": {"open": 0, "parked": 0}},
        {"counters": {"messages": 5, "duplicates": 0}, "dead_letters": {"open": 1, "parked": 2}},
    ]
    summary = summarise(drawn_up(small_season(), [mail()]), told_by_two, 12.34)
    assert (summary.requests, summary.accepted, summary.invoiced_cents, summary.places) == (1, 1, 1_000, 1)
    assert (summary.messages, summary.duplicates_absorbed, summary.dead_letters, summary.seconds) == (12, 1, 3, 12.3)
    assert summary.books_balance
