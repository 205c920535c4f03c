"""Stories of an edition that look like a breach of its rules and are none, each with the seats that it begins with."""

from __future__ import annotations

from collections.abc import Callable

from deploy.tests.audit_breaks_ruled import LATER_GUEST, SEATED, THREE, line_of_three
from deploy.tests.audited import GUEST, ONE, TWO, World


def offered_by_hand(world: World) -> None:
    """After the closing a seat comes free, and an organiser offers it to the last of three."""
    line_of_three(world)
    world.edition("closed", "closed", asked=4)
    world.answer(4)
    world.enrolment(SEATED, "withdrawn", "withdrawn", 20)
    world.answer(5)
    world.enrolment(TWO, "seat-offered", "offered")
    world.answer(6)


def offered_before_the_closing(world: World) -> None:
    """The same, in the decision before the one that closes the edition."""
    line_of_three(world)
    world.enrolment(SEATED, "withdrawn", "withdrawn", 20)
    world.enrolment(TWO, "seat-offered", "offered")
    world.answer(4)
    world.edition("closed", "closed", asked=5)
    world.answer(5)


def offered_after_a_move(world: World) -> None:
    line_of_three(world)
    world.enrolment(SEATED, "withdrawn", "withdrawn", 20)
    world.enrolment(THREE, "seat-offered", "offered")
    world.answer(4)
    world.enrolment(THREE, "accepted", "accepted", 100)
    world.answer(5)


def chosen_late(world: World) -> None:
    """Whoever asked first is chosen last, and is first in line all the same."""
    world.enrolment(ONE, "requested", "requested")
    world.enrolment(TWO, "requested", "requested")
    world.enrolment(THREE, "requested", "requested")
    world.enrolment(TWO, "accepted", "accepted", 100)
    world.answer(0)
    world.enrolment(THREE, "waitlisted", "waiting", position=1)
    world.answer(1)
    world.enrolment(ONE, "waitlisted", "waiting", position=1)
    world.answer(2)
    world.enrolment(TWO, "withdrawn", "withdrawn", 20)
    world.enrolment(ONE, "seat-offered", "offered")
    world.answer(3)


def extended(world: World) -> None:
    world.enrolment(ONE, "waitlisted", "waiting", position=1)
    world.enrolment(ONE, "seat-offered", "offered")
    world.enrolment(ONE, "offer-extended", "offered")
    world.enrolment(ONE, "offer-lapsed", "lapsed")
    world.answer(0)


def fewer_seats_later(world: World) -> None:
    """Two seats are taken, one is given up, and then there is one seat less."""
    world.enrolment(ONE, "accepted", "accepted", 100)
    world.enrolment(TWO, "accepted", "accepted", 100)
    world.answer(0)
    world.enrolment(ONE, "withdrawn", "withdrawn", 20)
    world.answer(1)
    world.edition("amended", "open", seats=1, asked=2)
    world.enrolment(THREE, "waitlisted", "waiting", position=1)
    world.answer(2)


def more_seats_at_once(world: World) -> None:
    world.enrolment(ONE, "accepted", "accepted", 100)
    world.enrolment(TWO, "waitlisted", "waiting", position=1)
    world.answer(0)
    world.edition("amended", "open", seats=3, asked=1)
    world.enrolment(TWO, "seat-offered", "offered")
    world.answer(1)


def cancelled(world: World) -> None:
    """One withdrew before and owes a part; then the edition is cancelled, and the other one owes nothing."""
    world.enrolment(ONE, "accepted", "accepted", 100)
    world.enrolment(ONE, "withdrawn", "withdrawn", 20)
    world.enrolment(TWO, "accepted", "accepted", 100)
    world.enrolment(THREE, "waitlisted", "waiting", position=1)
    world.answer(0)
    world.edition("cancelled", "cancelled", asked=1)
    world.enrolment(THREE, "closed", "closed")
    world.enrolment(TWO, "withdrawn", "withdrawn", 0)
    world.answer(1)


def waits_after_the_closing(world: World) -> None:
    world.enrolment(ONE, "accepted", "accepted", 100)
    world.enrolment(TWO, "waitlisted", "waiting", position=1)
    world.answer(0)
    world.edition("closed", "closed", asked=1)
    world.answer(1)
    world.enrolment(ONE, "withdrawn", "withdrawn", 20)
    world.answer(2)


def an_invitation_in_the_place_of_one_that_is_over(world: World) -> None:
    """Its end is told later; at its instant it takes no place any more."""
    world.enrolment(TWO, "accepted", "accepted", 100)
    world.guest("invited", "invited", until="2027-01-01T00:00:00Z")
    world.guest("invited", "invited", LATER_GUEST, until="2027-03-01T00:00:00Z")
    world.answer(0)
    world.guest("ended", "lapsed")
    world.answer(1)


def guests_of_a_larger_quota(world: World) -> None:
    world.edition("amended", "open", quota=2, asked=0)
    world.enrolment(TWO, "accepted", "accepted", 100)
    world.answer(0)
    for id_ in (GUEST, LATER_GUEST):
        world.guest("invited", "invited", id_, until="2027-03-01T00:00:00Z")
    world.answer(1)
    world.edition("amended", "open", quota=1, asked=2)
    world.answer(2)


ALLOWED: list[tuple[Callable[[World], object], int]] = [
    (offered_by_hand, 1),
    (offered_after_a_move, 1),
    (chosen_late, 1),
    (extended, 1),
    (fewer_seats_later, 2),
    (more_seats_at_once, 1),
    (cancelled, 1),
    (waits_after_the_closing, 1),
    (an_invitation_in_the_place_of_one_that_is_over, 1),
    (guests_of_a_larger_quota, 1),
]
