"""W3C Trace Context across the outbox: the trace of a request is the trace of all that follows from it."""

from __future__ import annotations

import re
from uuid import UUID

TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$")


def child(traceparent: str | None, event: UUID) -> str | None:
    """The traceparent of an event: the trace and flags of its cause, and a span id of its own.

    None when the cause has none or it is malformed (W3C Trace Context, section 3.2.2.5: ignore and go on).
    """
    found = TRACEPARENT.match(traceparent or "")
    if not found or found[1] == "0" * 32 or found[2] == "0" * 16:
        return None
    return f"00-{found[1]}-{event.hex[:16]}-{found[3]}"
