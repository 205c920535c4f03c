"""Ways to break the rules of enrolment: seats, the line, guests, and what is owed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from deploy.tests.audited import EDITION, GUEST, LIBRARY, ONE, PROVINCE, TWO, Break, World
from deploy.tests.audited_world import PRICE, SUBSIDY, THEME
from spn_audit.evidence import Evidence
from spn_audit.states import Edition

THREE = "00000000-0000-4000-8000-0000000000e3"
SEATED = "00000000-0000-4000-8000-0000000000e9"
LATER_GUEST = "00000000-0000-4000-8000-0000000000a2"


def enrolment_row(seen: Evidence, id_: str, **changes: object) -> None:
    """Another row of this enrolment."""
    seen.enrolment.enrolments[id_] = replace(seen.enrolment.enrolments[id_], **changes)  # type: ignore[arg-type]


def edition_row(seen: Evidence, **changes: object) -> None:
    """Another row of the edition."""
    seen.enrolment.editions[EDITION] = replace(seen.enrolment.editions[EDITION], **changes)  # type: ignore[arg-type]


def guest_row(seen: Evidence, **changes: object) -> None:
    """Another row of the guest."""
    seen.enrolment.guests[GUEST] = replace(seen.enrolment.guests[GUEST], **changes)  # type: ignore[arg-type]


def played(story: Callable[[World], object], *, seats: int = 1) -> Break:
    """Another story than the usual one, of an edition that is open, is on the topics."""

    def break_(seen: Evidence, _: World) -> None:
        world = World()
        world.edition("opened", "open", seats=seats)
        story(world)
        seen.log, seen.mechanisms = world.log, world.mechanisms

    return break_


def _more_than_the_amended_seats(world: World) -> None:
    world.enrolment(ONE, "accepted", "accepted", 100)
    world.answer(0)
    world.edition("amended", "open", seats=1, asked=1)
    world.answer(1)
    world.enrolment(TWO, "accepted", "accepted", 100)
    world.answer(2)


def _more_seats_and_nobody_offered(world: World) -> None:
    world.enrolment(ONE, "accepted", "accepted", 100)
    world.answer(0)
    world.enrolment(TWO, "waitlisted", "waiting", position=1)
    world.answer(1)
    world.edition("amended", "open", seats=2, asked=2)
    world.answer(2)


def line_of_three(world: World) -> None:
    """The seat is taken, and three wait; the third was moved to the front."""
    world.enrolment(SEATED, "accepted", "accepted", 100)
    waiting_three(world)


def waiting_three(world: World) -> None:
    """They ask one after the other; then the third is moved to the front, and their places are 2, 3 and 1."""
    for number, id_ in enumerate((ONE, TWO, THREE)):
        world.enrolment(id_, "waitlisted", "waiting", position=number + 1)
        world.answer(number)
    world.enrolment(THREE, "reordered", "waiting", position=1)
    world.answer(3)


def _moved_person_passed_over(world: World) -> None:
    line_of_three(world)
    world.enrolment(ONE, "seat-offered", "offered")
    world.answer(4)


def _position_of_before_the_move(world: World) -> None:
    line_of_three(world)
    world.enrolment(ONE, "corrected", "waiting", position=1)
    world.answer(4)


def _moved_without_waiting(world: World) -> None:
    world.enrolment(ONE, "accepted", "accepted", 100)
    world.enrolment(ONE, "reordered", "accepted", 100)
    world.answer(0)


def _approved_past_the_line(world: World) -> None:
    world.enrolment(ONE, "requested", "requested")
    world.enrolment(TWO, "requested", "requested")
    world.enrolment(TWO, "waitlisted", "waiting", position=1)
    world.enrolment(ONE, "accepted", "accepted", 100)
    world.answer(0)


def _approved_into_the_wrong_place(world: World) -> None:
    """Whoever asked first is not the last in line, however late the choice."""
    world.enrolment(ONE, "requested", "requested")
    world.enrolment(TWO, "requested", "requested")
    world.enrolment(TWO, "waitlisted", "waiting", position=1)
    world.enrolment(ONE, "waitlisted", "waiting", position=2)
    world.answer(0)


def _invited(*ids: str, by: str = TWO) -> Callable[[World], object]:
    def story(world: World) -> None:
        world.enrolment(ONE, "waitlisted", "waiting", position=1)
        world.enrolment(TWO, "substituted", "accepted", 100)
        for number, id_ in enumerate(ids):
            world.guest("invited", "invited", id_, by, until="2027-03-01T00:00:00Z")
            world.answer(number)

    return story


def _amended_quota(world: World) -> None:
    world.enrolment(TWO, "accepted", "accepted", 100)
    world.answer(0)
    world.edition("amended", "open", quota=0, asked=1)
    world.answer(1)
    world.guest("invited", "invited", until="2027-03-01T00:00:00Z")
    world.answer(2)


def _corrected_to_another_price(world: World) -> None:
    world.enrolment(ONE, "accepted", "accepted", 100)
    line = {"line_id": "course", "unit_price_cents": PRICE - 1, "owed_cents": PRICE - 1}
    payers = [{"organisation_id": LIBRARY, "lines": [line]}]
    world.enrolment(ONE, "corrected", "accepted", payers=payers)
    world.answer(0)


def _owing_after_the_cancellation(world: World) -> None:
    world.enrolment(ONE, "accepted", "accepted", 100)
    world.answer(0)
    world.edition("cancelled", "cancelled", asked=1)
    world.enrolment(ONE, "withdrawn", "withdrawn", 20)
    world.answer(1)


def _two_guests(seen: Evidence, _: World) -> None:
    seen.enrolment.guests[LATER_GUEST] = seen.enrolment.guests[GUEST]


SEATS: list[tuple[str, str, Break]] = [
    ("seats-now", "fewer seats in the terms than are taken", lambda s, _: edition_row(s, terms=Edition("open", 0))),
    ("seats-now", "the column of seats is another than the terms", lambda s, _: edition_row(s, seats=9)),
    ("seats-now", "a cancelled edition with a live enrolment", lambda s, _: edition_row(s, state="cancelled")),
    ("seats-always", "more than the seats that an amendment left", played(_more_than_the_amended_seats, seats=2)),
    ("seats-always", "more seats by an amendment, and nobody was offered one", played(_more_seats_and_nobody_offered)),
    ("first-in-line", "who was moved to the front is passed over", played(_moved_person_passed_over)),
    ("first-in-line", "a position of before somebody was moved", played(_position_of_before_the_move)),
    ("first-in-line", "somebody is moved who does not wait", played(_moved_without_waiting)),
    ("first-in-line", "an approved request gets a seat past the line", played(_approved_past_the_line)),
    ("first-in-line", "an approved request is last in line", played(_approved_into_the_wrong_place)),
]
GUESTS: list[tuple[str, str, Break]] = [
    ("guests-within-quota", "a guest too many is stored", _two_guests),
    ("guests-within-quota", "a guest too many was invited", played(_invited(GUEST, LATER_GUEST))),
    ("guests-within-quota", "a guest was invited beyond an amended quota", played(_amended_quota)),
    ("guests-within-quota", "a guest of somebody who waits was invited", played(_invited(GUEST, by=ONE))),
    ("guests-within-quota", "a guest of who withdrew is coming", lambda s, _: guest_row(s, enrolment=ONE)),
    ("guests-within-quota", "a guest of nobody", lambda s, _: guest_row(s, enrolment=THREE)),
    ("stored-as-told", "a guest has another state than was told", lambda s, _: guest_row(s, status="declined")),
    ("stored-as-told", "a guest was told and is gone", lambda s, _: s.enrolment.guests.pop(GUEST)),
    ("stored-as-told", "a guest was never told", _two_guests),
    (
        "stored-as-told",
        "another quota than was told",
        lambda s, _: edition_row(s, terms=Edition("open", 1, {THEME: 9})),
    ),
    ("stored-as-told", "another entry than was told", lambda s, _: enrolment_row(s, TWO, entry=4)),
]
MONEY: list[tuple[str, str, Break]] = [
    (
        "owed-by-seat",
        "one payer owes another's part",
        lambda s, _: enrolment_row(s, TWO, owed={(LIBRARY, "course"): SUBSIDY, (PROVINCE, "course"): PRICE - SUBSIDY}),
    ),
    ("owed-by-seat", "who waits owes something", lambda s, _: enrolment_row(s, TWO, status="waiting")),
    ("owed-by-seat", "who was rejected owes something", lambda s, _: enrolment_row(s, TWO, status="rejected")),
    ("owed-by-seat", "who completed it owes nothing", lambda s, _: enrolment_row(s, TWO, status="completed", owed={})),
    (
        "owed-by-seat",
        "who withdrew owes a part that nobody agreed to",
        lambda s, _: enrolment_row(s, ONE, owed={(LIBRARY, "course"): 123_00}),
    ),
    ("owed-by-seat", "a correction changed the price", played(_corrected_to_another_price)),
    ("owed-by-seat", "somebody owes for a cancelled edition", played(_owing_after_the_cancellation)),
    (
        "agreements-agree",
        "billing has one payer's part at another",
        lambda s, _: s.billing.accounts.update(
            {TWO: replace(s.billing.accounts[TWO], owed={(LIBRARY, "course"): PRICE})}
        ),
    ),
    (
        "owed-is-invoiced",
        "one payer got another's invoice",
        lambda s, _: s.billing.documents.update(
            {"LN-2027-0004": replace(s.billing.documents["LN-2027-0004"], organisation=LIBRARY)}
        ),
    ),
    (
        "members-agree",
        "who completed the edition lost the places",
        lambda s, w: (
            w.enrolment(TWO, "completed", "completed", 100),
            s.scheduling.members.update({TWO: replace(s.scheduling.members[TWO], accepted=False, sequence=14)}),
        ),
    ),
]
RULED = [*SEATS, *GUESTS, *MONEY]
