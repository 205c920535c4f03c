"""Ways to break the rules of the programme and what services agree on; each with the check that must find it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from deploy.tests import audited
from deploy.tests.audited import ANNA, ASKED, BRAM, EDITION, LIBRARY, NOW, ONE, SESSION, TWO, Break, World, message
from spn_audit import programme
from spn_audit.evidence import Evidence
from spn_audit.reading.billing import DraftRow
from spn_audit.reading.mechanism import Lead, Waiting


def _enrolment_row(seen: Evidence, id_: str, **changes: object) -> None:
    seen.enrolment.enrolments[id_] = replace(seen.enrolment.enrolments[id_], **changes)  # type: ignore[arg-type]


def _document(seen: Evidence, number: str, **changes: object) -> None:
    seen.billing.documents[number] = replace(seen.billing.documents[number], **changes)  # type: ignore[arg-type]


def _edition(seen: Evidence, **changes: object) -> None:
    seen.enrolment.editions[EDITION] = replace(seen.enrolment.editions[EDITION], **changes)  # type: ignore[arg-type]


def _more_seated(seen: Evidence, _: World) -> None:
    _enrolment_row(seen, ONE, status="accepted")


def _waits_beside_a_free_seat(seen: Evidence, _: World) -> None:
    _enrolment_row(seen, TWO, status="waiting")
    _edition(seen, seats_taken=0, waiting=1)


def _seated_one_too_many_for_a_moment(_: Evidence, world: World) -> None:
    world.enrolment(ONE, "accepted", "accepted")
    world.enrolment(ONE, "withdrawn", "withdrawn")
    world.answer(3)


def _passed_over(seen: Evidence, world: World) -> None:
    """Somebody new gets a seat at once while number 2 waits."""
    fresh, fresh_world = audited.World(), world
    del fresh_world
    fresh.enrolment(ONE, "accepted", "accepted")
    fresh.enrolment(TWO, "waitlisted", "waiting", position=1)
    fresh.enrolment(ONE, "withdrawn", "withdrawn")
    fresh.answer(0)
    seen.log = fresh.log
    seen.mechanisms = fresh.mechanisms


KEPT: list[tuple[str, str, Break]] = [
    ("seats-now", "more people than seats", _more_seated),
    ("seats-now", "somebody waits beside a free seat", _waits_beside_a_free_seat),
    ("seats-now", "the counter is wrong", lambda s, _: _edition(s, seats_taken=0)),
    ("seats-now", "an enrolment is gone", lambda s, _: s.enrolment.enrolments.pop(ONE)),
    ("seats-always", "one too many for a moment", _seated_one_too_many_for_a_moment),
    ("seats-always", "somebody waited beside a free seat", _passed_over),
    (
        "owed-is-invoiced",
        "a cent is missing",
        lambda s, _: _document(s, "LN-2027-0002", lines={"course": 399_99}, net_cents=399_99),
    ),
    ("owed-is-invoiced", "an invoice is gone", lambda s, _: s.billing.documents.pop("LN-2027-0003")),
    ("numbers-consecutive", "a number is missing", lambda s, _: s.billing.documents.pop("LN-2027-0002")),
    ("numbers-consecutive", "a date runs back", lambda s, _: _document(s, "LN-2027-0003", issued_on=date(2027, 1, 1))),
    (
        "numbers-consecutive",
        "the counter is wrong",
        lambda s, _: s.billing.series.update({("LN", 2027): (5, date(2027, 1, 15))}),
    ),
    ("files-intact", "a file was changed", lambda s, _: _document(s, "LN-2027-0001", intact=False)),
    (
        "files-intact",
        "a file is not on its topic",
        lambda s, w: w.log.files.pop(s.billing.documents["LN-2027-0001"].sha256),
    ),
    (
        "files-intact",
        "a file on the topic is another",
        lambda _, w: w.tell(programme.FILES, "0" * 64, "LN", "billing.document.v1", b"x", kept=False),
    ),
    (
        "papers-sound",
        "credited more than invoiced",
        lambda s, _: _document(s, "LN-2027-0002", lines={"course": 600_00}, net_cents=600_00),
    ),
    ("papers-sound", "the lines are not the total", lambda s, _: _document(s, "LN-2027-0001", net_cents=1)),
    (
        "papers-sound",
        "it credits another's invoice",
        lambda s, _: _document(s, "LN-2027-0002", refers_to="LN-2027-0003"),
    ),
    ("places-given", "a place is gone", lambda s, _: s.scheduling.places[SESSION].pop(BRAM)),
    (
        "places-given",
        "a place without taking part",
        lambda s, _: s.scheduling.places[SESSION].update({ANNA: (ONE, "confirmed")}),
    ),
    ("stored-as-told", "another status than was told", lambda s, _: _enrolment_row(s, TWO, status="offered")),
    (
        "stored-as-told",
        "another amount than was told",
        lambda s, _: _enrolment_row(s, ONE, owed={(LIBRARY, "course"): 1}),
    ),
    ("stored-as-told", "an enrolment was told and is gone", lambda s, _: s.enrolment.enrolments.pop(ONE)),
    ("stored-as-told", "a person was never told", lambda s, _: s.enrolment.people.add("p9")),
    (
        "agreements-agree",
        "billing has another amount",
        lambda s, _: s.billing.accounts.update({ONE: replace(s.billing.accounts[ONE], owed={})}),
    ),
    ("documents-as-told", "a document is not as told", lambda s, _: _document(s, "LN-2027-0001", sha256="0" * 64)),
    (
        "members-agree",
        "another person is the member",
        lambda s, _: s.scheduling.members.update({TWO: replace(s.scheduling.members[TWO], person=ANNA)}),
    ),
    ("sessions-as-told", "a session is gone", lambda s, _: s.scheduling.sessions.pop(SESSION)),
    ("sessions-as-told", "a place is not as told", lambda s, _: s.scheduling.places[SESSION].pop(ANNA)),
    (
        "read-to-the-end",
        "a reader is behind",
        lambda s, _: s.mechanisms["billing"].positions.update({(programme.ENROLMENTS, 0): 2}),
    ),
    (
        "outbox-empty",
        "a row waits",
        lambda s, _: s.mechanisms["billing"].outbox.append(Waiting(1, "t", "k", "x", 1, "i")),
    ),
    ("work-done", "a draft waits", lambda s, _: s.billing.drafts.update({"d": DraftRow(ONE, 0, True)})),
    (
        "work-done",
        "a mail waits",
        lambda s, _: s.notifications.messages.update(
            {(ANNA, ONE): [message(ANNA, "withdrawn", ONE, 5, state="waiting")]}
        ),
    ),
    (
        "work-done",
        "a mail is in doubt",
        lambda s, _: s.notifications.messages.update(
            {(ANNA, ONE): [message(ANNA, "withdrawn", ONE, 5, state="unknown")]}
        ),
    ),
    (
        "deadlines-kept",
        "a deadline is overdue",
        lambda s, _: s.mechanisms["enrolment"].overdue.append(
            ("edition.open", EDITION, EDITION, NOW - timedelta(hours=1))
        ),
    ),
    ("http-answered", "somebody waits at the edge", lambda s, _: s.mechanisms["enrolment"].unanswered.append(ASKED[0])),
    (
        "one-publisher",
        "someone publishes without the lock",
        lambda s, _: setattr(s.mechanisms["billing"], "lead", Lead("1", 8, 0.1, (7,))),
    ),
]
