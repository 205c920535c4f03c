"""The mailer: claims what can be sent, writes and stores the mails, hands them over one by one.

Each mail's result is committed before the next mail is begun, in one transaction with the mark that the next one is
begun. So when a mailer dies, at most one mail is in doubt, and it is known which.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import structlog

from notifications.domain import Deferred, Outcome, Refused
from notifications.mailing import queue
from notifications.mailing.line import Line, LineDownError, MailServer
from notifications.mailing.queue import Job
from notifications.mailing.results import Result, write_down
from notifications.mailing.waiting import Watch, pending
from notifications.rendering import Sender, UnwritableError, write
from notifications.rendering.catalogue import catalogue
from spn.messaging.lanes import Desk, Lane
from spn.messaging.policies import Connection

BATCH: Final = 100
LOT: Final = 20
PAUSE_SECONDS_FIRST: Final = 1.0
PAUSE_SECONDS_MAX: Final = 60.0
LOOK_SECONDS: Final = 5.0
STOP_SECONDS: Final = 4.0
CONNECTION_SECONDS: Final = 10.0
LEASE_SLACK_SECONDS: Final = 60.0
CLAIM_SECONDS: Final = 20.0
"""How long mails that are not begun are held. When their mailer dies they wait no longer than that for another one;
when it is only slow, it finds that those are no longer its own."""

log = structlog.get_logger("mailer")

Gate = Callable[[Desk], Awaitable[bool]]


async def always_open(_: Desk) -> bool:
    """A gate for where nothing has to be remembered first."""
    return True


class Mailer:
    """Sends what waits. Any number of these may work at once, in one process or in several.

    ``gate``: whether all has been read that was told before we started, our own memory of what was sent
    (spn.notifications.events) above all. Until it says yes for the first time nothing is sent: the database may have
    been emptied, or a newer state may contradict what waits.
    """

    def __init__(self, server: MailServer, sender: Sender, *, gate: Gate = always_open, batch: int = BATCH) -> None:
        self._line = Line(server, sender.address)
        self._sender = sender
        self._gate = gate
        self._batch = batch
        # Five commands a mail, each of which may take its time.
        self._lease = timedelta(seconds=5 * server.timeout_seconds + LEASE_SLACK_SECONDS)
        self._watch = Watch()
        self._look_at = 0.0
        self._open = False
        self._stopping = False
        self._result: Result | None = None
        self._pauses = 0
        self._paused_until = 0.0

    def lane(self) -> Lane:
        """As a service runs it, on every replica."""
        return Lane("mailer", self.work, pending)

    async def close(self) -> None:
        """Hang up, when the service stops."""
        await self._line.close()

    async def work(self, desk: Desk) -> bool:
        """Send a batch; whether there may be more. When stopped, the mail at hand is finished and written down."""
        self._stopping = False
        step = asyncio.create_task(self._step(desk))
        try:
            return await asyncio.shield(step)
        except asyncio.CancelledError:
            self._stopping = True
            await asyncio.wait({step}, timeout=STOP_SECONDS)
            step.cancel()
            raise

    async def _step(self, desk: Desk) -> bool:
        if time.monotonic() < self._paused_until:
            return False
        self._open = self._open or await self._gate(desk)
        if not self._open:
            return False
        async with desk.pool.acquire() as connection:
            await self._turn(desk, connection, None)
            jobs = await self._claim(connection)
            if not jobs:
                await self._line.close()
                return False
            try:
                return await self._send(desk, connection, jobs)
            finally:
                await queue.release(connection, jobs[0].token)

    async def _claim(self, connection: Connection) -> Sequence[Job]:
        if time.monotonic() >= self._look_at:
            for message_id in await queue.lapse(connection):
                log.error("mail_unknown", message=str(message_id), why="its mailer ended while the server had it")
            await self._watch.look(connection)
            self._look_at = time.monotonic() + LOOK_SECONDS
        return await queue.claim(connection, uuid4(), self._batch, timedelta(seconds=CLAIM_SECONDS))

    async def _send(self, desk: Desk, connection: Connection, jobs: Sequence[Job]) -> bool:
        """Hand over one after the other; no transaction is open while the network is waited for."""
        began, begun = time.monotonic(), 0
        try:
            await self._line.open()
            async with aclosing(self._written(desk, jobs)) as ready:
                async for job in ready:
                    if self._stopping:
                        break
                    if await self._turn(desk, connection, job):
                        begun += 1
                        self._result = Result(job, await self._hand_over(job))
        except LineDownError as error:
            self._pause(error)
            return False
        finally:
            await self._turn(desk, connection, None)
        self._pauses = 0
        log.info("mails_handed_over", mails=begun, seconds=round(time.monotonic() - began, 3))
        return not self._stopping

    async def _written(self, desk: Desk, jobs: Sequence[Job]) -> AsyncGenerator[Job, None]:
        """Every job with its mail; while one lot is handed over, the next is written.

        The first lot is one mail: the oldest leaves without waiting until others are written.
        """
        lots = [jobs[:1], *(jobs[start : start + LOT] for start in range(1, len(jobs), LOT))]
        ahead = asyncio.create_task(self._write(desk, lots[0]))
        try:
            for following in (*lots[1:], ()):
                ready = await ahead
                ahead = asyncio.create_task(self._write(desk, following))
                for job in ready:
                    yield job
        finally:
            await asyncio.gather(ahead, return_exceptions=True)

    async def _write(self, desk: Desk, jobs: Sequence[Job]) -> list[Job]:
        """These jobs with their mails; those written now are stored before the first one is tried."""
        blank = [job for job in jobs if job.mail is None]
        if not blank:
            return list(jobs)
        # In a thread: the loop has consumers to serve.
        mails = await asyncio.to_thread(self._mails, blank, desk.clock.now())
        async with desk.pool.acquire(timeout=CONNECTION_SECONDS) as connection, connection.transaction():
            await queue.store(connection, blank, mails)
        return [replace(job, mail=mails.get(job.id, job.mail)) for job in jobs]

    def _mails(self, jobs: Sequence[Job], now: datetime) -> dict[UUID, bytes]:
        """The mails that can be written. One that cannot, for whatever reason, holds up no other."""
        mails, templates = {}, catalogue()
        for job in jobs:
            try:
                mails[job.id] = write(templates, job.draft, self._sender, now)
            except UnwritableError as error:
                log.error("mail_unwritable", message=str(job.id), purpose=job.addressed.purpose, code=error.code)
            except Exception:
                log.exception("mail_unwritable", message=str(job.id), purpose=job.addressed.purpose, code="bug")
        return mails

    async def _hand_over(self, job: Job) -> Outcome:
        if job.mail is None:
            return Refused("unwritable")
        try:
            return await self._line.send(job.draft.email, job.mail)
        except LineDownError as error:
            self._result = Result(job, Deferred(str(error)))
            raise

    async def _turn(self, desk: Desk, connection: Connection, job: Job | None) -> bool:
        """Write down what became of the last mail and, in the same transaction, that this one is begun.

        A result that cannot be written down, because the database is away, is kept for the next step.
        """
        result = self._result
        people = [one.addressed.person_id for one in (result.job if result else None, job) if one]
        if not people:
            return False
        async with connection.transaction():
            await queue.lock(connection, people)
            if result:
                await write_down(desk, connection, result)
            begun = job is not None and await queue.begin(connection, job, self._lease)
        self._result = None
        return begun

    def _pause(self, error: LineDownError) -> None:
        """Leave the server alone for a while, longer each time, no two mailers for the same time."""
        whole = min(PAUSE_SECONDS_FIRST * (1 << min(self._pauses, 10)), PAUSE_SECONDS_MAX)
        seconds = whole * random.uniform(0.5, 1)  # noqa: S311 - spreads load, hides nothing
        self._pauses += 1
        self._paused_until = time.monotonic() + seconds
        log.warning("mail_server_away", why=str(error), pause_seconds=round(seconds, 1))
