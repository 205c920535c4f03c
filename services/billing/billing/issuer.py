"""The lane that turns ready drafts into numbered documents.

Documents are made first, each with the number it will have if nobody comes between, and with no lock held. Then one
transaction takes the numbers, stores documents and files, and tells them; when somebody did come between, it takes
nothing and all is made again. So a number is only ever taken together with its finished document, and a failure to make
one costs its draft some time and never a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from billing import events_out
from billing.documents.paper import paper
from billing.documents.renderer import Renderer, RendererLost
from billing.domain.account import Cause, Document
from billing.domain.issue import DraftGone, Place, final_document, issue, next_place, place_of
from billing.domain.parties import Seller
from billing.domain.vat import VatTable
from billing.policies import POLICIES
from billing.store import ACCOUNTS, drafts, numbering
from billing.store.drafts import Ready, Waiting
from spn.messaging.envelope import Envelope
from spn.messaging.faults import is_transient
from spn.messaging.lanes import Desk
from spn.messaging.policies import Connection

BATCH = 25
FILE_BYTES_MAX = 900_000
AMSTERDAM = ZoneInfo("Europe/Amsterdam")

log = structlog.get_logger("billing.issuer")


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms documents are issued."""

    seller: Seller
    vat: VatTable
    series: str
    payment_days: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A finished document that lacks only the certainty of its number."""

    source: Ready
    document: Document
    content: bytes

    @property
    def root(self) -> str:
        return str(self.source.account.enrolment_id)


class Issuer:
    """One of these works at a time: the series is one row, so two would make the same documents for one to throw away.

    That they would still be right, and without gaps, is what the transaction sees to.
    """

    def __init__(self, terms: Terms, renderer: Renderer) -> None:
        self._terms = terms
        self._renderer = renderer
        self._told: Waiting | None = None

    async def work(self, desk: Desk) -> bool:
        """Issue the next drafts in line; whether there may be more to do at once."""
        async with desk.pool.acquire() as connection:
            self._tell_waiting(await drafts.waiting(connection))
            ready = await drafts.ready(connection, BATCH)
            if not ready or not await _has_read_up(desk):
                return False
            last = await numbering.newest(connection, self._terms.series)
        today = desk.clock.now().astimezone(AMSTERDAM).date()
        sheets, errors = await self._make(ready, next_place(self._terms.series, today, last))
        await self._put_off(desk, errors)
        issued = await self._issue(desk, sheets) if sheets else 0
        log.info("documents_issued", documents=issued, made=len(sheets), put_off=len(errors))
        return True

    async def _make(self, ready: Sequence[Ready], place: Place) -> tuple[list[Sheet], dict[UUID, str]]:
        """Make documents from this place on; a draft that fails takes no number, the next one gets it."""
        sheets: list[Sheet] = []
        errors: dict[UUID, str] = {}
        for source in ready:
            try:
                sheets.append(await self._sheet(source, place))
            except RendererLost as error:
                errors[source.draft.draft_id] = _name(error)
                break  # what is made is issued before the rest waits for a new renderer
            except Exception as error:  # noqa: BLE001 a bug that one draft meets must not keep the others waiting
                errors[source.draft.draft_id] = _name(error)
            else:
                place = place.next()
        return sheets, errors

    async def _sheet(self, source: Ready, place: Place) -> Sheet:
        document = final_document(
            source.account,
            source.draft,
            place,
            language=source.language,
            vat=self._terms.vat,
            payment_days=self._terms.payment_days,
        )
        content = await self._renderer.pdf(paper(source.account, document, self._terms.seller, source.address))
        if len(content) > FILE_BYTES_MAX:
            raise ValueError(f"the file has {len(content)} bytes, the topic takes {FILE_BYTES_MAX}")
        return Sheet(source, replace(document, sha256=sha256(content).hexdigest()), content)

    async def _issue(self, desk: Desk, sheets: Sequence[Sheet]) -> int:
        """Issue these, or the first of them when one cannot be stored or told; how many were issued."""
        try:
            async with desk.pool.acquire() as connection, connection.transaction():
                return await _commit(desk, connection, sheets)
        except Exception as error:
            if is_transient(error):
                raise
            if len(sheets) > 1:
                return await self._issue(desk, sheets[: len(sheets) // 2])
            await self._put_off(desk, {sheets[0].source.draft.draft_id: _name(error)})
            return 0

    async def _put_off(self, desk: Desk, errors: dict[UUID, str]) -> None:
        if not errors:
            return
        for draft_id, error in errors.items():
            log.error("draft_put_off", draft=str(draft_id), error=error.partition(":")[0])
        async with desk.pool.acquire() as connection:
            await drafts.put_off(connection, errors)

    def _tell_waiting(self, waiting: Waiting) -> None:
        """One line when what waits for others changes."""
        waiting = replace(waiting, ready=0)
        if waiting != (self._told or Waiting(0, 0, 0, 0)):
            log.info(
                "drafts_waiting",
                without_address=waiting.without_address,
                without_language=waiting.without_language,
                failed=waiting.failed,
            )
        self._told = waiting


async def _has_read_up(desk: Desk) -> bool:
    """After a pause the newest agreement or address may still be unread: nothing is issued that it would undo."""
    return all([await desk.caught_up(topic) for topic in POLICIES.topics])


async def _commit(desk: Desk, connection: Connection, sheets: Sequence[Sheet]) -> int:
    """Take the numbers and everything that belongs to them, in one transaction: accounts first, the series last."""
    before = await ACCOUNTS.load(connection, [(sheet.root,) for sheet in sheets])
    after = dict(before)
    issued: list[tuple[Sheet, tuple[object, ...]]] = []
    for sheet in sheets:
        try:
            decision = issue(after[sheet.root], sheet.source.draft, sheet.document)
        except DraftGone:
            break  # the numbers after it would leave a gap: they are made again
        after[sheet.root] = decision.state
        issued.append((sheet, decision.facts))
    if not issued or not await numbering.take(connection, place_of(issued[0][0].document), len(issued)):
        return 0
    await numbering.store_files(connection, {sheet.document.sha256: sheet.content for sheet, _ in issued})
    await ACCOUNTS.save(connection, [(before[root], after[root]) for root in before])
    for sheet, facts in issued:
        told = [outgoing for fact in facts for outgoing in events_out.tell(fact)]
        told.append(events_out.tell_file(sheet.document, sheet.content))
        await desk.tell(connection, told, _because(sheet.source.draft.cause, desk))
    return len(issued)


def _because(cause: Cause, desk: Desk) -> Envelope:
    """As much of the message behind a draft as its consequences need: ids and trace."""
    return Envelope(
        id=cause.message_id,
        type="",
        source="",
        subject="",
        time=desk.clock.now(),
        correlation_id=cause.correlation_id,
        causation_id=None,
        sequence=0,
        traceparent=cause.traceparent,
    )


def _name(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
