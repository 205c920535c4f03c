"""Everything that one look brought together, for the checks to judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from spn_audit import programme
from spn_audit.ledger import Ledger
from spn_audit.log.book import LogBook
from spn_audit.reading.billing import Billing
from spn_audit.reading.enrolment import Enrolment
from spn_audit.reading.mechanism import Mechanism, Told
from spn_audit.reading.notifications import Notifications
from spn_audit.reading.scheduling import Scheduling
from spn_audit.states import Guest

NO_TOPICS = "the topics were not read"


@dataclass(slots=True)
class Evidence:
    """``log`` is None when topics were not read, ``mails`` when no mailbox was given. ``now``: business time.

    The databases are read before the topics, and readers before whom they read: so what a database knows to be told
    is on the topic by then, and what a reader has heard is in its owner's books.
    """

    now: datetime
    mechanisms: Mapping[str, Mechanism]
    enrolment: Enrolment = field(default_factory=Enrolment)
    billing: Billing = field(default_factory=Billing)
    scheduling: Scheduling = field(default_factory=Scheduling)
    notifications: Notifications = field(default_factory=Notifications)
    log: LogBook | None = None
    mails: Counter[str] | None = None
    ledger: Ledger | None = None
    readers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def told(self, topic: str) -> Mapping[str, Told]:
        """The newest event of each aggregate of a topic, by its id."""
        return self.mechanisms[owner_of(topic)].told.get(topic, {})

    def told_enrolments(self) -> Mapping[str, Told]:
        """The newest event of each enrolment: its topic holds invitations too."""
        some = self.told(programme.ENROLMENTS)
        return {id_: told for id_, told in some.items() if not isinstance(told.state, Guest)}

    def told_guests(self) -> Mapping[str, Told]:
        """The newest event of each invitation."""
        some = self.told(programme.ENROLMENTS)
        return {id_: told for id_, told in some.items() if isinstance(told.state, Guest)}

    def waiting(self, service: str) -> Iterator[tuple[str, str, int]]:
        """Topic, key and number of each event that still waits in a service's outbox."""
        return ((row.topic, row.key, row.sequence) for row in self.mechanisms[service].outbox)


def owner_of(topic: str) -> str:
    """Whose events a topic holds: ``spn.billing.events`` is billing's, what partners read is enrolment's."""
    name = topic.split(".")[1] if topic.startswith("spn.") else ""
    return name if name in programme.SERVICES else "enrolment"
