"""The mailer against a real mail server and a real database: each mail once, whatever happens."""

from __future__ import annotations

import asyncio
import threading
from datetime import datetime, timedelta

import asyncpg
import pytest
from structlog.testing import capture_logs

from notifications.mailing import Mailer, lane
from notifications.mailing.waiting import Waiting, pending, waiting
from notifications.rendering import Draft, Sender, write
from notifications.rendering.catalogue import Catalogue
from services.notifications.tests.desk import (
    RealDesk,
    accepted,
    address,
    let_time_pass,
    mailer,
    send_all,
    states,
    told,
)
from services.notifications.tests.fold import Pool, Told, handle
from services.notifications.tests.post_office import DROP, PostOffice
from services.notifications.tests.season import (
    DAY,
    EDITION,
    NAMES,
    NOW,
    PDF,
    account,
    document,
    edition,
    enrolment,
    enrolment_id,
    pdf,
    person,
    person_id,
    sent,
    session,
)
from spn.messaging.lanes import Desk
from spn.testing.waiting import eventually


async def counted(pool: Pool) -> Waiting:
    async with pool.acquire() as connection:
        return await waiting(connection)


async def unsent(pool: Pool) -> int:
    async with pool.acquire() as connection:
        return await pending(connection)


async def test_a_mail_that_is_taken_is_sent_and_told_and_forgotten(pool: Pool, post_office: PostOffice) -> None:
    await accepted(pool, 1)
    await send_all(pool, post_office)
    (mail,) = post_office.mails()
    assert mail["Subject"] == "Uw plaats in Lerend netwerk 2027 is bevestigd"
    assert mail["To"].addresses[0].addr_spec == address(1)
    assert await states(pool) == {address(1): "sent"}
    (event,) = await told(pool)
    assert (event["type"], event["purpose"]) == ("notifications.message-sent.v1", "accepted")
    assert mail["Message-ID"] == f"<{event['message_id']}@spn.example>"
    assert event["cause"] == str(Told(1, enrolment(1)).moment().message_id)
    assert await pool.fetchval("SELECT count(*) FROM mails") == 0
    assert await unsent(pool) == 0


async def test_a_mail_that_was_sent_is_not_sent_again(pool: Pool, post_office: PostOffice) -> None:
    await accepted(pool, 1)
    await send_all(pool, post_office)
    await handle(pool, Told(2, enrolment(1)), Told(2, person(1, name="Ander")))
    await let_time_pass(pool)
    await send_all(pool, post_office)
    assert len(post_office.taken) == 1


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
async def test_a_mail_that_is_put_off_goes_later_with_the_same_bytes(
    pool: Pool, post_office: PostOffice, command: str
) -> None:
    await accepted(pool, 1, 2)
    post_office.answers(command, address(1), "451 4.3.0 later, dear")
    await send_all(pool, post_office)
    assert await states(pool) == {address(1): "waiting", address(2): "sent"}
    row = await pool.fetchrow(
        "SELECT code, next_try_at > now() AS later, attempts FROM messages WHERE state = 'waiting'"
    )
    assert dict(row or {}) == {"code": "451 4.3.0", "later": True, "attempts": 1}
    before = await pool.fetchval("SELECT content FROM mails")
    assert await unsent(pool) == 1
    await let_time_pass(pool)
    await send_all(pool, post_office)
    assert post_office.taken[-1] == (address(1), before)
    assert await states(pool) == {address(1): "sent", address(2): "sent"}


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
async def test_a_mail_that_is_refused_has_failed_and_is_told_and_the_next_one_goes(
    pool: Pool, post_office: PostOffice, command: str
) -> None:
    await accepted(pool, 1, 2)
    post_office.answers(command, address(1), "550 5.1.1 who is person-1@bieb.example?")
    await send_all(pool, post_office)
    assert await states(pool) == {address(1): "failed", address(2): "sent"}
    assert await pool.fetchval("SELECT code FROM messages WHERE state = 'failed'") == "550 5.1.1"
    assert {e["type"]: e["person_id"] for e in await told(pool)} == {
        "notifications.message-failed.v1": str(person_id(1)),
        "notifications.message-sent.v1": str(person_id(2)),
    }
    assert await pool.fetchval("SELECT count(*) FROM mails") == 0


