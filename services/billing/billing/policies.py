"""What billing does, and when. Each line: message, decision, and whose state it concerns. Nothing else decides.

Numbers are given elsewhere, at a lane's pace and not a message's: see issuer.py.
"""

from __future__ import annotations

from billing import events_in, events_out
from billing.domain.parties import note_organisation, note_person
from billing.domain.settle import settle_account
from billing.store import ACCOUNTS, BUYERS, CONTACTS
from spn.messaging.policies import Policies, on

POLICIES = Policies(
    # Happy path and compensation are one: the newest agreement says what is owed; owed minus invoiced becomes drafts.
    on(events_in.Enrolment, settle_account, root=ACCOUNTS, keys=lambda e: [(str(e.enrolment_id),)]),
    # What a document needs besides: a draft waits until its payer's address and its contact's language are known.
    on(events_in.Organisation, note_organisation, root=BUYERS, keys=lambda o: [(o.organisation_id,)]),
    on(events_in.Person, note_person, root=CONTACTS, keys=lambda p: [(str(p.person_id),)]),
    tell=events_out.tell,
)
