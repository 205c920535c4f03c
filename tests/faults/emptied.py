"""Notifications' database is dropped while the load goes on, and restored by the steps of docs/emptied-database.md.

It comes back equal in what others told, and nobody gets a mail twice: `python -m tests.faults.emptied`.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import typer

from spn.testing.waiting import eventually
from spn_audit import Ledger as AuditLedger
from spn_audit import Sources, audit
from spn_demo.quiet import NeverQuietError, Stillness
from spn_local.config import SERVICE_NAMES, ServiceConfig
from spn_local.issuer import HOURS_MAX
from spn_local.paths import checkout_root
from spn_local.smtp_sink import read_mails
from spn_local.stack import Stack
from spn_local.topics.table import load_topics
from tests.faults.edge import Edge
from tests.faults.emptied_seen import Emptied
from tests.faults.ledger import Ledger
from tests.faults.load import Load
from tests.faults.operating import cut_what_was_read, is_ready, recreate, run_command
from tests.faults.plan import plan_of
from tests.faults.reading import read_all
from tests.faults.wire import Wire, data_of, text_of

PER_SECOND = 6.0
WITHOUT_SECONDS = 6.0
QUIET_SECONDS = 300.0
AUDIT_SECONDS = 120.0
EMPTIED = "notifications"
OWNERS = ("enrolment", "scheduling", "billing")
SENT = "notifications.message-sent.v1"

Tell = Callable[[str], None]


class Play:
    """A stack that loses a database."""

    def __init__(self, stack: Stack, seen: Emptied, results: Path, tell: Tell) -> None:
        self.stack, self.seen, self.tell = stack, seen, tell
        self.topics = list(load_topics(stack.config.topics).topics)
        self.ledger = Ledger(results / "emptied.jsonl")
        self.wire = Wire(stack, self.ledger)
        token = stack.token("platform", hours=HOURS_MAX)
        self.edge = Edge([stack.http_url("enrolment")], token, self.ledger)
        self.load = Load(self.wire, self.edge)
        self.lost_at = 0.0

    @asynccontextmanager
    async def loading(self, seconds: float) -> AsyncIterator[None]:
        """The platform at work, all the while and for some seconds after it."""
        steps = [s for s in plan_of(self.seen.seed, 3600, PER_SECOND) if s.ask != "poison"]
        over = asyncio.Event()
        playing = asyncio.create_task(self.load.play(steps, over))
        try:
            yield
            await self.passed(seconds)
        finally:
            over.set()
            await playing

    async def passed(self, seconds: float) -> None:
        """So much more load."""
        until = self.load.seconds + seconds
        await eventually(lambda: self.load.seconds > until, "the load goes on", seconds=20 * seconds, every=0.1)

    async def mails(self, number: int) -> None:
        """Wait until so many mails have left."""
        await eventually(lambda: self.left() >= number, f"{number} mails", seconds=240, every=0.5)

    def left(self) -> int:
        """How many mails have left."""
        return sum(1 for _ in self.stack.mail_dir.glob("*.eml"))

    async def lose(self) -> None:
        """The database is gone, with everybody's sessions; an empty one takes its place."""
        async with self.database() as connection:
            rows = await connection.fetch("SELECT person_id::text, sequence FROM contacts WHERE sequence > 0")
        self.seen.contacts_before = {r[0]: r[1] for r in rows}
        await asyncio.to_thread(cut_what_was_read, self.stack, self.topics)
        self.ledger.dropped(EMPTIED)
        await recreate(self.stack, EMPTIED)
        self.lost_at = time.time()
        self.tell(f"The database of {EMPTIED} is lost, with {len(rows)} contacts.")
        ready = f"{self.stack.http_url(EMPTIED)}/ready"

        async def is_seen() -> bool:
            return not await is_ready(ready)

        await eventually(is_seen, "the service says that it is not ready", seconds=60, every=0.1)
        self.seen.not_ready = True

    async def restore(self) -> None:
        """The steps of the documentation."""
        await asyncio.to_thread(self.stack.stop_service, EMPTIED)
        self.seen.mails_before = self.left()
        await run_command(self.stack, EMPTIED, "migrate")
        self.tell(await run_command(self.stack, EMPTIED, "rewind", "--to", "earliest"))
        await asyncio.to_thread(self.stack.start_service, EMPTIED)
        for owner in OWNERS:
            self.tell(f"{owner}: {await run_command(self.stack, owner, 'republish')}")

    @asynccontextmanager
    async def database(self) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
        """The emptied service's database."""
        connection = await asyncpg.connect(self.stack.database_url(EMPTIED))
        try:
            yield connection
        finally:
            await connection.close()

    async def rest(self) -> None:
        """Wait until nothing moves."""
        await self.load.finish(120)
        urls = {name: self.stack.http_url(name) for name in SERVICE_NAMES}
        with Stillness(urls, self.stack.kafka("admin"), self.topics) as stillness:
            try:
                await asyncio.to_thread(stillness.wait, QUIET_SECONDS)
            except NeverQuietError as error:
                self.seen.still_moving = str(error)

    async def look(self) -> None:
        """What there is now, by our own eyes and by the auditor's."""
        async with self.database() as connection:
            rows = await connection.fetch("SELECT person_id::text, sequence FROM contacts")
        self.seen.contacts = {r[0]: r[1] for r in rows}
        mails = await asyncio.to_thread(read_mails, self.stack.mail_dir)
        ids = [str(mail["Message-ID"]).strip("<>").partition("@")[0] for mail in mails]
        self.seen.mails = len(ids)
        self.seen.doubled = [one for one, number in Counter(ids).items() if number > 1]
        told = await asyncio.to_thread(self._told_before)
        ages = {one: self.lost_at - at for one, at in self._first_left(ids).items()}
        self.seen.untold = {one: age for one, age in ages.items() if one not in told}
        sources = Sources.of_stack(self.stack.addresses, mails=self.stack.mail_dir)
        self.seen.audit = await audit(sources, AuditLedger.read(self.ledger.file), AUDIT_SECONDS)

    def _first_left(self, ids: list[str]) -> dict[str, float]:
        """When each mail arrived first, by the name of its file."""
        left: dict[str, float] = {}
        for id_, file in zip(ids, sorted(self.stack.mail_dir.glob("*.eml")), strict=True):
            left.setdefault(id_, int(file.name.partition("-")[0]) / 1e9)
        return left

    def _told_before(self) -> set[str]:
        """The messages that were told as sent before the database was lost."""
        lost_ms = self.lost_at * 1000
        all_told = read_all(self.stack.kafka("operator"), ["spn.notifications.events"])
        sent = (m for m in all_told if text_of(m, "ce_type") == SENT and m.timestamp()[1] < lost_ms)
        return {str(data_of(m)["message_id"]) for m in sent}

    async def close(self) -> None:
        """Leave nothing open."""
        await self.edge.close()
        self.wire.close()
        self.ledger.close()


