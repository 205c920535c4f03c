"""Putting what a page asks where it belongs, once per form; or why it is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, TypeAlias

import structlog

from enrolment.pages.visit import BUSY_SECONDS, Visit
from spn.messaging.admission import NotAdmittedError
from spn.messaging.contract import Command
from spn.messaging.edge import Beside, KeyReusedError, Submitted
from spn.messaging.faults import is_transient

log = structlog.get_logger("pages")

Why: TypeAlias = Literal["sent", "busy"]


class NotPutError(Exception):
    """The command is not on the log: the form was sent with other answers, or too much is asked now.

    ``status`` and ``headers`` are those of the page that says so.
    """

    def __init__(self, why: Why, status: int, retry_seconds: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.status = status
        self.headers: Mapping[str, str] = {} if retry_seconds is None else {"retry-after": str(retry_seconds)}

    def page(self, notices: str, ticket: str) -> dict[str, Any]:
        """What the form is shown again with; ``notices`` is how the catalogue's sentences for this begin.

        Whoever tries again later sends the same ticket: it may have got there after all.
        """
        kept = ticket if self.why == "busy" else None
        return {"status": self.status, "notice": notices + self.why, "headers": self.headers, "ticket": kept}


@contextmanager
def putting() -> Iterator[None]:
    """Whatever keeps what a form asks from being stored, as the one error that its page shows.

    :raises NotPutError: it may be tried again; anything else is a fault of ours and stays what it is.
    """
    try:
        yield
    except KeyReusedError:
        raise NotPutError("sent", 422) from None
    except NotAdmittedError as error:
        raise NotPutError("busy", error.status, error.retry_after_seconds) from None
    except Exception as error:
        if not is_transient(error):
            raise
        log.warning("not_put", error=type(error).__name__)
        raise NotPutError("busy", 503, BUSY_SECONDS) from None


async def put(
    visit: Visit, command: Command, key: str, beside: Beside | None = None, *, subject: str | None = None
) -> Submitted:
    """Put a command on the log under the key of its form. ``beside`` and ``subject`` are those of ``Edge.submit``.

    :raises NotPutError: it is not there.
    """
    with putting():
        return await visit.desk.edge.submit(command, f"page:{key}", None, beside, subject=subject)