async def test_a_line_that_breaks_after_the_mail_leaves_it_unknown_and_untold(
    pool: Pool, post_office: PostOffice
) -> None:
    await accepted(pool, 1, 2)
    post_office.answers("DATA", address(1), DROP)
    await send_all(pool, post_office)
    await let_time_pass(pool)
    await send_all(pool, post_office)
    assert await states(pool) == {address(1): "unknown", address(2): "sent"}
    assert post_office.offered.count(address(1)) == 1
    assert [event["person_id"] for event in await told(pool)] == [str(person_id(2))]
    assert await counted(pool) == Waiting(unknown=1)


async def test_a_line_that_breaks_before_the_mail_means_another_try(pool: Pool, post_office: PostOffice) -> None:
    await accepted(pool, 1, 2)
    post_office.answers("RCPT", address(1), DROP)
    await send_all(pool, post_office)
    assert await states(pool) == {address(1): "waiting", address(2): "sent"}


async def test_a_server_that_takes_three_mails_a_connection_gets_more_connections(
    pool: Pool, post_office: PostOffice
) -> None:
    post_office.per_connection = 3
    await accepted(pool, *range(1, 11))
    await send_all(pool, post_office)
    assert sorted(post_office.recipients) == sorted(address(n) for n in range(1, 11))
    assert post_office.connections == 4


async def test_one_connection_serves_many_mails(pool: Pool, post_office: PostOffice) -> None:
    await accepted(pool, *range(1, 11))
    await send_all(pool, post_office)
    assert (len(post_office.taken), post_office.connections) == (10, 1)


async def test_a_server_that_is_away_costs_no_attempt(
    pool: Pool, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "PAUSE_SECONDS_FIRST", 0)
    await accepted(pool, 1)
    worker, desk = mailer(post_office), RealDesk(pool)
    refusing = mailer(PostOffice(port=1))
    assert not await refusing.work(desk)
    assert await pool.fetchval("SELECT max(attempts) FROM messages") == 0
    while await worker.work(desk):
        pass
    assert await states(pool) == {address(1): "sent"}


async def test_a_server_that_refuses_the_sender_fails_no_mail(pool: Pool, post_office: PostOffice) -> None:
    await accepted(pool, 1, 2)
    post_office.answers("MAIL", "lerendnetwerk@spn.example", "550 5.7.1 not from you")
    await send_all(pool, post_office)
    assert set((await states(pool)).values()) == {"waiting"}
    assert await told(pool) == []


async def test_two_mailers_at_once_send_each_mail_once(pool: Pool, post_office: PostOffice) -> None:
    numbers = range(1, 61)
    await accepted(pool, *numbers)
    await asyncio.gather(*(send_all(pool, post_office, batch=7) for _ in range(2)))
    await send_all(pool, post_office)
    assert sorted(post_office.recipients) == sorted(address(n) for n in numbers)
    assert set((await states(pool)).values()) == {"sent"}


async def test_a_mailer_that_is_stopped_finishes_the_mail_at_hand_and_lets_go_of_the_rest(
    pool: Pool, post_office: PostOffice
) -> None:
    await accepted(pool, 1, 2, 3)
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> None:
        asked.set()
        await go_on.wait()

    post_office.before = slowly
    work = asyncio.create_task(mailer(post_office).work(RealDesk(pool)))
    await asked.wait()
    work.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert sorted((await states(pool)).values()) == ["sent", "waiting", "waiting"]
    assert await pool.fetchval("SELECT count(*) FROM messages WHERE claimed_by IS NOT NULL") == 0


