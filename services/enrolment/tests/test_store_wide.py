"""What decisions about a whole edition, guests and corrections need of the database, and leave there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from enrolment.commands import (
    AcceptOffer,
    AmendEdition,
    ApproveEnrolment,
    CancelEdition,
    ConfirmGuest,
    CorrectEnrolment,
    InviteGuest,
    LeaveList,
    PassMilestone,
    PublishEdition,
    ReorderLine,
    SendLink,
    WithdrawEnrolment,
    examples,
)
from enrolment.domain.edition import Edition
from enrolment.proof.examine import examine
from enrolment.proof.reading import stored
from services.enrolment.tests.fold import Came, Pool, an_edition, enrolment_of, handle, read, sent, substitution
from services.enrolment.tests.season import BEFORE, EDITION, ENDS, OPENS, SECOND_YEAR, STARTS, THEMES, request
from spn.decision import Answer, Decision
from spn.messaging.contract import Command

BECAUSE = {"reason": "Met de hand."}


def about(command: type[Any], enrolment: UUID, **more: Any) -> Command:
    made: Command = command.model_validate({"edition_id": EDITION, "enrolment_id": enrolment, **more})
    return made


async def sound(pool: Pool) -> None:
    """The journal proves what the tables say."""
    async with pool.acquire() as connection:
        found = await stored(connection, EDITION)  # type: ignore[arg-type]
    assert found is not None
    assert examine(found, []).wrong == []


async def whole(pool: Pool) -> Edition:
    return (await read(pool, (EDITION, "whole")))[EDITION]


def code(came: Came) -> str:
    answer = came if isinstance(came, Answer) else came.answer
    assert answer
    return answer.code


async def test_a_selection_is_saved_and_places_follow_the_requests(pool: Pool) -> None:
    await handle(
        pool, sent(PublishEdition.model_validate({**examples.PUBLISH, "seats": 1, "selection": True}), now=BEFORE)
    )
    asked = await handle(pool, sent(*(request(n, motivation="Leren.") for n in ("anna", "bram", "cora"))))
    anna, bram, cora = map(enrolment_of, asked)
    for one in (cora, bram, anna):
        await handle(pool, sent(about(ApproveEnrolment, one, **BECAUSE), now=OPENS + timedelta(hours=1)))
    edition = await whole(pool)
    assert edition.enrolments[cora].status == "accepted"
    assert [e.enrolment_id for e in edition.in_line()] == [anna, bram]
    assert edition.enrolments[anna].motivation == "Leren."
    await sound(pool)


async def test_the_line_that_was_changed_by_hand_is_the_line_that_is_read(pool: Pool) -> None:
    anna, bram, cora, dirk, emma = await an_edition(pool, "anna", "bram", "cora", "dirk", "emma", seats=1)
    later = OPENS + timedelta(hours=1)
    batch = [
        about(ReorderLine, emma, position=1, **BECAUSE),
        about(LeaveList, cora),
        about(ReorderLine, bram, position=9, **BECAUSE),
    ]
    await handle(pool, sent(*batch, now=later))
    assert [e.enrolment_id for e in (await whole(pool)).in_line()] == [emma, dirk, bram]
    await handle(pool, sent(request("fenna"), about(WithdrawEnrolment, anna), now=later))
    edition = await whole(pool)
    assert edition.enrolments[emma].status == "offered"
    assert [edition.positions[e] for e in (dirk, bram)] == [1, 2]
    await sound(pool)


async def test_guests_are_saved_and_counted_by_library_over_all_who_invite(pool: Pool) -> None:
    await handle(pool, sent(PublishEdition.model_validate({**examples.PUBLISH, "themes": THEMES}), now=BEFORE))
    anna, bram = map(enrolment_of, await handle(pool, sent(request("anna"), request("bram"))))
    invitations = [
        about(InviteGuest, one, theme_id="narrative", guest={"name": name, "email": f"{name}@partner.example"})
        for one, name in ((anna, "een"), (bram, "twee"), (anna, "drie"))
    ]
    first = await handle(pool, sent(invitations[0]))
    rest = await handle(pool, sent(*invitations[1:]))
    assert [code(c) for c in (*first, *rest)] == ["guest-invited", "guest-invited", "guest-quota-reached"]
    guest = UUID(first[0].answer.subject)  # type: ignore[union-attr]
    await handle(pool, sent(ConfirmGuest(edition_id=EDITION, guest_id=guest)))
    (withdrawn,) = await handle(pool, sent(about(WithdrawEnrolment, anna)))
    assert isinstance(withdrawn, Decision)
    assert [type(f).__name__ for f in withdrawn.facts] == ["Withdrawn", "GuestEnded"]
    assert await pool.fetchval("SELECT status FROM guests WHERE guest_id = $1", guest) == "ended"


async def test_the_invitations_of_whoever_gets_a_seat_are_read_and_ended(pool: Pool) -> None:
    terms = PublishEdition.model_validate({**examples.PUBLISH, "seats": 3, "themes": THEMES})
    await handle(pool, sent(terms, now=BEFORE))
    anna, bram = map(enrolment_of, await handle(pool, sent(request("anna"), request("bram"))))
    guests = [{"name": n, "email": f"{n}@bibliotheek.example"} for n in ("cora", "dirk", "emma")]
    invitations = [
        about(InviteGuest, anna, theme_id=theme, guest=guest)
        for theme, guest in zip(("narrative", "narrative", "personal"), guests, strict=True)
    ]
    await handle(pool, sent(*invitations))
    asked = await handle(pool, sent(request("cora"), request("dirk")))
    dirk = enrolment_of(asked[1])
    assert await coming(pool) == 2, "who got a seat at once is no guest any more"
    await handle(pool, sent(about(WithdrawEnrolment, bram)))
    await handle(pool, sent(about(AcceptOffer, dirk)))
    assert await coming(pool) == 1
    await handle(pool, sent(substitution(dirk, "emma")))
    assert await coming(pool) == 0
    await sound(pool)


async def coming(pool: Pool) -> int:
    found: int = await pool.fetchval("SELECT count(*) FROM guests WHERE status IN ('invited', 'confirmed')")
    return found


async def test_a_guest_of_another_edition_is_not_found(pool: Pool) -> None:
    await handle(pool, sent(PublishEdition.model_validate({**examples.PUBLISH, "themes": THEMES}), now=BEFORE))
    await an_edition(pool, edition="andere-editie")
    (asked,) = await handle(pool, sent(request("anna")))
    invite = about(InviteGuest, enrolment_of(asked), theme_id="narrative", guest={"name": "X", "email": "x@y.example"})
    (invited,) = await handle(pool, sent(invite))
    guest = UUID(invited.answer.subject)  # type: ignore[union-attr]
    (came,) = await handle(pool, sent(ConfirmGuest(edition_id="andere-editie", guest_id=guest)))
    assert code(came) == "unknown-guest"


async def test_a_correction_moves_a_person_to_another_address_and_splits_the_price_anew(pool: Pool) -> None:
    await handle(pool, sent(PublishEdition.model_validate({**examples.PUBLISH, "payers_max": 2}), now=BEFORE))
    (asked,) = await handle(pool, sent(request("anna")))
    anna = enrolment_of(asked)
    new = {"name": "Anna 't Hart", "email": "anders@bibliotheek.example"}
    change = about(CorrectEnrolment, anna, **{**examples.CORRECT, "enrolment_id": anna, "participant": new})
    (came,) = await handle(pool, sent(change))
    assert code(came) == "corrected"
    assert await pool.fetchval("SELECT count(*) FROM people WHERE email = 'anna@bibliotheek.example'") == 0
    edition = await whole(pool)
    assert len(edition.enrolments[anna].payers) == 2
    (again,) = await handle(pool, sent(request("anders")))
    assert code(again) == "already-enrolled"
    await sound(pool)


async def test_two_corrections_to_one_address_in_one_batch_make_one_person_of_it(pool: Pool) -> None:
    anna, bram = await an_edition(pool, "anna", "bram")
    new = {"name": "Wie", "email": "wie@bibliotheek.example"}
    came = await handle(pool, sent(*(about(CorrectEnrolment, e, participant=new, **BECAUSE) for e in (anna, bram))))
    assert [code(c) for c in came] == ["corrected", "address-in-use"]


async def test_an_amendment_with_more_seats_is_saved_with_the_offers_it_makes(pool: Pool) -> None:
    _, bram, cora = await an_edition(pool, "anna", "bram", "cora", seats=1)
    amend = AmendEdition.model_validate({**examples.PUBLISH, "seats": 2, **BECAUSE})
    await handle(pool, sent(about(LeaveList, bram), amend))
    edition = await whole(pool)
    assert (edition.terms.seats, edition.seats_taken, edition.revision) == (2, 2, 3)
    assert edition.enrolments[cora].status == "offered"
    back = AmendEdition.model_validate({**examples.PUBLISH, "seats": 1, **BECAUSE})
    freed = [about(WithdrawEnrolment, next(iter(edition.enrolments))), back]
    assert [code(c) for c in await handle(pool, sent(*freed))][-1] in {"edition-amended", "seats-taken"}
    assert await pool.fetchval("SELECT seats_taken <= seats FROM editions") is True
    await sound(pool)


async def test_the_start_and_the_end_concern_everybody_and_the_two_years_who_was_there(pool: Pool) -> None:
    anna, bram, cora = await an_edition(pool, "anna", "bram", "cora", seats=1)
    for milestone, at in (("start", STARTS), ("end", ENDS), ("commitment-end", ENDS + timedelta(days=900))):
        wake = PassMilestone.model_validate({"edition_id": EDITION, "milestone": milestone})
        assert [code(c) for c in await handle(pool, sent(wake, now=at))] == ["milestone-passed"]
    rows = await pool.fetch("SELECT enrolment_id, status, commitment FROM enrolments")
    assert {r[0]: (r[1], r[2]) for r in rows} == {
        anna: ("completed", "fulfilled"),
        bram: ("closed", None),
        cora: ("closed", None),
    }
    await sound(pool)


async def test_the_journal_says_whose_second_year_was_told(pool: Pool) -> None:
    anna, bram = await an_edition(pool, "anna", "bram")
    milestone = PassMilestone.model_validate({"edition_id": EDITION, "milestone": "second-year"})
    assert [code(c) for c in await handle(pool, sent(milestone, now=SECOND_YEAR))] == ["milestone-passed"]
    assert {e.enrolment_id: e.in_second_year for e in (await whole(pool)).enrolments.values()} == {
        anna: True,
        bram: True,
    }
    assert [code(c) for c in await handle(pool, sent(milestone, now=SECOND_YEAR))] == ["milestone-without-effect"]
    again = [about(SendLink, anna), milestone]
    assert [code(c) for c in await handle(pool, sent(*again, now=SECOND_YEAR))][-1] == "milestone-without-effect"
    assert await pool.fetchval("SELECT count(*) FROM journal WHERE what = 'second-year-started'") == 2
    await sound(pool)


async def test_a_cancelled_edition_leaves_nobody_with_a_seat(pool: Pool) -> None:
    await an_edition(pool, "anna", "bram", "cora", seats=2)
    cancel = CancelEdition.model_validate({"edition_id": EDITION, **BECAUSE})
    assert [code(c) for c in await handle(pool, sent(cancel))] == ["edition-cancelled"]
    assert await pool.fetchval("SELECT (seats_taken, waiting, state)::text FROM editions") == "(0,0,cancelled)"
    await sound(pool)


async def test_a_row_of_release_0_1_is_read_as_it_was_meant(pool: Pool) -> None:
    """Without place, agreement or journal: the number orders the line, and the edition's own rules hold."""
    anna, bram, cora = await an_edition(pool, "anna", "bram", "cora", seats=1)
    await pool.execute("UPDATE enrolments SET place = NULL, agreement = NULL, commitment = NULL, entry = 0")
    await pool.execute("DELETE FROM journal")
    await pool.execute("UPDATE editions SET journal_entries = 0, journal_head = ''")
    edition = await whole(pool)
    assert [e.enrolment_id for e in edition.in_line()] == [bram, cora]
    (came,) = await handle(pool, sent(about(WithdrawEnrolment, anna), now=STARTS - timedelta(days=20)))
    assert isinstance(came, Decision)
    assert came.state.enrolments[anna].payers[0].lines[0].owed_cents == 197_500
    assert (await whole(pool)).enrolments[bram].status == "offered"
