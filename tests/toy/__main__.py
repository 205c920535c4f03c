"""The toy as a process of its own, to be killed, frozen and stopped: `TOY_NAME=x python -m tests.toy serve`."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from spn.entry import entry
from spn.messaging import sending
from spn.messaging.subscription import Subscription
from spn.service import Parts
from spn.settings import ServiceSettings
from tests.toy.parts import toy

PR_SET_PDEATHSIG = 1


def build(_: ServiceSettings) -> Parts:
    """The toy that the environment names."""
    return toy(os.environ["TOY_NAME"])


def die(*_: object) -> None:
    """As if the power went, here."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_after_send() -> None:
    """The broker has acknowledged, the outbox still has the rows."""
    send = sending.send

    async def last(producer: Any, rows: Any) -> Any:
        await send(producer, rows)
        die()

    sending.send = last


def die_after_batch() -> None:
    """The database has the effects, the group does not know."""
    Subscription._done = die  # type: ignore[method-assign, assignment]


def block_on_signal() -> None:
    """SIGUSR1: never give way to the loop again."""
    signal.signal(signal.SIGUSR1, lambda *_: time.sleep(3600))


FAULTS: dict[str, Callable[[], None]] = {
    "die-after-send": die_after_send,
    "die-after-batch": die_after_batch,
    "block-on-signal": block_on_signal,
}

if __name__ == "__main__":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    FAULTS.get(os.environ.get("TOY_FAULT", ""), lambda: None)()
    entry(build, ServiceSettings)()
