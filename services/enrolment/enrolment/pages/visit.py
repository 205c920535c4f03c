"""One request of a browser: who answers it, what it may use, and what it is told when it cannot be taken."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, TypeVar
from urllib.parse import parse_qsl

import structlog
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from enrolment.links import Links
from enrolment.pages.addresses import PUBLIC, Addresses, other
from enrolment.pages.blanks import Blanks
from enrolment.pages.rendering import Pages
from enrolment.pages.tickets import Tickets
from enrolment.pages.words import Language, Words
from spn.bodies import BodyRefusedError, read_body
from spn.browsers import PAGE_HEADERS, is_from_elsewhere
from spn.clock import Clock
from spn.messaging.admission import NotAdmittedError
from spn.messaging.edge import Edge
from spn.messaging.faults import is_transient
from spn.messaging.policies import Connection

BODY_BYTES_MAX: Final = 100_000
BODY_SECONDS_MAX: Final = 10.0
FIELDS_MAX: Final = 100
BUSY_SECONDS: Final = 2
_FORM: Final = "application/x-www-form-urlencoded"
_SAID: Final = {
    "elsewhere": "problem.elsewhere",
    "not-a-form": "problem.not_a_form",
    "too-large": "problem.too_large",
    "too-slow": "problem.too_slow",
}
"""What a page says of a body that is not taken, by its code."""

Fields: TypeAlias = Sequence[tuple[str, str]]
T = TypeVar("T")

log = structlog.get_logger("pages")


@dataclass(frozen=True, slots=True)
class Desk:
    """What every page works with."""

    edge: Edge
    clock: Clock
    tickets: Tickets
    pages: Pages
    links: Links
    public_url: str | None = None
    addresses: Addresses = PUBLIC
    blanks: Blanks = field(default_factory=Blanks)

    async def read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """What comes of ``work`` on a connection, in its turn and in time."""

        async def done() -> T:
            async with self.edge.turns.session() as connection:
                return await work(connection)

        return await self.edge.turns.in_time(done())


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for one page in one language."""

    desk: Desk
    request: Request
    words: Words

    def part(self, name: str) -> str:
        """A part of the address."""
        return str(self.request.path_params[name])

    def to(self, page: str, **parts: str) -> str:
        """The address of another page in this language."""
        return self.desk.addresses.to(page, self.words.language, **parts)

    def page(self, template: str, *, switch: str | None = None, **more: Any) -> HTMLResponse:
        """A page in this language."""
        return self.desk.pages.page(template, self.words, switch=switch, **more)

    def elsewhere(self, page: str, **parts: str) -> str:
        """The address of a page in the other language."""
        return self.desk.addresses.to(page, other(self.words.language), **parts)

    def message(self, status: int, key: str, retry_seconds: int | None = None, sent: Fields = ()) -> HTMLResponse:
        """A page that says one thing. ``sent``: the fields of a form that can be sent again from there."""
        headers = {} if retry_seconds is None else {"retry-after": str(retry_seconds)}
        title, text, here = self.words(f"{key}_title"), self.words(key), self.request.url.path
        return self.page("message", status=status, headers=headers, title=title, text=text, sent=sent, here=here)

    async def form(self) -> list[tuple[str, str]]:
        """The fields that were sent.

        :raises BodyRefusedError: it is no form of ours, too large or too slow.
        """
        if is_from_elsewhere(self.request, self.desk.public_url):
            raise BodyRefusedError(403, "elsewhere", "Sent by another site")
        if self.request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
            raise BodyRefusedError(415, "not-a-form", "No form")
        body = await read_body(self.request, BODY_BYTES_MAX, BODY_SECONDS_MAX)
        try:
            fields = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX)
        except ValueError:
            raise BodyRefusedError(400, "not-a-form", "No form") from None
        self.request.state.fields = fields
        return fields

    async def busy(self, status: int, retry_seconds: int, *, is_read: bool = True) -> HTMLResponse:
        """It is too busy. A form comes back as one to send again: nothing that was typed is lost.

        ``is_read``: whether a page had the request already; then its body is there once, or not at all.
        """
        if not is_read and self.request.method == "POST":
            with contextlib.suppress(BodyRefusedError):
                await self.form()
        sent: Fields = getattr(self.request.state, "fields", ())
        return self.message(status, "problem.resend" if sent else "problem.busy", retry_seconds, sent)


def see_other(place: str) -> RedirectResponse:
    """Go and look there: reloading that page sends nothing again. Only for addresses of our own making."""
    return RedirectResponse(place, 303, headers=dict(PAGE_HEADERS))


V = TypeVar("V", bound=Visit)
Handler = Callable[[Visit], Awaitable[Response]]


def endpoint(
    desk: Desk, language: Language, handler: Callable[[V], Awaitable[Response]], kind: type[V]
) -> Callable[[Request], Awaitable[Response]]:
    """What FastAPI calls: the handler, within the limits of the edge."""
    words = desk.pages.words[language]

    async def answer(request: Request) -> Response:
        visit = kind(desk, request, words)
        try:
            with desk.edge.admission.request():
                return await handler(visit)
        except BodyRefusedError as error:
            return visit.message(error.status, _SAID[error.code])
        except NotAdmittedError as error:
            return await visit.busy(error.status, error.retry_after_seconds, is_read=False)
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("page_refused", error=type(error).__name__)
            return await visit.busy(503, BUSY_SECONDS)

    return answer
