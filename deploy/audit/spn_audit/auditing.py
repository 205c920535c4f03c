"""Looking, and looking again: on a running system most of what disagrees is only on its way.

What counts is what is found in two looks in a row, the same thing at the same place; what moved on in between was on
its way. As long as something is on its way, and time is left, it is looked at once more: only a system at rest can be
judged whole. One look that finds nothing is enough.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, timedelta

from spn_audit import programme
from spn_audit.checks import judge
from spn_audit.evidence import Evidence
from spn_audit.ledger import Ledger
from spn_audit.log.book import LogBook
from spn_audit.reading.billing import read_billing
from spn_audit.reading.enrolment import read_enrolment
from spn_audit.reading.mails import read_mails
from spn_audit.reading.mechanism import Mechanism, read_mechanism
from spn_audit.reading.notifications import read_notifications
from spn_audit.reading.scheduling import read_scheduling
from spn_audit.reading.snapshot import Pace, snapshot
from spn_audit.reading.topics import Topics
from spn_audit.result import Audit, Check, identities
from spn_audit.sources import Sources

WAIT_SECONDS = 30.0
PAUSE_SECONDS_MIN = 1.0
PAUSE_SECONDS_MAX = 5.0
# A relay fires deadlines within a second or two; an offer lapses only after the website could be reached for an hour.
OVERDUE = {"": timedelta(minutes=2), "offer.lapse": timedelta(hours=2)}


async def audit(sources: Sources, ledger: Ledger | None = None, wait_seconds: float = WAIT_SECONDS) -> Audit:
    """Hold a system against its promises.

    ``wait_seconds``: how long to look again while what disagrees may be on its way; 0: one look, which stands.

    :raises CannotAuditError: it cannot be looked at.
    """
    began = time.monotonic()
    auditor = Auditor(sources, ledger)
    try:
        looks, checks = 1, await auditor.look()
        standing, before = checks, len(identities(checks))
        pause = PAUSE_SECONDS_MIN
        # However long a look takes: what was seen once only is never counted, unless nobody wants to wait.
        while identities(checks) and ((looks == 1 and wait_seconds) or time.monotonic() - began + pause < wait_seconds):
            await asyncio.sleep(pause)
            pause = min(pause * 2, PAUSE_SECONDS_MAX)
            seen_before = identities(checks)
            looks, checks = looks + 1, await auditor.look()
            standing, before = [check.only(seen_before) for check in checks], len(identities(checks))
            if not _moves(checks) and identities(checks) <= seen_before:
                break
        return Audit(
            checks=[check.shown() for check in standing],
            looks=looks,
            seconds=round(time.monotonic() - began, 1),
            in_flight=before - len(identities(standing)),
            read=auditor.read,
            at=sources.now().astimezone(UTC).isoformat(timespec="seconds"),
        )
    finally:
        await auditor.close()


def _moves(checks: list[Check]) -> bool:
    """Whether something that was found may only be on its way."""
    return any(check.settles and check.wrong for check in checks)


class Auditor:
    """What is kept between looks: the topics read so far."""

    def __init__(self, sources: Sources, ledger: Ledger | None) -> None:
        self._sources = sources
        self._ledger = ledger
        self._pace = Pace(sources.rows_per_second)
        self._log = LogBook(strange=ledger.strange if ledger else frozenset())
        self._topics: Topics | None = None
        if sources.kafka is not None:
            self._topics = Topics(sources.kafka, sources.readers, self._log, self._pace)

    @property
    def read(self) -> dict[str, int]:
        """How much was read, over all looks."""
        return {"rows and records": self._pace.taken, "records": self._log.records}

    async def look(self) -> list[Check]:
        """Readers first, then whom they read, then the topics: so nothing seen can be older than what it stems from."""
        seen = Evidence(now=self._sources.now(), mechanisms={}, ledger=self._ledger, readers=self._sources.readers)
        mechanisms: dict[str, Mechanism] = {}
        for service in reversed(programme.SERVICES):
            mechanisms[service] = await self._database(service, seen)
        seen.mechanisms = {service: mechanisms[service] for service in programme.SERVICES}
        if self._sources.mails is not None:
            seen.mails = await asyncio.to_thread(read_mails, self._sources.mails)
        if self._topics is not None:
            await asyncio.to_thread(self._topics.read)
            seen.log = self._log
        return await asyncio.to_thread(judge, seen)

    async def _database(self, service: str, seen: Evidence) -> Mechanism:
        due_before = {kind: seen.now - patience for kind, patience in OVERDUE.items()}
        async with snapshot(service, self._sources.databases[service], self._pace) as look:
            mechanism = await read_mechanism(look, service, programme.LEAD_LOCK, due_before)
            match service:
                case "enrolment":
                    seen.enrolment = await read_enrolment(look)
                case "billing":
                    seen.billing = await read_billing(look)
                case "scheduling":
                    seen.scheduling = await read_scheduling(look)
                case _:
                    seen.notifications = await read_notifications(look)
        return mechanism

    async def close(self) -> None:
        if self._topics is not None:
            await asyncio.to_thread(self._topics.close)
