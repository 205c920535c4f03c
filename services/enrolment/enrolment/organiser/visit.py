"""One request of somebody who is logged in: who asks, and what their pages carry and show besides."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from enrolment.pages.visit import BODY_SECONDS_MAX, FIELDS_MAX, Visit
from spn.bodies import BodyRefusedError
from spn.browsers import is_from_elsewhere
from spn.rights.roles import Principal, Role
from spn.rights.sessions import FORM_TYPES, form_token

VIEWERS: Final = (Role.ORGANISER, Role.FINANCE, Role.ADVISER, Role.AUDITOR)
HISTORIANS: Final = frozenset({Role.ORGANISER, Role.AUDITOR})
"""Reasons and motivations are words about people: for who decides, and for who audits."""
EXPORTERS: Final = frozenset({Role.ORGANISER, Role.FINANCE})


@dataclass(frozen=True, slots=True)
class OfficeVisit(Visit):
    """A request for one of the organisers' pages."""

    @property
    def who(self) -> Principal | None:
        """Who asks: nobody on the page to log in, and on one that turns somebody away."""
        return getattr(self.request.state, "principal", None)

    def _is_of(self, roles: frozenset[Role]) -> bool:
        return self.who is not None and bool(self.who.roles & roles)

    @property
    def may_act(self) -> bool:
        return self._is_of(frozenset({Role.ORGANISER}))

    @property
    def may_read_words(self) -> bool:
        return self._is_of(HISTORIANS)

    @property
    def may_export(self) -> bool:
        return self._is_of(EXPORTERS)

    @property
    def region(self) -> str | None:
        """The region that their sight ends at; None where it does not."""
        who = self.who
        return None if who is None or who.may_see(None) else who.poi or ""

    def may_see(self, poi: str | None) -> bool:
        return self.who is not None and self.who.may_see(poi)

    @property
    def by(self) -> str:
        """How commands and the journal call them: by the id that the identity provider gave them."""
        return self.who.subject if self.who else ""

    def page(self, template: str, *, switch: str | None = None, **more: Any) -> HTMLResponse:
        """A page with the menu of who is logged in, and with what its forms need."""
        token = getattr(self.request.state, "session", None)
        more = {"who": self.who, "may": self, "form_token": form_token(token) if token else "", **more}
        # Not "super()": a dataclass with slots is made twice, and that knows the first one only.
        return Visit.page(self, template, switch=switch, **more)

    async def sent(self) -> FormData:
        """The form, which may hold a file. The gate has bounded its size and time, and has read it already.

        :raises BodyRefusedError: it is no form of ours.
        """
        if is_from_elsewhere(self.request, self.desk.public_url):
            raise BodyRefusedError(403, "elsewhere", "Sent by another site")
        if self.request.headers.get("content-type", "").partition(";")[0].strip().lower() not in FORM_TYPES:
            raise BodyRefusedError(415, "not-a-form", "No form")
        try:
            async with asyncio.timeout(BODY_SECONDS_MAX):
                return await self.request.form(max_fields=FIELDS_MAX, max_files=1)
        except (TimeoutError, ClientDisconnect):
            raise BodyRefusedError(408, "too-slow", "The form did not come in time") from None
        except HTTPException as error:
            code = "too-large" if error.status_code == 413 else "not-a-form"
            raise BodyRefusedError(error.status_code, code, "The form cannot be read") from None


def text_in(form: FormData, name: str) -> str:
    """A field of a form that holds text."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
