"""Who people are, and that an address that is no longer used hears of it."""

from __future__ import annotations

from datetime import timedelta

from services.notifications.tests.desk import accepted, send_all, told
from services.notifications.tests.fold import Memory, Pool, Told, handle
from services.notifications.tests.post_office import PostOffice
from services.notifications.tests.season import DAY, NOW, person, person_id

OLD, NEW, NEWEST = "person-1@bieb.example", "new@bieb.example", "newest@bieb.example"
BEFORE = "SELECT email_before FROM contacts WHERE person_id = $1"


def known(*emails: str, **changes: object) -> Memory:
    """Somebody of whom these addresses were told, one after the other."""
    events = (Told(n, person(1, email=email, **changes)) for n, email in enumerate((OLD, *emails), 1))
    return Memory().hear(*events)


def test_the_old_address_is_told_that_another_is_used_now() -> None:
    memory = known(NEW)
    assert memory.waiting(1) == ["address-changed"]
    assert (memory.contact(1).email, memory.contact(1).email_before) == (NEW, OLD)


def test_nobody_is_told_of_a_first_address_another_name_or_other_capitals() -> None:
    assert known().waiting(1) == []
    memory = known().hear(Told(2, person(1, name="Ineke Jansen", language="en")))
    assert memory.hear(Told(3, person(1, email=OLD.upper()))).waiting(1) == []
    assert memory.contact(1).email == OLD.upper()


def test_of_two_changes_in_a_row_the_address_before_the_first_is_told() -> None:
    """Whoever changes an address twice must not keep its owner from hearing of it."""
    memory = known(NEW, NEWEST)
    assert memory.waiting(1) == ["address-changed"]
    assert memory.contact(1).email_before == OLD


def test_a_change_that_is_taken_back_before_it_was_told_is_not_told() -> None:
    memory = known(NEW, OLD)
    assert memory.waiting(1) == []
    assert memory.contact(1).email_before is None


def test_a_change_of_long_ago_is_not_told_and_its_address_not_kept() -> None:
    memory = known().hear(Told(2, person(1, email=NEW), told_at=NOW - timedelta(days=30)))
    assert [m.state for m in memory.messages(1)] == ["outdated"]
    assert memory.contact(1).email_before is None


def test_an_emptied_database_that_hears_the_newest_address_tells_nobody() -> None:
    assert Memory().hear(Told(3, person(1, email=NEWEST))).waiting(1) == []


async def test_the_mail_goes_to_the_old_address_and_nothing_is_kept_of_it(pool: Pool, post_office: PostOffice) -> None:
    await accepted(pool, 1)
    await handle(pool, Told(2, person(1, email=NEW)))
    await send_all(pool, post_office)
    assert sorted(post_office.recipients) == [NEW, OLD]
    (mail,) = (m for m in post_office.mails() if m["To"].addresses[0].addr_spec == OLD)
    assert mail["Subject"] == "Uw e-mailadres voor het lerend netwerk is gewijzigd"
    assert NEW not in mail.as_string()
    assert "/mijn/" not in mail.as_string(), "nor a link to act with"
    assert await pool.fetchval(BEFORE, person_id(1)) is None
    assert sorted(event["purpose"] for event in await told(pool)) == ["accepted", "address-changed"]


async def test_each_change_is_told_at_the_address_before_it(pool: Pool, post_office: PostOffice) -> None:
    await handle(pool, Told(1, person(1)))
    for number, email in enumerate((NEW, NEWEST), 2):
        await handle(pool, Told(number, person(1, email=email)))
        await send_all(pool, post_office)
    assert post_office.recipients == [OLD, NEW]


async def test_it_is_kept_while_the_mail_may_still_have_to_go_there(pool: Pool, post_office: PostOffice) -> None:
    await handle(pool, Told(1, person(1)), Told(2, person(1, email=NEW)))
    post_office.answers("RCPT", OLD, "451 4.3.0 later")
    await send_all(pool, post_office)
    assert await pool.fetchval(BEFORE, person_id(1)) == OLD


async def test_an_old_address_that_takes_no_mail_is_forgotten_too(pool: Pool, post_office: PostOffice) -> None:
    await handle(pool, Told(1, person(1)), Told(2, person(1, email=NEW)))
    post_office.answers("RCPT", OLD, "550 5.1.1 nobody here")
    await send_all(pool, post_office)
    assert post_office.recipients == []
    assert await pool.fetchval(BEFORE, person_id(1)) is None


async def test_in_one_batch_with_the_first_address_it_is_told_as_well(pool: Pool, post_office: PostOffice) -> None:
    await handle(pool, Told(1, person(1)), Told(2, person(1, email=NEW)), Told(3, person(1, email=NEWEST)))
    await send_all(pool, post_office)
    assert post_office.recipients == [OLD]


async def test_a_change_is_told_a_day_later_in_the_language_of_then(pool: Pool, post_office: PostOffice) -> None:
    await handle(pool, Told(1, person(1)))
    await handle(pool, Told(2, person(1, email=NEW, language="en"), told_at=NOW - DAY))
    await send_all(pool, post_office)
    (mail,) = post_office.mails()
    assert mail["Subject"] == "Your e-mail address for the learning network has changed"
