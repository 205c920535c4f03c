"""Ways to break what was asked, told, heard and sent; each with the check that must find it."""

from __future__ import annotations

from dataclasses import replace

from deploy.tests.audited import (
    ANNA,
    ASKED,
    BRAM,
    CLERK,
    EDITION,
    GUEST,
    GUUS,
    ONE,
    SESSION,
    TWO,
    Break,
    World,
    message,
)
from spn_audit import programme
from spn_audit.evidence import Evidence
from spn_audit.ledger import Ledger
from spn_audit.reading.enrolment import EnrolmentRow
from spn_audit.reading.mechanism import Letter


def _handled(world: World) -> None:
    """Enrolment has read its commands to the end."""
    topic = "spn.enrolment.commands"
    world.mechanisms["enrolment"].positions[topic, 0] = world.offsets[topic]


def _again(world: World, topic: str, key: str, value: bytes | None = None, **headers: str) -> None:
    """The first event of this key once more, or something in its place."""
    sequence = int(headers.pop("sequence", "1"))
    said = {"ce_id": programme.event_id(topic, key, sequence), "ce_sequence": f"{sequence:020d}", **headers}
    world.put(topic, key, said, value or b"{}")


def _two_answers(_: Evidence, world: World) -> None:
    world.answer(3)


def _no_answer(_: Evidence, world: World) -> None:
    world.command(4)
    _handled(world)


def _unknown_to_topic(seen: Evidence, _: World) -> None:
    line = '{"kind": "command", "id": "%s", "type": "t", "topic": "spn.enrolment.commands", "key": "k", '
    seen.ledger = Ledger.of([line % ASKED[4] + '"partition": 0, "offset": 9}'])


def _ledger(*lines: str) -> Break:
    def break_(seen: Evidence, _: World) -> None:
        seen.ledger = Ledger.of(lines)

    return break_


def _letter(seen: Evidence, _: World) -> None:
    seen.mechanisms["billing"].letters.append(Letter(4, "settle_account", programme.ENROLMENTS, 0, 3, None))


def _in_sequence(topic: str, *sequences: str) -> Break:
    """Events of one key, under these numbers in this order."""

    def break_(_: Evidence, world: World) -> None:
        for sequence in sequences:
            _again(world, topic, "k", sequence=sequence)

    return break_


