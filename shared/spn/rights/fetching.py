"""Fetching the identity provider's keys: over https alone, to where it was told, bounded in time and size."""

from __future__ import annotations

import ssl
import time
import urllib.request
from typing import Any

SET_BYTES_MAX = 100_000
SILENT_SECONDS_MAX = 3.0
FETCH_SECONDS_MAX = 5.0


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it could lead away from https."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def fetch(url: str) -> bytes:
    """What is there, and no more than one byte too many. Blocks; SSL_CERT_FILE adds an authority.

    :raises OSError: it cannot be had: no connection, no trust, another status than 200, too slow.
    """
    if not url.startswith("https://"):
        raise OSError("keys are fetched over https alone")
    opener = urllib.request.build_opener(_StayHere, urllib.request.HTTPSHandler(context=ssl.create_default_context()))
    until = time.monotonic() + FETCH_SECONDS_MAX
    # The scheme is checked above.
    request = urllib.request.Request(url, headers={"accept": "application/jwk-set+json, application/json"})  # noqa: S310
    found = bytearray()
    with opener.open(request, timeout=SILENT_SECONDS_MAX) as answer:
        if answer.status != 200:
            raise OSError(f"status {answer.status}")
        while len(found) <= SET_BYTES_MAX and (part := answer.read1(SET_BYTES_MAX + 1 - len(found))):
            found += part
            if time.monotonic() > until:
                raise TimeoutError("the keys came too slowly")
    return bytes(found)
