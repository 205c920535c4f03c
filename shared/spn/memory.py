"""How a service that handles batches uses memory: collects seldom, and gives back what was large."""

from __future__ import annotations

import ctypes
import gc

# A batch makes tens of thousands of objects that nothing holds afterwards; with Python's own 700 the collector looked
# at them, and at all that was imported, again and again: 21 % of the time of a decision.
COLLECTOR_THRESHOLDS = (50_000, 20, 50)
# mallopt(3). The C library raises its bound for pages of their own to whatever was freed last, up to 32 MB: then what
# Kafka sent and what a batch became stay in its heap for good. One heap for all threads: only one works at a time.
MMAP_BYTES_MIN = -3, 131_072
TRIM_BYTES_MIN = -1, 131_072
ARENAS_MAX = -8, 1


def settle() -> None:
    """To be called once all is imported and before the work begins."""
    gc.freeze()  # what is imported by now stays, and need not be looked at
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # glibc's
        for option, value in (MMAP_BYTES_MIN, TRIM_BYTES_MIN, ARENAS_MAX):
            mallopt(option, value)
