"""The books of a season, worked out from the topics and the mails alone; and what in them does not balance."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from spn_demo.journal import Told
from spn_demo.mailbox import Arrived
from spn_demo.names import Names

Data = Mapping[str, Any]
SEATED = ("accepted", "offered")


@dataclass
class Books:
    """Everything known at the end. ``seats_taken``: how many were accepted or offered, after each event."""

    now: datetime
    names: Names = field(default_factory=Names)
    events: dict[str, Told] = field(default_factory=dict)
    commands: list[Told] = field(default_factory=list)
    seats_taken: list[int] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    mails: Sequence[Arrived] = ()

    def of_type(self, kind: str) -> list[Told]:
        """The events of a type, each once."""
        return [one for one in self.events.values() if one.type == kind]

    @property
    def enrolments(self) -> Mapping[str, Data]:
        """Each enrolment as it is at the end."""
        return self.names.enrolments

    def with_status(self, *status: str) -> list[Data]:
        """The enrolments that ended so."""
        return [one for one in self.enrolments.values() if one["status"] in status]

    @property
    def documents(self) -> list[Data]:
        """All invoices and credit notes."""
        return [one for account in self.names.accounts.values() for one in account["documents"]]

    @property
    def sessions_to_come(self) -> list[Data]:
        """Sessions that have not begun when the season ends."""
        planned = (one for one in self.names.sessions.values() if one["status"] == "planned")
        return [one for one in planned if datetime.fromisoformat(one["starts_at"]) > self.now]

    @property
    def places(self) -> int:
        """Places in the sessions to come."""
        return sum(len(confirmed(session)) for session in self.sessions_to_come)


def books_of(messages: Iterable[Told], mails: Sequence[Arrived], now: datetime) -> Books:
    """Read the journal from its first message to its last. Events told twice count once."""
    books = Books(now, mails=mails)
    for told in messages:
        if not told.is_news:
            pass
        elif told.is_command:
            books.commands.append(told)
        elif told.id in books.events:
            continue
        else:
            books.events[told.id] = told
        books.names.learn(told)
        if told.type.startswith("enrolment.") and not told.is_command:
            books.seats_taken.append(len(books.with_status(*SEATED)))
        elif told.type == "billing.document.v1":
            books.files[told.key] = told.raw
    return books


def confirmed(session: Data) -> set[str]:
    """Who has a place in a session."""
    return {one["person_id"] for one in session["attendees"] if one["status"] == "confirmed"}


def imbalances(books: Books) -> list[str]:
    """What does not balance, in sentences; nothing when all is well."""
    return [sentence for check in CHECKS.values() for sentence in check(books)]


def _seats(books: Books) -> Iterator[str]:
    seats = sum(edition["seats"] for edition in books.names.editions.values())
    if (most := max(books.seats_taken, default=0)) > seats:
        yield f"{most} seats were accepted or offered at one moment; there are {seats}"


def _money(books: Books) -> Iterator[str]:
    for enrolment_id, enrolment in books.enrolments.items():
        owed = sum(line["owed_cents"] for payer in enrolment["payers"] for line in payer["lines"])
        account = books.names.accounts.get(enrolment_id, {"invoiced_cents": 0, "credited_cents": 0})
        invoiced, credited = account["invoiced_cents"], account["credited_cents"]
        if invoiced - credited != owed:
            yield (
                f"enrolment {enrolment_id} of {books.names.participant(enrolment_id)} owes {owed} cents,"
                f" but {invoiced} were invoiced and {credited} credited"
            )
    for enrolment_id in books.names.accounts.keys() - books.enrolments.keys():
        yield f"there is an account for enrolment {enrolment_id}, which is not there"


def _totals(books: Books) -> Iterator[str]:
    for enrolment_id, account in books.names.accounts.items():
        for kind, total in (("invoice", "invoiced_cents"), ("credit-note", "credited_cents")):
            added = sum(one["total_excl_cents"] for one in account["documents"] if one["kind"] == kind)
            if added != account[total]:
                yield f"the {kind}s of enrolment {enrolment_id} add up to {added} cents, not {account[total]}"


def _numbers(books: Books) -> Iterator[str]:
    """Each series of a year runs from 1 on without a gap."""
    series: dict[str, list[int]] = {}
    for document in books.documents:
        name, _, ordinal = document["number"].rpartition("-")
        series.setdefault(name, []).append(int(ordinal))
    for name, numbers in series.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            yield f"the numbers of series {name} are not 1 to {len(numbers)}: {sorted(numbers)}"


def _files(books: Books) -> Iterator[str]:
    for document in books.documents:
        content = books.files.get(document["sha256"])
        if content is None:
            yield f"the PDF of {document['number']} is not on its topic"
        elif hashlib.sha256(content).hexdigest() != document["sha256"]:
            yield f"the PDF of {document['number']} is not the one that its event names"


def _places(books: Books) -> Iterator[str]:
    """Who takes part has a place in each session to come, and nobody else has."""
    members = {enrolment["participant_id"] for enrolment in books.with_status("accepted")}
    for session in books.sessions_to_come:
        if (have := confirmed(session)) != members:
            without, beyond = len(members - have), len(have - members)
            yield f"session {session['session_id']}: {without} members without a place, {beyond} places for others"
    expected = len(members) * len(books.sessions_to_come)
    if books.places != expected:
        yield f"{books.places} places in sessions to come, {expected} expected"


def _mails(books: Books) -> Iterator[str]:
    """Each message that was told as sent is one mail, and the other way round."""
    sent = [str(told.data["message_id"]) for told in books.of_type("notifications.message-sent.v1")]
    arrived = Counter(mail.message_id for mail in books.mails)
    yield from (f"mail {one} arrived {count} times" for one, count in arrived.items() if count > 1)
    yield from (f"message {one} was told as sent, but no mail arrived" for one in sorted(set(sent) - set(arrived)))
    yield from (f"mail {one} arrived, but was not told as sent" for one in sorted(set(arrived) - set(sent)))
    for told in books.of_type("notifications.message-failed.v1"):
        yield f"message {told.data['message_id']} ({told.data['purpose']}) could not be sent"


def _answers(books: Books) -> Iterator[str]:
    answers = Counter(told.subject for told in books.of_type("command.answered.v1"))
    for command in {told.id: told for told in books.commands}.values():
        if answers[command.id] != 1:
            yield f"command {command.id} ({command.type}) has {answers[command.id]} answers"


def _letters(books: Books) -> Iterator[str]:
    for told in books.events.values():
        if told.topic.endswith(".dead-letters"):
            yield f"{told.topic.split('.')[1]} could not handle a message: {told.data}"


CHECKS: Mapping[str, Callable[[Books], Iterator[str]]] = {
    "At no moment were more seats accepted or offered than there are": _seats,
    "For every enrolment, invoiced minus credited is what is owed": _money,
    "Every account is the sum of its documents": _totals,
    "Invoices and credit notes are numbered without a gap": _numbers,
    "Every document is on its topic, byte for byte": _files,
    "Who takes part has a place in every session to come, and nobody else has": _places,
    "Every mail was sent once, and every mail that was told of arrived": _mails,
    "Every command was answered once": _answers,
    "No message was put aside": _letters,
}
