"""Notifications as a process: what it is made of."""

from __future__ import annotations

from notifications.events_in import SentMessage
from notifications.mailing import Mailer
from notifications.policies import policies
from notifications.settings import Settings
from spn.entry import entry
from spn.messaging.lanes import Desk
from spn.service import Parts


def build(settings: Settings) -> Parts:
    """The parts of the service."""
    mailer = Mailer(settings.mail_server, settings.sender, gate=remembers)
    return Parts(
        "notifications",
        policies(settings.mail_age_max),
        migrations="notifications.migrations",
        lanes=(mailer.lane(),),
    )


async def remembers(desk: Desk) -> bool:
    """Whether we know what we sent already: after our database was emptied only our own topic tells."""
    return await desk.caught_up(SentMessage.topic)


main = entry(build, Settings)
