"""Waiting for a condition, never for an amount of time."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any

LOOK_SECONDS = 0.02


async def eventually(
    condition: Callable[[], Any], what: str, *, seconds: float = 30.0, every: float = LOOK_SECONDS
) -> Any:
    """Look at ``condition``, a function or a coroutine function, again and again until it is truthy; its value.

    :raises AssertionError: not within ``seconds``; it says ``what`` was waited for and what was seen last.
    """
    deadline = time.monotonic() + seconds
    while True:
        seen = condition()
        value = await seen if inspect.isawaitable(seen) else seen
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {what}; seen last: {value!r}")
        await asyncio.sleep(every)