async def test_the_oldest_mail_leaves_before_the_others_are_written(
    pool: Pool, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accepted(pool, 1, 2, 3)
    written, left = list[str](), threading.Event()

    async def leaves() -> None:
        left.set()

    def write_when_it_left(mails: Catalogue, draft: Draft, sender: Sender, now: datetime) -> bytes:
        assert not written or left.wait(5), "the first one waits until the others are written"
        written.append(draft.email)
        return write(mails, draft, sender, now)

    post_office.before = leaves
    monkeypatch.setattr(lane, "write", write_when_it_left)
    await send_all(pool, post_office)
    oldest = await pool.fetchval("SELECT person_id FROM messages ORDER BY ordinal LIMIT 1")
    assert [written[0], sorted(written)] == [post_office.recipients[0], [address(1), address(2), address(3)]]
    assert oldest == next(person_id(n) for n in (1, 2, 3) if address(n) == written[0])


async def test_a_mail_whose_mailer_died_is_unknown_and_the_rest_goes(
    pool: Pool, database_url: str, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "STOP_SECONDS", 0)
    await accepted(pool, 1, 2)
    asked = asyncio.Event()

    async def never() -> None:
        asked.set()
        await asyncio.Event().wait()

    post_office.before = never
    async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as dying:
        work = asyncio.create_task(mailer(post_office).work(RealDesk(dying)))
        await asked.wait()
        dying.terminate()
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    post_office.before = None
    await send_all(pool, post_office)
    held = {r[0]: r[1] for r in await pool.fetch("SELECT state, claimed_until - now() FROM messages")}
    assert sorted(held) == ["sending", "waiting"]
    assert held["waiting"] <= timedelta(seconds=lane.CLAIM_SECONDS) < held["sending"]
    await let_time_pass(pool)
    await send_all(pool, post_office)
    assert sorted((await states(pool)).values()) == ["sent", "unknown"]
    assert len(set(post_office.offered)) == len(post_office.offered) == 2


async def test_a_result_that_could_not_be_written_down_is_written_down_later_and_the_mail_not_sent_twice(
    pool: Pool, post_office: PostOffice
) -> None:
    await accepted(pool, 1, 2)
    worker, desk = mailer(post_office), RealDesk(pool, failures=3)
    for _ in range(2):
        with pytest.raises(asyncpg.ConnectionDoesNotExistError):
            await worker.work(desk)
    await let_time_pass(pool)
    while await worker.work(desk):
        pass
    assert sorted(post_office.recipients) == [address(1), address(2)]
    assert set((await states(pool)).values()) == {"sent"}
    assert len(await told(pool)) == 2


async def test_a_mail_that_is_superseded_just_before_its_turn_is_not_sent(pool: Pool, post_office: PostOffice) -> None:
    await accepted(pool, 1)
    await handle(pool, Told(1, person(2)), Told(1, enrolment(2, "waiting")))

    async def meanwhile() -> None:
        post_office.before = None
        await handle(pool, Told(2, enrolment(2, "accepted")))

    post_office.before = meanwhile
    await send_all(pool, post_office)
    purposes = [mail["Subject"] for mail in post_office.mails()]
    assert purposes == [
        "Uw plaats in Lerend netwerk 2027 is bevestigd",
        "Your seat in Learning network 2027 is confirmed",
    ]


async def test_an_address_that_is_corrected_just_before_its_turn_gets_the_mail(
    pool: Pool, post_office: PostOffice
) -> None:
    await accepted(pool, 1, 2)

    async def meanwhile() -> None:
        post_office.before = None
        await handle(pool, Told(2, person(2, email="right@bieb.example")))

    post_office.before = meanwhile
    await send_all(pool, post_office)
    assert post_office.recipients == [address(1), "right@bieb.example", address(2)], "the old one hears that it changed"
    assert [mail["To"].addresses[0].addr_spec for mail in post_office.mails()] == post_office.recipients


async def test_an_address_that_is_corrected_during_a_try_gets_the_next_one(pool: Pool, post_office: PostOffice) -> None:
    await accepted(pool, 1)
    post_office.answers("DATA", address(1), "452 4.2.2 full")

    async def meanwhile() -> None:
        post_office.before = None
        await handle(pool, Told(2, person(1, email="right@bieb.example")))

    post_office.before = meanwhile
    await send_all(pool, post_office)
    await let_time_pass(pool)
    await send_all(pool, post_office)
    mails = {mail["To"].addresses[0].addr_spec: mail["Subject"] for mail in post_office.mails()}
    assert mails["right@bieb.example"] == "Uw plaats in Lerend netwerk 2027 is bevestigd"
    assert mails[address(1)] == "Uw e-mailadres voor het lerend netwerk is gewijzigd"


async def test_a_mail_that_nobody_wants_any_more_is_not_tried_again(pool: Pool, post_office: PostOffice) -> None:
    await handle(pool, Told(1, person(1)), Told(1, enrolment(1, "waiting")))
    post_office.answers("DATA", address(1), "451 4.3.0 later")

    async def meanwhile() -> None:
        post_office.before = None
        await handle(pool, Told(2, enrolment(1, "accepted")))

    post_office.before = meanwhile
    await send_all(pool, post_office)
    await let_time_pass(pool)
    await send_all(pool, post_office)
    rows = await pool.fetch("SELECT purpose, state FROM messages ORDER BY ordinal")
    assert [tuple(row) for row in rows] == [("waitlisted", "superseded"), ("accepted", "sent")]
    assert [mail["Subject"] for mail in post_office.mails()] == ["Uw plaats in Lerend netwerk 2027 is bevestigd"]


async def test_a_calendar_mail_waits_for_the_one_before_it_also_in_another_mailer(
    pool: Pool, post_office: PostOffice
) -> None:
    await handle(pool, Told(1, person(1)), Told(1, edition()), Told(1, session(1, [1])))
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> None:
        asked.set()
        await go_on.wait()

    post_office.before = slowly
    first = asyncio.create_task(send_all(pool, post_office))
    await asked.wait()
    await handle(pool, Told(2, session(2, [1], starts_at=NOW + 35 * DAY)))
    await send_all(pool, post_office)
    assert len(post_office.offered) == 1
    go_on.set()
    await first
    await send_all(pool, post_office)
    parts = [part for mail in post_office.mails() for part in mail.walk()]
    calendars = [part.get_content() for part in parts if part.get_content_type() == "text/calendar"]
    assert [f"SEQUENCE:{n}\r\n" in calendar for n, calendar in enumerate(calendars, start=1)] == [True, True]


async def test_nothing_is_sent_before_the_gate_opens_and_nothing_twice_after_it(
    pool: Pool, post_office: PostOffice
) -> None:
    await accepted(pool, 1, 2)
    remembered = False

    async def gate(_: Desk) -> bool:
        return remembered

    worker = mailer(post_office, gate=gate)
    assert not await worker.work(RealDesk(pool))
    assert post_office.connections == 0
    await handle(pool, Told(1, sent(1, "accepted", enrolment_id(1))))
    remembered = True
    while await worker.work(RealDesk(pool)):
        pass
    assert post_office.recipients == [address(2)]


async def test_a_message_without_address_waits_for_it(pool: Pool, post_office: PostOffice) -> None:
    await handle(pool, Told(1, enrolment(1)))
    await send_all(pool, post_office)
    assert (await counted(pool), post_office.taken) == (Waiting(address=1), [])
    await handle(pool, Told(1, person(1)))
    assert await unsent(pool) == 1
    await send_all(pool, post_office)
    assert post_office.recipients == [address(1)]


async def test_an_invoice_waits_for_its_document_and_goes_with_it(pool: Pool, post_office: PostOffice) -> None:
    await handle(pool, Told(1, person(1)), Told(1, edition()), Told(1, account(document(1))))
    await send_all(pool, post_office)
    assert (await counted(pool), post_office.taken) == (Waiting(document=1), [])
    await handle(pool, Told(1, pdf()))
    await send_all(pool, post_office)
    (mail,) = post_office.mails()
    (attachment,) = mail.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content()) == ("factuur-LN-2027-0001.pdf", PDF)


