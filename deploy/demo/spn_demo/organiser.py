"""SPN's organiser in the demo: a client of the HTTP API with a token, who posts commands and looks things up."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from spn_demo.answers import Answer, NoAnswerError

REQUEST_S = 40.0
WAIT_S = 10
PAGE = 200
ANSWERED = {httpx.codes.OK, httpx.codes.CONFLICT, httpx.codes.PRECONDITION_FAILED}


@dataclass
class Organiser:
    """Whoever holds this token."""

    url: str
    token: str
    patience_s: float
    transport: httpx.BaseTransport | None = None
    _http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        bearer = {"authorization": f"Bearer {self.token}"}
        self._http = httpx.Client(
            base_url=self.url, headers=bearer, timeout=REQUEST_S, trust_env=False, transport=self.transport
        )

    def ask(self, kind: str, data: Mapping[str, Any]) -> Answer:
        """Post a command under a key of its own, and wait for its answer.

        :raises NoAnswerError: it is not taken, or not answered in time.
        """
        deadline = time.monotonic() + self.patience_s
        key = {"idempotency-key": f"demo-{uuid4()}"}
        told = self._call("POST", f"/v1/commands/{kind}", json=dict(data), headers=key)
        while told.status_code == httpx.codes.ACCEPTED:
            if time.monotonic() > deadline:
                raise NoAnswerError(f"No answer to {kind} over HTTP within {self.patience_s:.0f} s")
            told = self._call("GET", told.headers["location"], params={"wait": WAIT_S})
        if told.status_code not in ANSWERED:
            raise NoAnswerError(f"{kind} was not taken over HTTP ({told.status_code}): {told.text}")
        return Answer.told(told.json())

    def enrolment_of(self, edition_id: str, email: str) -> str:
        """The enrolment by which this person takes part.

        :raises NoAnswerError: there is none.
        """
        for one in self._accepted(edition_id):
            if one["participant"]["email"] == email:
                return str(one["enrolment_id"])
        raise NoAnswerError(f"{email} takes part in {edition_id} by no enrolment that the API knows")

    def _accepted(self, edition_id: str) -> Iterator[Mapping[str, Any]]:
        """Who takes part, a page at a time."""
        cursor: str | None = "0"
        while cursor is not None:
            wanted = {"status": "accepted", "limit": str(PAGE), "cursor": cursor}
            told = self._call("GET", f"/v1/editions/{edition_id}/enrolments", params=wanted)
            if told.status_code != httpx.codes.OK:
                raise NoAnswerError(f"The API lists no enrolments ({told.status_code}): {told.text}")
            found = told.json()
            yield from found["items"]
            cursor = found["next"]

    def _call(self, method: str, link: str, **more: Any) -> httpx.Response:
        try:
            return self._http.request(method, link, **more)
        except httpx.HTTPError as error:
            raise NoAnswerError(f"The API could not be reached: {type(error).__name__}: {error}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()
