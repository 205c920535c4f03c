"""All SQL of the decisions: load many, save many. What the mailer needs of the database is in mailing/queue.py."""

from __future__ import annotations

from typing import Final

from notifications.store.audience import Audiences, in_session
from notifications.store.contacts import Contacts
from notifications.store.references import Documents, Editions

CONTACTS: Final = Contacts()
AUDIENCES: Final = Audiences(CONTACTS)
EDITIONS: Final = Editions()
DOCUMENTS: Final = Documents()

__all__ = ["AUDIENCES", "CONTACTS", "DOCUMENTS", "EDITIONS", "in_session"]