async def test_a_calendar_mail_waits_for_the_titles_of_its_edition(pool: Pool, post_office: PostOffice) -> None:
    await handle(pool, Told(1, person(1)), Told(1, session(1, [1])))
    await send_all(pool, post_office)
    assert (await counted(pool), post_office.taken) == (Waiting(edition=1), [])
    await handle(pool, Told(1, edition(edition_id=EDITION)))
    await send_all(pool, post_office)
    assert len(post_office.taken) == 1
    (event,) = await told(pool)
    assert (event["uid"], event["sequence"]) == ("dag-1@sessions.spn", 1)
    assert event["says"]


async def test_an_address_that_is_none_fails_its_own_mail_only(pool: Pool, post_office: PostOffice) -> None:
    await accepted(pool, 2)
    await handle(pool, Told(1, person(1, email="not an address")), Told(1, enrolment(1)))
    await send_all(pool, post_office)
    assert await states(pool) == {"not an address": "failed", address(2): "sent"}


async def test_a_line_that_starts_with_a_dot_arrives_as_it_was(pool: Pool, post_office: PostOffice) -> None:
    await accepted(pool, 1)
    worker, desk = mailer(post_office, batch=1), RealDesk(pool)
    post_office.answers("RCPT", address(1), "451 later")
    await worker.work(desk)
    content = b"Subject: x\r\n\r\n.\r\n..\r\n.leading\r\n"
    await pool.execute("UPDATE mails SET content = $1", content)
    await let_time_pass(pool)
    await worker.work(desk)
    assert post_office.taken == [(address(1), content)]


