"""Named places at which a test can make a process die, so that each gap between two steps is really fallen into.

A process reaches failpoints only when ``SPN_FAILPOINTS`` names a folder (refused in production). There ``<name>.armed``
arms a failpoint: the first process that reaches it claims the file by renaming it to ``<name>.hit-<n>-<pid>`` and ends
at once, as by SIGKILL. Without the variable a failpoint is one comparison.
"""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Final

MID_TRANSACTION: Final = "mid-transaction"
"""The states of a batch are saved, its events are not."""
DEAD_LETTER: Final = "dead-letter"
"""A dead letter is stored, its transaction is not committed."""
AFTER_COMMIT: Final = "after-commit"
"""A batch is committed in the database, its offset is not committed to the group."""
AFTER_SEND: Final = "after-send"
"""Events are acknowledged by the broker, and still in the outbox."""
REBALANCE: Final = "rebalance"
"""The group takes partitions away; the batch at hand is finished, its offset not committed."""
REPLAY: Final = "replay"
"""A dead letter is decided anew, and not closed yet."""

ALL: Final = (MID_TRANSACTION, DEAD_LETTER, AFTER_COMMIT, AFTER_SEND, REBALANCE, REPLAY)

_on_reach: Callable[[str], None] | None = None
_numbers = itertools.count(1)


def reach(name: str) -> None:
    """The process is at this place."""
    if _on_reach is not None:
        _on_reach(name)


def install(on_reach: Callable[[str], None] | None) -> None:
    """Say what happens at every failpoint of this process; None: nothing. A simulation raises, a process dies."""
    global _on_reach  # noqa: PLW0603 - one process, one set of failpoints
    _on_reach = on_reach


def die_at_armed(folder: Path) -> Callable[[str], None]:
    """End the process at a failpoint that is armed in this folder."""

    def on_reach(name: str) -> None:
        hit = folder / f"{name}.hit-{next(_numbers)}-{os.getpid()}"
        try:
            (folder / f"{name}.armed").rename(hit)
        except OSError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    return on_reach
