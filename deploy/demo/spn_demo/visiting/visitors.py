"""Directors and secretaries: they open the form of an edition, and the page that the link in their mail leads to."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from spn_demo.answers import Answer, NoAnswerError
from spn_demo.mailbox import personal_pages
from spn_demo.visiting.forms import Form, PageError
from spn_demo.visiting.page import Page, read_page
from spn_demo.visiting.request import typed

REQUEST_S = 15.0
FORM = {"nl": "/inschrijven/{}", "en": "/en/enrol/{}"}
ACCEPT = ("/aannemen", "/accept")
WITHDRAW = ("/terugtrekken", "/withdraw")
# Who is offered a seat had mail of it just now. More people than this had none since.
ASKED_MAX = 10


@dataclass
class Visitors:
    """Everybody who opens pages. They share the connections, which stay open; there is no cookie to tell them apart."""

    url: str
    mail_dir: Path
    patience_s: float
    transport: httpx.BaseTransport | None = None
    _http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self._http = httpx.Client(base_url=self.url, timeout=REQUEST_S, trust_env=False, transport=self.transport)

    def enrol(self, request: Mapping[str, Any], *, times: int = 1) -> Answer:
        """Fill in the form of the edition and send it, perhaps more often than once: the answer is one all the same.

        :raises PageError: there is no such form, it is not taken, or sent again it is answered otherwise.
        """
        form_page = FORM[request["participant"]["language"]].format(request["edition_id"])
        form = self._open(form_page).form(form_page)
        filled = form.filled(typed(request))
        answers = {self._send(form, filled) for _ in range(times)}
        if len(answers) > 1:
            raise PageError(f"One form, sent {times} times, has more than one answer: {answers}")
        return answers.pop()

    def withdraw(self, email: str, reason: str) -> Answer:
        """Follow the link of one's mail, see what a withdrawal costs, and withdraw.

        :raises PageError: no mail has a link, or the page offers no withdrawal.
        """
        link = personal_pages(self.mail_dir).get(email)
        if link is None:
            raise PageError(f"No mail to {email} holds a link to a personal page")
        costs = self._open(self._open(link).link(WITHDRAW))
        form = costs.form(WITHDRAW)
        return self._send(form, form.filled({"reason": reason}))

    def accept_offer(self) -> Answer:
        """Whoever finds an offer on the page that their mail leads to takes it.

        :raises PageError: nobody who had mail lately finds one.
        """
        seen = []
        for email, link in list(personal_pages(self.mail_dir).items())[:ASKED_MAX]:
            page = self._open(link)
            form = next((one for one in page.forms if one.action.endswith(ACCEPT)), None)
            if form is not None:
                return self._send(form, form.filled({}))
            seen.append(f"{email}: {page.text}")
        raise PageError(f"Nobody finds an offer on the own page. {'; '.join(seen) or 'No mail holds a link'}")

    def _open(self, link: str) -> Page:
        """The page as it is, also one that says why there is nothing to see."""
        return read_page(self._ask("GET", link).text)

    def _send(self, form: Form, filled: Mapping[str, str]) -> Answer:
        """Press the button, and follow to the page of the answer."""
        sent = self._ask(form.method.upper(), form.action, filled)
        if sent.next_request is None:
            raise PageError(f"The form was not taken ({sent.status_code}): {read_page(sent.text).text}")
        return self._wait(str(sent.next_request.url))

    def _wait(self, link: str) -> Answer:
        """Look until the answer is there. A page without one has waited for it already, so this asks again at once."""
        deadline = time.monotonic() + self.patience_s
        while True:
            page = self._open(link)
            if page.answer is not None:
                return page.answer
            if time.monotonic() > deadline:
                raise NoAnswerError(f"No answer to a form within {self.patience_s:.0f} s. The page says: {page.text}")

    def _ask(self, method: str, link: str, form: Mapping[str, str] | None = None) -> httpx.Response:
        try:
            return self._http.request(method, link, data=form)
        except httpx.HTTPError as error:
            raise NoAnswerError(f"A page could not be reached: {type(error).__name__}: {error}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()
