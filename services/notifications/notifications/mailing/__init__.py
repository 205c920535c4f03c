"""The lane that sends what waits."""

from __future__ import annotations

from notifications.mailing.lane import Mailer
from notifications.mailing.line import MailServer

__all__ = ["MailServer", "Mailer"]
