"""What the mail server said of a mail, written down and told in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from notifications import events_out
from notifications.domain import Outcome, concluded
from notifications.mailing import queue
from notifications.mailing.queue import Job
from spn.messaging.envelope import Envelope
from spn.messaging.lanes import Desk
from spn.messaging.policies import Connection

log = structlog.get_logger("mailer")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the attempt to send a mail."""

    job: Job
    outcome: Outcome


async def write_down(desk: Desk, connection: Connection, result: Result) -> None:
    """Conclude the attempt, in the transaction that holds the contact's lock. Nothing, if others have done so."""
    found = await queue.begun(connection, result.job)
    if found is None:
        return
    attempt, now = found
    conclusion = concluded(attempt, result.outcome, now)
    await queue.conclude(connection, result.job, conclusion)
    if conclusion.fact:
        await desk.tell(connection, list(events_out.tell(conclusion.fact)), _because(desk, result.job))
    if conclusion.state != "sent":
        log.warning(
            "mail_not_sent",
            message=str(result.job.id),
            purpose=result.job.addressed.purpose,
            state=conclusion.state,
            code=conclusion.code,
            attempts=attempt.attempts,
        )


def _because(desk: Desk, job: Job) -> Envelope | None:
    """As much of the event behind a message as its consequences need: ids and trace."""
    cause = job.cause
    if cause is None:
        return None
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