async def test_no_name_and_no_address_stands_in_the_log(
    pool: Pool, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "PAUSE_SECONDS_FIRST", 0)
    await accepted(pool, 1, 2, 3, 4)
    await handle(pool, Told(2, person(4, email="not an address")))
    post_office.answers("RCPT", address(1), f"550 5.1.1 <{address(1)}> unknown")
    post_office.answers("DATA", address(2), f"451 4.3.0 <{address(2)}> later")
    post_office.answers("DATA", address(3), DROP)
    post_office.answers("MAIL", "lerendnetwerk@spn.example", "421 4.7.0 busy")
    with capture_logs() as logs:
        await send_all(pool, post_office)
        await send_all(pool, post_office)
    assert {log["event"] for log in logs} >= {
        "mail_not_sent",
        "mail_unwritable",
        "mail_server_away",
        "mails_handed_over",
    }
    said = repr(logs)
    assert "@" not in said
    assert not [name for name in NAMES if name in said]


async def test_a_mail_that_cannot_be_written_for_a_reason_nobody_thought_of_holds_up_no_other(
    pool: Pool, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accepted(pool, 1, 2, 3)

    def all_but_one(catalogue: Catalogue, draft: Draft, sender: Sender, now: datetime) -> bytes:
        if draft.email == address(2):
            raise RuntimeError
        return write(catalogue, draft, sender, now)

    monkeypatch.setattr(lane, "write", all_but_one)
    await send_all(pool, post_office)
    assert sorted(to for to, _ in post_office.taken) == [address(1), address(3)]
    assert await unsent(pool) == 0


async def test_a_lane_says_how_much_can_be_sent(pool: Pool, post_office: PostOffice) -> None:
    await accepted(pool, 1, 2)
    one: Mailer = mailer(post_office)
    lane_of_it = one.lane()
    assert (lane_of_it.name, lane_of_it.alone) == ("mailer", False)
    async with pool.acquire() as connection:
        assert await lane_of_it.pending(connection) == 2
    await eventually(lambda: lane_of_it.work(RealDesk(pool)), "the mailer has sent a batch")
    async with pool.acquire() as connection:
        assert await lane_of_it.pending(connection) == 0
