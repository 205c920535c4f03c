"""Putting a command of an organiser on the log, once per form."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.responses import Response

from enrolment.organiser.visit import OfficeVisit
from enrolment.pages.visit import BUSY_SECONDS, see_other
from spn.messaging.admission import NotAdmittedError
from spn.messaging.contract import Command
from spn.messaging.edge import KeyReusedError
from spn.messaging.faults import TransientError


class NotSentError(Exception):
    """The command is not on the log: the status of the page that says so, a key for why, and headers."""

    def __init__(self, status: int, notice: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(notice)
        self.status = status
        self.notice = notice
        self.headers = headers


async def send(visit: OfficeVisit, command: Command, key: str, subject: str) -> Response:
    """The way to the answer. ``subject`` is whose answer it is: ``edition/ID`` or ``enrolment/ID``.

    :raises NotSentError: the form was sent before with other answers, or too much is asked now.
    """
    try:
        submitted = await visit.desk.edge.submit(command, f"page:{key}", None, subject=visit.by)
    except KeyReusedError:
        raise NotSentError(422, "notice.sent") from None
    except NotAdmittedError as error:
        later = {"retry-after": str(error.retry_after_seconds)}
        raise NotSentError(error.status, "notice.busy", later) from None
    except TransientError:
        raise NotSentError(503, "notice.busy", {"retry-after": str(BUSY_SECONDS)}) from None
    name = visit.desk.tickets.answer(subject, submitted.command_id)
    kind, _, id_ = subject.partition("/")
    return see_other(visit.to(f"{kind}_answer", name=name, **{f"{kind}_id": id_}))
