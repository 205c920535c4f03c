"""What looks like a fault and is none."""

from __future__ import annotations

import json

from deploy.tests import audited
from deploy.tests.audited import ANNA, ASKED, EDITION, ONE, World, message
from spn_audit import programme
from spn_audit.checks import at_rest, judge
from spn_audit.evidence import Evidence
from spn_audit.ledger import Ledger
from spn_audit.reading.billing import DraftRow
from spn_audit.reading.mechanism import Letter, Waiting

COMMANDS = "spn.enrolment.commands"


def found(seen: Evidence) -> dict[str, list[str]]:
    return {check.name: [one.sentence for one in check.findings] for check in judge(seen) if check.findings}


def again(world: World, topic: str, key: str, sequence: int, value: bytes = b"{}") -> None:
    said = {"ce_id": programme.event_id(topic, key, sequence), "ce_sequence": f"{sequence:020d}", "ce_type": "t"}
    world.put(topic, key, said, value)


def line(**fields: object) -> str:
    return json.dumps(fields)


def test_an_event_that_is_told_again_is_no_fault_and_is_counted() -> None:
    seen, world = audited.evidence()
    for _ in range(3):
        again(world, "spn.partner.enrolment", "k", 1)

    assert found(seen) == {}
    assert world.log.repeated == 2


def test_the_beginning_of_a_topic_may_be_gone() -> None:
    seen, world = audited.evidence()
    world.log.lows["spn.partner.enrolment", 0] = 100
    world.mechanisms["enrolment"].sequences["spn.partner.enrolment", "k"] = 8
    world.mechanisms["enrolment"].sequences["spn.partner.enrolment", "all gone"] = 5
    again(world, "spn.partner.enrolment", "k", 7)
    again(world, "spn.partner.enrolment", "k", 8)

    assert found(seen) == {}
    again(world, "spn.partner.enrolment", "k", 3)
    assert "in-order" not in found(seen), "told again by republish, from before the beginning"


def test_what_was_cut_off_between_two_looks_is_read_from_the_new_beginning() -> None:
    place = ("spn.partner.enrolment", 0)
    log = World().log
    log.begins_at(place, 0)
    log.ends[place] = 10
    log.begins_at(place, 4)
    assert (log.next_of(place), log.cut(place[0])) == (10, False), "what was read before is known"
    log.begins_at(place, 14)
    assert (log.next_of(place), log.cut(place[0])) == (14, True)


def test_numbers_may_leap_where_a_database_was_emptied() -> None:
    seen, world = audited.evidence()
    leapt = 1_800_000_000_000
    for key, numbers in {"old": (1, 2, leapt), "new": (leapt, leapt + 1)}.items():
        world.mechanisms["notifications"].sequences[programme.MESSAGES, key] = numbers[-1]
        for number in numbers:
            again(world, programme.MESSAGES, key, number)
    world.mechanisms["notifications"].has_leapt = True

    assert found(seen) == {}


def test_what_waits_in_the_outbox_is_on_its_way_and_not_lost() -> None:
    seen, world = audited.evidence()
    mechanism = world.mechanisms["enrolment"]
    mechanism.sequences[programme.ENROLMENTS, EDITION] += 1
    number = mechanism.sequences[programme.ENROLMENTS, EDITION]
    mechanism.outbox.append(Waiting(1, programme.ENROLMENTS, EDITION, "t", number, ASKED[4]))

    assert set(found(seen)) == {"outbox-empty"}


def test_a_command_that_lay_on_another_partition_is_answered_where_it_went() -> None:
    seen, world = audited.evidence()
    world.command(4)
    world.mechanisms["enrolment"].positions[COMMANDS, 0] = world.offsets[COMMANDS]
    world.command(4)

    assert set(found(seen)) == {"read-to-the-end"}, "its second place is not read yet"


def test_a_command_that_is_a_dead_letter_is_not_lost() -> None:
    seen, world = audited.evidence()
    record = world.command(4)
    world.mechanisms["enrolment"].positions[COMMANDS, 0] = world.offsets[COMMANDS]
    world.mechanisms["enrolment"].letters.append(Letter(1, "request_enrolment", *record.place, ASKED[4]))

    assert set(found(seen)) == {"dead-letters"}


def test_poison_that_was_buried_once_by_each_reader_is_what_a_ledger_asks_for() -> None:
    seen, world = audited.evidence()
    record = world.put(programme.ACCOUNTS, "k", {"ce_type": "billing.invoice-issued.v1"}, b"not JSON")
    world.mechanisms["notifications"].positions[programme.ACCOUNTS, 0] = world.offsets[programme.ACCOUNTS]
    place = dict(zip(("topic", "partition", "offset"), record.place, strict=True))
    seen.ledger = Ledger.of([line(kind="poison", service="notifications", what="not JSON", **place)])
    world.log.foreign.clear()  # the log of an audit knows the ledger from the start

    assert set(found(seen)) == {"dead-letters"}
    world.mechanisms["notifications"].letters.append(Letter(1, "*", *record.place, None))
    assert found(seen) == {}
    world.mechanisms["notifications"].letters.append(Letter(2, "*", *record.place, None))
    assert set(found(seen)) == {"dead-letters"}, "one dead letter, not two"


def test_records_of_strangers_in_the_ledger_are_no_part_of_the_story() -> None:
    place = (programme.PEOPLE, 0, 0)
    ledger = Ledger.of([line(kind="ignored", topic=place[0], partition=0, offset=0, what="unknown type")])
    world = World()
    world.log.strange = ledger.strange

    world.put(programme.PEOPLE, ANNA, {"ce_type": "person.imagined.v9"})

    assert world.log.foreign == []
    assert world.log.records == 1


def test_a_command_over_http_has_no_place_and_one_answer() -> None:
    seen, _ = audited.evidence()
    seen.ledger = Ledger.of(
        [line(kind="command", id=ASKED[0], type="t", topic=COMMANDS, key="k", partition=None, offset=None)]
    )

    assert found(seen) == {}


def test_who_waits_in_a_line_that_moves_is_another_finding_at_each_look() -> None:
    seen, _ = audited.evidence()
    later, _ = audited.evidence()
    for one in (seen, later):
        one.notifications.messages[ANNA, "x"] = [message(ANNA, "accepted", "x", 1, state="waiting")]
        one.billing.drafts["d"] = DraftRow(ONE, 0, ready=True)
    later.notifications.messages[ANNA, "y"] = [message(ANNA, "accepted", "y", 1)]
    later.billing.documents["next"] = next(iter(later.billing.documents.values()))

    before, after = (at_rest.work_done(one).findings for one in (seen, later))

    assert len(before) == len(after) == 2
    assert not {one.identity for one in before} & {one.identity for one in after}
