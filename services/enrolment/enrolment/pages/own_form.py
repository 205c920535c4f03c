"""A form on a personal page that becomes one command: shown, sent once, and shown again with all that was typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from enrolment.pages.form.fields import Field
from enrolment.pages.form.sheet import Values
from enrolment.pages.mistakes import Mistake, mistakes_of
from enrolment.pages.opened import expired, lead_to_answer, own_of, purpose, shown_page, to_answer
from enrolment.pages.putting import NotPutError
from enrolment.pages.reading import OwnEnrolment
from enrolment.pages.sentences import said
from enrolment.pages.tickets import Ticket
from enrolment.pages.visit import Visit, see_other
from spn.messaging.contract import Command

Made: TypeAlias = Command | tuple[Mistake, ...]
"""What was asked, or all that is wrong with it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows besides its fields. ``stake``: a figure that has to be the same when the form comes back."""

    more: Mapping[str, Any] = field(default_factory=dict)
    stake: int = 0


def about(own: OwnEnrolment) -> Mapping[str, Any]:
    """What every command of a participant about the own enrolment says. It is nobody else's by then."""
    one = own.enrolment
    what = {"edition_id": one.edition_id, "enrolment_id": one.enrolment_id}
    return {**what, "by": "participant", "if_participant": own.person.person_id}


def part_of(values: Values, part: str) -> Mapping[str, str]:
    """A part of a command from the fields that are named after it."""
    return {name.removeprefix(f"{part}."): text for name, text in values.items() if name.startswith(f"{part}.")}


async def nothing_more(_visit: Visit, _own: OwnEnrolment) -> Shown:
    """A page of fields alone."""
    return Shown()


@dataclass(frozen=True, slots=True)
class OwnForm:
    """What a form is made of. ``name`` is that of its template, its words and its tickets; its page is personal_NAME.

    ``made`` may raise the ValidationError of its command. ``ends_link``: whether what is asked ends the link, so that
    the answer has to be seen without it.
    """

    name: str
    fields: tuple[Field, ...]
    may: Callable[[Visit, OwnEnrolment], bool]
    begin: Callable[[OwnEnrolment], Values]
    made: Callable[[OwnEnrolment, Values], Made]
    shown: Callable[[Visit, OwnEnrolment], Awaitable[Shown]] = nothing_more
    ends_link: Callable[[OwnEnrolment, Values], bool] = lambda _own, _values: False

    @property
    def page(self) -> str:
        """The name of its address."""
        return f"personal_{self.name}"

    async def show(self, visit: Visit) -> Response:
        """The form as nobody has filled it in yet."""
        own = await own_of(visit)
        if own is None or not self.may(visit, own):
            return await _elsewhere(visit, own)
        return await self._page(visit, own, self.begin(own))

    async def send(self, visit: Visit) -> Response:
        """Put what it asks on the log, once per form; whatever is in the way, nothing that was typed is lost."""
        sent = dict(reversed(await visit.form()))
        shown = sent.get("ticket", "")
        ticket = visit.desk.tickets.taken(shown, purpose(visit, self.name))
        own = await own_of(visit)
        if own is None or not self.may(visit, own):
            return await self._sent_before(visit, ticket, lasting=own is None) or await _elsewhere(visit, own)
        values = {f.name: sent.get(f.name, "") for f in self.asked(own)}
        if ticket is None:
            return await self._page(visit, own, values, status=422, notice="form.notice_old")
        if ticket.shown != (await self.shown(visit, own)).stake:
            before = await self._sent_before(visit, ticket, lasting=self.ends_link(own, values))
            return before or await self._page(visit, own, values, status=422, notice="personal.notice_old")
        return await self._ask(visit, own, values, shown, ticket.key)

    def asked(self, own: OwnEnrolment) -> tuple[Field, ...]:
        """Its fields, without the question for a language where the edition offers no choice."""
        one = len(own.edition.terms.languages) == 1
        return tuple(f for f in self.fields if not (one and f.name.endswith(".language")))

    async def _sent_before(self, visit: Visit, ticket: Ticket | None, *, lasting: bool) -> Response | None:
        """The way to its answer, when this very form got there before: what it asked is why nothing is as it was."""
        before = await visit.desk.edge.sent(f"page:{ticket.key}") if ticket else None
        return to_answer(visit, before.command_id, "personal_answer", lasting=lasting) if before else None

    async def _ask(self, visit: Visit, own: OwnEnrolment, values: Values, shown: str, key: str) -> Response:
        made = self._made(own, values)
        if isinstance(made, tuple):
            return await self._page(visit, own, values, made, status=422, ticket=shown)
        try:
            lasting = self.ends_link(own, values)
            return await lead_to_answer(visit, made, key, "personal_answer", lasting=lasting)
        except NotPutError as error:
            return await self._page(visit, own, values, **error.page("personal.notice_", shown))

    def _made(self, own: OwnEnrolment, values: Values) -> Made:
        only = {f.name: own.edition.terms.languages[0] for f in self.fields if f not in self.asked(own)}
        try:
            return self.made(own, only | {name: value for name, value in values.items() if value.strip()})
        except ValidationError as error:
            return tuple(mistakes_of(error))

    async def _page(
        self,
        visit: Visit,
        own: OwnEnrolment,
        values: Values,
        mistakes: tuple[Mistake, ...] = (),
        *,
        ticket: str | None = None,
        notice: str | None = None,
        **more: Any,
    ) -> HTMLResponse:
        shown = await self.shown(visit, own)
        return shown_page(
            visit,
            self.name,
            own,
            visit.elsewhere(self.page, code=visit.part("code")),
            form=self,
            fields=self.asked(own),
            values=values,
            errors=said(self.fields, mistakes, visit.words),
            ticket=ticket or visit.desk.tickets.form(purpose(visit, self.name), shown.stake),
            notice=notice,
            **shown.more,
            **more,
        )


async def _elsewhere(visit: Visit, own: OwnEnrolment | None) -> Response:
    return see_other(visit.to("personal", code=visit.part("code"))) if own else await expired(visit)
