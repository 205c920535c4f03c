"""Notifications as a process: what it is made of."""

from __future__ import annotations

from notifications.mailing import Mailer
from notifications.policies import POLICIES, policies
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
        closers=(mailer.close,),
    )


async def remembers(desk: Desk) -> bool:
    """Whether we know what was told before we started.

    Our own topic above all: after our database was emptied only it tells what was sent. The others, so that nothing
    goes out that newer news contradicts.
    """
    return all([await desk.caught_up(topic) for topic in POLICIES.topics])


main = entry(build, Settings)
