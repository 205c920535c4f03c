"""The public keys of the identity provider: a JWK Set (RFC 7517) in a file or behind an https address.

Read again when a token names a key that is not there, and when they are old; never more often than every
``PAUSE_SECONDS``, and never by more than one at a time. A provider that is away costs nothing while its keys are known.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from jwt import PyJWK, PyJWTError

from spn.rights.fetching import SET_BYTES_MAX, fetch
from spn.rights.marks import RightsError

ALGORITHMS = ("ES256", "RS256", "EdDSA")
"""Asymmetric ones only: whoever checks a token must not be able to make one (RFC 8725, section 3.1)."""
KEYS_MAX = 50
PAUSE_SECONDS = 30.0
OLD_SECONDS = 600.0
"""A key that the provider took back is refused after this, at the latest."""
KEPT_SECONDS_MAX = 86_400.0
"""How long known keys serve while the provider cannot be reached."""
WAIT_SECONDS_MAX = 6.0

log = structlog.get_logger("rights")


class KeysError(RightsError):
    """There are no keys to be had; the text says why, without repeating them."""


class Keys:
    """Keys by their id. ``read`` gives the set as bytes; it may block, and runs in a thread."""

    def __init__(self, read: Callable[[], bytes], clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._clock = clock
        self._keys: tuple[PyJWK, ...] = ()
        self._known_at = self._tried_at = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    @classmethod
    def of(cls, place: str) -> Keys:
        """Those at ``place``. A file is read at once, so that a wrong one keeps the service from starting.

        :raises KeysError: the file cannot be read, or holds no key that can be used.
        """
        if place.startswith("https://"):
            return cls(lambda: fetch(place))
        keys = cls(lambda: _read_file(Path(place)))
        try:
            keys._learn(keys._read())
        except OSError as error:
            raise KeysError(f"the keys cannot be read: {error.strerror}") from None
        return keys

    async def find(self, kid: str | None, algorithm: str) -> PyJWK | None:
        """The key with this id for this algorithm; without an id the only one there is. None: there is none."""
        now = self._clock()
        if now - self._known_at > KEPT_SECONDS_MAX:
            self._keys = ()
        elif now - self._known_at > OLD_SECONDS:
            self._begin()  # nobody waits: what is known still serves
        if (found := self._known(kid, algorithm)) is None:
            self._begin()
            await self._end()
            found = self._known(kid, algorithm)
        return found

    def _known(self, kid: str | None, algorithm: str) -> PyJWK | None:
        fitting = [k for k in self._keys if k.algorithm_name == algorithm and (kid is None or k.key_id == kid)]
        return fitting[0] if len(fitting) == 1 or (fitting and kid is not None) else None

    def _begin(self) -> None:
        now = self._clock()
        if (self._reading is None or self._reading.done()) and now - self._tried_at >= PAUSE_SECONDS:
            self._tried_at = now
            self._reading = asyncio.create_task(self._read_again(), name="keys")

    async def _end(self) -> None:
        if self._reading is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._reading), WAIT_SECONDS_MAX)

    async def _read_again(self) -> None:
        try:
            self._learn(await asyncio.to_thread(self._read))
        except (OSError, http.client.HTTPException, KeysError) as error:
            log.warning("keys_not_read", error=type(error).__name__, known=len(self._keys))

    def _learn(self, content: bytes) -> None:
        self._keys = usable(content)
        self._known_at = self._clock()


def usable(content: bytes) -> tuple[PyJWK, ...]:
    """The keys of a set that can check a signature by one of ``ALGORITHMS``.

    :raises KeysError: it is no JWK Set, or holds no such key.
    """
    if len(content) > SET_BYTES_MAX:
        raise KeysError(f"the key set is larger than {SET_BYTES_MAX} bytes")
    try:
        members = json.loads(content)["keys"]
        found = [key for one in list(members)[:KEYS_MAX] if (key := _key(one)) is not None]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise KeysError("this is no JWK Set (RFC 7517)") from None
    if not found:
        raise KeysError(f"the key set holds no public key for {', '.join(ALGORITHMS)}")
    return tuple(found)


def _key(member: Any) -> PyJWK | None:
    """The key, or None when it is of no use here: another purpose, another algorithm, or private after all."""
    if not isinstance(member, dict) or member.get("use", "sig") != "sig" or "d" in member:
        return None
    try:
        key = PyJWK(member)
    except (PyJWTError, ValueError, TypeError):
        return None
    return key if key.algorithm_name in ALGORITHMS else None


def _read_file(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(SET_BYTES_MAX + 1)
