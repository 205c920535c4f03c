from __future__ import annotations

import pytest

from deploy.tests import audited
from deploy.tests.audit_breaks_kept import KEPT
from deploy.tests.audit_breaks_ruled import RULED, played
from deploy.tests.audit_breaks_sealed import SEALED
from deploy.tests.audit_breaks_told import TOLD
from deploy.tests.audited import BRAM, TWO, Break, World, message
from spn_audit.checks import judge
from spn_audit.evidence import Evidence
from spn_audit.result import Check

BREAKS = [*TOLD, *KEPT, *RULED, *SEALED]


def red(seen: Evidence) -> dict[str, Check]:
    """The checks that found something."""
    return {check.name: check for check in judge(seen) if check.findings}


def test_a_system_that_keeps_its_promises_is_found_to_keep_them_all() -> None:
    seen, _ = audited.evidence()

    checks = judge(seen)

    assert {check.name: check.findings for check in checks if check.findings} == {}
    assert not [check.name for check in checks if check.skipped]
    # A check that looks at nothing keeps every promise.
    idle = {check.name for check in checks if not check.examined}
    assert idle == {"http-answered", "deadlines-kept", "dead-letters"}


def test_without_topics_what_needs_them_is_said_to_be_left_out() -> None:
    seen, _ = audited.evidence()
    seen.log = None
    seen.mails = None

    checks = judge(seen)

    assert not [check.name for check in checks if check.findings]
    assert {"answered-once", "told-complete", "in-order", "seats-always", "mails-arrived"} <= {
        check.name for check in checks if check.skipped
    }


@pytest.mark.parametrize(
    ("name", "break_"), [(name, break_) for name, _, break_ in BREAKS], ids=[f"{n}: {w}" for n, w, _ in BREAKS]
)
def test_what_is_broken_is_found_by_the_check_that_is_about_it(name: str, break_: Break) -> None:
    seen, world = audited.evidence()

    break_(seen, world)

    found = red(seen)
    assert name in found
    for finding in found[name].findings:
        assert finding.sentence
        assert finding.where


def test_every_check_has_been_seen_to_find_something() -> None:
    seen, _ = audited.evidence()

    assert {check.name for check in judge(seen)} - {name for name, _, _ in BREAKS} == set()


@pytest.mark.parametrize(("given", "told"), [([7], [7]), ([7, 8], [7, 8]), ([7, 8], [8])])
def test_more_time_may_be_told_as_often_as_it_was_given(given: list[int], told: list[int]) -> None:
    seen, world = audited.evidence()
    _tell_more_time(seen, world, given, told)

    assert "told-once" not in red(seen)


@pytest.mark.parametrize(("given", "told"), [([], [7]), ([7], [7, 8]), ([6], [7])])
def test_more_time_that_was_not_given_is_found(given: list[int], told: list[int]) -> None:
    seen, world = audited.evidence()
    _tell_more_time(seen, world, given, told)

    assert "'offer-extended'" in red(seen)["told-once"].findings[0].sentence


def _tell_more_time(seen: Evidence, world: World, given: list[int], told: list[int]) -> None:
    world.log.extended[TWO] = given
    mails = [("seat-offered", 6), *(("offer-extended", number) for number in told), ("accepted", 9)]
    seen.notifications.messages[BRAM, TWO] = [message(BRAM, purpose, TWO, number) for purpose, number in mails]


def test_an_offer_to_who_is_not_the_first_in_line_is_found_and_both_are_named() -> None:
    seen, world = audited.evidence()
    third = "00000000-0000-4000-8000-0000000000e3"

    def story(told: World) -> None:
        told.enrolment(TWO, "waitlisted", "waiting", position=1)
        told.enrolment(third, "waitlisted", "waiting", position=2)
        told.enrolment(third, "seat-offered", "offered")

    played(story)(seen, world)

    (finding,) = red(seen)["first-in-line"].findings

    assert TWO in finding.sentence
    assert third in finding.sentence


def test_a_wrong_position_in_line_is_found() -> None:
    seen, world = audited.evidence()

    played(lambda told: told.enrolment(TWO, "waitlisted", "waiting", position=7))(seen, world)

    assert "position 7" in red(seen)["first-in-line"].findings[0].sentence


def test_of_a_chain_that_was_made_anew_the_first_entry_that_differs_is_named() -> None:
    seen, world = audited.evidence()
    break_ = next(break_ for _, what, break_ in SEALED if what == "an entry was changed and all seals made anew")

    break_(seen, world)

    found = [finding.sentence for finding in red(seen)["journal-sealed"].findings]
    assert all("entry 2" in one or "entry 3" in one for one in found), "one a topic: partners hear of seats only"
    assert any("entry 2" in one for one in found)


def test_an_entry_that_was_told_and_is_gone_is_said_to_be_gone() -> None:
    seen, world = audited.evidence()
    break_ = next(break_ for _, what, break_ in SEALED if what == "the last entry is gone")

    break_(seen, world)

    found = [finding.sentence for finding in red(seen)["journal-sealed"].findings]
    assert found
    assert all("entry 5 was told on" in one and "is not in the journal" in one for one in found)
