"""Erasing a person: first what is live ends by its own rules, on the log of its edition; then the words go.

What stays is kept for a reason that the receipt names. The tombstone is a random id: it bars nobody's return.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from enrolment.domain.answers import of_person
from enrolment.domain.facts import ErasureReceipt, PersonErased
from spn.decision import Deadline, Decision, Moment

if TYPE_CHECKING:
    from enrolment.commands import ErasePerson

ERASURE_END = "erasure.end"
ERASURE_END_GUEST = "erasure.end-guest"
ERASURE_FINISH = "erasure.finish"
PAUSE = timedelta(seconds=5)
"""Between looks whether everything that was live has ended: each end goes over the log of its edition."""
TOPIC_DAYS = 15
"""Topics with names keep them for 14 days, in segments of one."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """A person who is to be erased, or was. ``live``: edition and enrolment; ``coming``: edition and guest."""

    person_id: UUID
    is_known: bool = False
    has_enrolments: bool = False
    live: tuple[tuple[str, UUID], ...] = ()
    coming: tuple[tuple[str, UUID], ...] = ()
    asked_at: datetime | None = None
    asked_by: str | None = None
    erased_at: datetime | None = None


def erase_person(state: Erasure, command: ErasePerson, at: Moment) -> Decision[Erasure]:
    """Begin: whatever is live is to end, and then the person is erased.

    :raises Refused: nobody is known by this id.
    """
    if state.erased_at is not None:
        return Decision(state, answer=of_person.erased_before(state.person_id))
    if not state.is_known:
        raise of_person.unknown(state.person_id)
    if state.asked_at is not None:
        return Decision(state, answer=of_person.erasure_under_way(state.person_id))
    asked = replace(state, asked_at=at.now, asked_by=command.by)
    return replace(_gone_on(asked, at.now), answer=of_person.erasure_begun(state.person_id))


def finish_erasure(state: Erasure, _due: object, at: Moment) -> Decision[Erasure]:
    """Look again: erased once nothing is live any more, else once more after a pause."""
    if state.asked_at is None or state.erased_at is not None:
        return Decision(state)
    return _gone_on(state, at.now)


def _gone_on(state: Erasure, now: datetime) -> Decision[Erasure]:
    if not state.live and not state.coming:
        until = (now + timedelta(days=TOPIC_DAYS)).date()
        receipt = ErasureReceipt(state.person_id, state.has_enrolments, state.asked_at or now, now, until)
        return Decision(replace(state, erased_at=now), (PersonErased(state.person_id), receipt))
    ends = [Deadline(ERASURE_END, edition, str(one), now) for edition, one in state.live]
    ends += [Deadline(ERASURE_END_GUEST, edition, str(one), now) for edition, one in state.coming]
    again = Deadline(ERASURE_FINISH, str(state.person_id), str(state.person_id), now + PAUSE)
    return Decision(state, deadlines=(*ends, again))