async def emptied(seed: int, mails: int, results: Path, tell: Tell) -> Emptied:
    """The whole scenario on a stack of its own: the database is lost when so many mails have left."""
    seen = Emptied(seed)
    stack = Stack(services=[ServiceConfig(name) for name in SERVICE_NAMES])
    try:
        await asyncio.to_thread(stack.start)
        play = Play(stack, seen, results, tell)
        try:
            async with play.loading(WITHOUT_SECONDS):
                await play.mails(mails)
                await play.lose()
                await play.passed(WITHOUT_SECONDS)
                await play.restore()
            await play.rest()
            await play.look()
        finally:
            await play.close()
    finally:
        await asyncio.to_thread(stack.stop)
    return seen


def main(mails: int = 200, seed: int = 1, results: Path = Path("build/faults")) -> None:
    """Lose a database and say what came of it."""
    seen = asyncio.run(emptied(seed, mails, checkout_root() / results, typer.echo))
    typer.echo(f"{seen.mails_before} mails before, {seen.mails} in the end; {len(seen.doubled)} doubled")
    typer.echo(f"in doubt, because they left around the loss and had not been told as sent: {len(seen.in_doubt)}")
    typer.echo(f"{len(seen.contacts_before)} contacts before, {len(seen.contacts)} in the end")
    if wrong := list(seen.wrong()):
        typer.echo("\n".join(f"wrong: {one}" for one in wrong))
        raise typer.Exit(1)
    typer.echo(f"It held; once more: python -m tests.faults.emptied --mails {mails} --seed {seed}")


if __name__ == "__main__":
    typer.run(main)
