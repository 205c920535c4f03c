"""What scheduling reads of others: who takes part. Names and addresses it does not need."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from spn.messaging.contract import Reading


class Enrolment(Reading):
    """An enrolment as it now is: whether it gives places.

    Who is ``accepted``, or was so to the end, has them; any other status, known or not, gives none. The former
    participants are not read: who had a place is known here, and is what a change is measured against.
    """

    topic: ClassVar[str] = "spn.enrolment.events"
    types: ClassVar[tuple[str, ...]] = (
        "enrolment.accepted.v1",
        "enrolment.waitlisted.v1",
        "enrolment.seat-offered.v1",
        "enrolment.offer-declined.v1",
        "enrolment.offer-lapsed.v1",
        "enrolment.left.v1",
        "enrolment.withdrawn.v1",
        "enrolment.substituted.v1",
        "enrolment.requested.v1",
        "enrolment.rejected.v1",
        "enrolment.reordered.v1",
        "enrolment.offer-extended.v1",
        "enrolment.closed.v1",
        "enrolment.corrected.v1",
        "enrolment.completed.v1",
        "enrolment.second-year-started.v1",
        "enrolment.commitment-ended.v1",
        "enrolment.link-sent.v1",
    )

    enrolment_id: UUID
    edition_id: str
    status: str
    participant_id: UUID