TOLD: list[tuple[str, str, Break]] = [
    ("answered-once", "a command has two answers", _two_answers),
    ("answered-once", "a command was handled and has none", _no_answer),
    ("answered-once", "the broker lost what it had acknowledged", _unknown_to_topic),
    (
        "told-complete",
        "an event was numbered and never told",
        lambda s, _: s.mechanisms["billing"].sequences.update({(programme.ACCOUNTS, ONE): 3}),
    ),
    (
        "told-complete",
        "a hole in the numbers of a key",
        lambda _, w: _again(w, programme.ENROLMENTS, EDITION, ce_type="command.skipped.v1", sequence="21"),
    ),
    (
        "told-complete",
        "numbers leapt though no database was emptied",
        lambda _, w: _again(w, programme.PEOPLE, ANNA, ce_type="person.corrected.v1", sequence="1000002"),
    ),
    (
        "newest-told",
        "the newest event was never told",
        lambda s, _: (
            s.mechanisms["scheduling"]
            .told[programme.SESSIONS]
            .update({SESSION: replace(s.mechanisms["scheduling"].told[programme.SESSIONS][SESSION], sequence=4)})
        ),
    ),
    (
        "newest-told",
        "the newest event was told differently",
        lambda s, _: (
            s.mechanisms["scheduling"]
            .told[programme.SESSIONS]
            .update({SESSION: replace(s.mechanisms["scheduling"].told[programme.SESSIONS][SESSION], digest=1)})
        ),
    ),
    (
        "heard-by-readers",
        "an account is behind",
        lambda s, _: s.billing.accounts.update({TWO: replace(s.billing.accounts[TWO], sequence=6)}),
    ),
    ("heard-by-readers", "an account is gone", lambda s, _: s.billing.accounts.pop(TWO)),
    ("heard-by-readers", "a member is gone", lambda s, _: s.scheduling.members.pop(TWO)),
    ("heard-by-readers", "a person is unknown to notifications", lambda s, _: s.notifications.contacts.pop(CLERK)),
    ("heard-by-readers", "a thread is gone", lambda s, _: s.notifications.threads.pop((CLERK, "LN-2027-0003"))),
    ("heard-by-readers", "a session's newest state is unheard of", lambda s, _: s.notifications.sessions.pop(SESSION)),
    ("heard-by-readers", "a session's page is behind", lambda s, _: s.enrolment.sessions.update({SESSION: 1})),
    (
        "everybody-told",
        "a person in a session is passed over",
        lambda s, _: s.notifications.threads.pop((BRAM, SESSION)),
    ),
    ("everybody-told", "a mail is gone", lambda s, _: s.notifications.messages.pop((BRAM, TWO))),
    (
        "heard-by-readers",
        "a guest is unknown to notifications",
        lambda s, _: s.notifications.threads.pop((GUUS, GUEST)),
    ),
    ("everybody-told", "who asked for another was not told", lambda s, _: s.notifications.messages.pop((CLERK, TWO))),
    ("everybody-told", "a guest was not told", lambda s, _: s.notifications.messages.pop((GUUS, GUEST))),
    ("everybody-told", "an invitation is gone", lambda s, _: s.notifications.messages.pop((BRAM, SESSION))),
    (
        "everybody-told",
        "a document was mailed to nobody",
        lambda s, _: s.notifications.messages.pop((CLERK, "LN-2027-0002")),
    ),
    (
        "everybody-told",
        "somebody is told the wrong thing",
        lambda s, _: s.notifications.threads.update(
            {(ANNA, ONE): replace(s.notifications.threads[ANNA, ONE], purpose="accepted")}
        ),
    ),
    ("dead-letters", "a letter waits for a person", _letter),
    (
        "dead-letters",
        "poison was not buried",
        _ledger('{"kind": "poison", "service": "billing", "topic": "t", "partition": 0, "offset": 1, "what": "w"}'),
    ),
    (
        "in-order",
        "two events changed places",
        _in_sequence("spn.partner.enrolment", "2", "1"),
    ),
    (
        "in-order",
        "an event came after a later one",
        _in_sequence(programme.PEOPLE, "1", "3", "2"),
    ),
    ("same-bytes", "an id stands for two contents", lambda _, w: _again(w, programme.PEOPLE, ANNA, b'{"other": 1}')),
    (
        "owners-only",
        "a stranger told something",
        lambda _, w: w.put(programme.PEOPLE, ANNA, {"ce_id": ASKED[0], "ce_sequence": "2"}),
    ),
    (
        "owners-only",
        "an event does not keep its contract",
        lambda _, w: w.tell(programme.ENROLMENTS, EDITION, ONE, "enrolment.left.v1", {}, kept=False),
    ),
    (
        "one-live-enrolment",
        "somebody takes part twice",
        lambda s, _: s.enrolment.enrolments.update({"e3": EnrolmentRow(EDITION, 3, "waiting", BRAM, (), {}, {}, 3)}),
    ),
    (
        "told-once",
        "somebody was told the same twice",
        lambda s, _: s.notifications.messages[BRAM, TWO].append(message(BRAM, "accepted", TWO, 9)),
    ),
    (
        "told-once",
        "a message has another id than it must",
        lambda s, _: s.notifications.messages.update(
            {(ANNA, ONE): [replace(message(ANNA, "withdrawn", ONE, 5), id=ONE)]}
        ),
    ),
    (
        "sent-once",
        "a message was told as sent twice",
        lambda _, w: w.tell(programme.MESSAGES, ANNA, message(ANNA, "accepted", ONE, 1).id, programme.SENT, {}),
    ),
    (
        "sent-once",
        "what was told as sent is forgotten",
        lambda s, _: s.notifications.messages.update({(ANNA, ONE): [message(ANNA, "withdrawn", ONE, 5)]}),
    ),
    (
        "sent-once",
        "what counts as sent was never told",
        lambda s, _: s.notifications.messages[ANNA, ONE].append(message(ANNA, "left", ONE, 9)),
    ),
    (
        "mails-arrived",
        "a mail arrived twice",
        lambda s, _: s.mails and s.mails.update([message(ANNA, "accepted", ONE, 1).id]),
    ),
    (
        "mails-arrived",
        "a mail never arrived",
        lambda s, _: s.mails and s.mails.pop(message(ANNA, "accepted", ONE, 1).id),
    ),
    ("mails-arrived", "a mail belongs to nothing", lambda s, _: s.mails and s.mails.update(["stray"])),
]
