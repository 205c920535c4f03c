"""A fresh personal link for a participant, in place of those before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from enrolment.domain.answers import of_enrolment
from enrolment.domain.facts import LinkSent
from enrolment.domain.punctuality import punctual
from enrolment.domain.turn import Turn
from spn.decision import Decision

if TYPE_CHECKING:
    from enrolment.commands import SendLink
    from enrolment.domain.edition import Edition

PAUSE = timedelta(minutes=10)
"""Whoever presses the button again and again gets one mail."""


@punctual()
def send_link(turn: Turn, command: SendLink) -> Decision[Edition]:
    """Let the participant have a fresh link. It goes to the address that is known, whoever asks for it."""
    enrolment = turn.enrolment(command.enrolment_id)
    if enrolment.link_sent_at and turn.now < enrolment.link_sent_at + PAUSE:
        return turn.answered(of_enrolment.link_sent_before(enrolment))
    fresh = replace(enrolment, link_version=enrolment.link_version + 1, link_sent_at=turn.now)
    return turn.put(fresh, LinkSent, command.reason).answered(of_enrolment.link_sent(fresh))
