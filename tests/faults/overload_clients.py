"""A crowd at enrolment's HTTP side, and probes of health among it."""

from __future__ import annotations

import asyncio
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Mapping
from random import Random

import httpx

from tests.faults import season
from tests.faults.ledger import Ledger, command
from tests.faults.seeds import uuid_of

ANSWER_SECONDS_MAX = 30.0
HEALTH_SECONDS_MAX = 10.0
HEALTH_PAUSE_SECONDS = 0.5
AWAY_SECONDS_MAX = 1.0
TYPE = "enrolment.request.v1"
TOPIC = "spn.enrolment.commands"
TAKEN = (200, 202, 409)
LATER = (429, 503)


class Crowd:
    """Clients that ask again as soon as they may; none of them should meet its own time-out."""

    def __init__(self, url: str, token: str, ledger: Ledger, rng: Random) -> None:
        self._ledger, self._rng = ledger, rng
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(ANSWER_SECONDS_MAX),
            limits=httpx.Limits(max_connections=None),
            trust_env=False,
        )
        self._edition = f"crowd-{rng.getrandbits(24):06x}"
        self._status: Counter[str] = Counter()
        self.over = asyncio.Event()
        self.slowest_seconds = 0.0
        self.wrong: list[str] = []

    def tally(self) -> dict[str, int]:
        """What came back, by HTTP status."""
        return dict(sorted(self._status.items()))

    @property
    def met_a_limit(self) -> bool:
        """Whether somebody was sent away."""
        return any(self._status[str(status)] for status in LATER)

    async def client(self, number: int) -> None:
        """One client, until it is over."""
        asked = 0
        while not self.over.is_set():
            asked += 1
            answer = await self._ask(number * 10_000 + asked)
            if answer is None or answer.status_code not in LATER:
                continue
            if not answer.headers.get("retry-after", "").isdigit():
                self.wrong.append(f"{answer.status_code} without Retry-After")
                continue
            pause = min(float(answer.headers["retry-after"]), AWAY_SECONDS_MAX)  # the impatient are part of it
            try:
                await asyncio.wait_for(self.over.wait(), pause)
            except TimeoutError:
                continue

    async def probe(self) -> float:
        """How long one command takes to its answer, in an idle system; a very long time when none comes."""
        began = time.monotonic()
        answer = await self._ask(self._rng.randrange(10**8, 10**9))
        return time.monotonic() - began if answer is not None and answer.status_code in (200, 409) else 3600.0

    async def _ask(self, person: int) -> httpx.Response | None:
        data = season.request(self._edition, person)
        began = time.monotonic()
        try:
            answer = await self._client.post(
                f"/v1/commands/{TYPE}", json=data, headers={"idempotency-key": uuid_of(self._rng)}
            )
        except httpx.HTTPError as error:
            self._status[type(error).__name__] += 1
            self.wrong.append(f"no answer over HTTP: {error!r}")
            return None
        self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - began)
        self._status[str(answer.status_code)] += 1
        if answer.status_code in TAKEN:
            id_ = str(answer.json()["href"]).rsplit("/", 1)[-1]
            self._ledger.taken([command(id_, TYPE, self._edition)], TOPIC, None, None)
        elif answer.status_code not in LATER:
            self.wrong.append(f"HTTP {answer.status_code}: {answer.text[:200]}")
        return answer

    async def close(self) -> None:
        """Leave no connection open."""
        await self._client.aclose()


class Health:
    """Both probes of every service, again and again: they answer, and they are green.

    In a thread: whoever floods the system from one loop is late by himself.
    """

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = urls
        self._over = threading.Event()
        self.asked = 0
        self.wrong: list[str] = []

    async def watch(self) -> None:
        """Ask, until cancelled."""
        asking = asyncio.create_task(asyncio.to_thread(self._ask_on))
        try:
            await asyncio.shield(asking)
        finally:
            self._over.set()
            await asking

    def _ask_on(self) -> None:
        while not self._over.wait(HEALTH_PAUSE_SECONDS):
            for name, url in self._urls.items():
                for path in ("/live", "/ready"):
                    self._ask(f"{name} {path}", url + path)

    def _ask(self, what: str, url: str) -> None:
        """On a connection for this question alone, as whoever probes does."""
        self.asked += 1
        try:
            with urllib.request.urlopen(url, timeout=HEALTH_SECONDS_MAX) as answer:  # noqa: S310 - an address of ours
                answer.read()
        except OSError as error:
            self.wrong.append(f"{what} did not answer well: {error!r}")
