"""From what is to be told to the bytes of a mail. Pure: no database, no network."""

from __future__ import annotations

from notifications.rendering.draft import Draft, Sender
from notifications.rendering.mail import UnwritableError, write

__all__ = ["Draft", "Sender", "UnwritableError", "write"]
