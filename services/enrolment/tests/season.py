"""A small season to test with: two seats, a few people, and a player who takes the decisions in memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import NAMESPACE_OID, UUID, uuid5

from enrolment import commands
from enrolment.commands import examples
from enrolment.commands.editions import EditionCommand
from enrolment.commands.enrolments import EnrolmentCommand
from enrolment.commands.guests import GuestCommand
from enrolment.domain.edition import Edition
from enrolment.domain.enrolment import Enrolment
from enrolment.policies import POLICIES
from spn.decision import Answer, Decision, Moment, Refused
from spn.messaging.contract import Command

EDITION = "lerend-netwerk-2027"
THEMES: list[dict[str, Any]] = [{**theme, "guests_per_library": 2} for theme in examples.PUBLISH["themes"]]
"""With room for guests."""
BEFORE = datetime(2027, 1, 5, 8, 0, tzinfo=UTC)
OPENS = datetime(2027, 1, 14, 9, 0, tzinfo=UTC)
CLOSES = datetime(2027, 2, 27, 16, 0, tzinfo=UTC)
STARTS = datetime(2027, 3, 11, 23, 0, tzinfo=UTC)
"""00:00 on 12 March 2027 in Amsterdam."""
ENDS = datetime(2027, 10, 8, 22, 0, tzinfo=UTC)
"""00:00 on 9 October 2027 in Amsterdam, where it is summer time."""
SECOND_YEAR = datetime(2028, 3, 11, 23, 0, tzinfo=UTC)
COMMITMENT_ENDS = datetime(2029, 3, 11, 23, 0, tzinfo=UTC)
OFFER_HOURS = 72
PRICE_CENTS = 500_000
DECIDE = {policy.model: policy.decide for policy in POLICIES.policies}

E = TypeVar("E", bound=EnrolmentCommand)


def publish(seats: int = 2, **changes: Any) -> commands.PublishEdition:
    return commands.PublishEdition.model_validate({**examples.PUBLISH, "seats": seats, **changes})


def request(who: str, *, edition: str = EDITION, **changes: Any) -> commands.RequestEnrolment:
    data = {
        **examples.REQUEST,
        "edition_id": edition,
        "participant": {"name": who.title(), "email": f"{who}@bibliotheek.example", "language": "nl"},
        **changes,
    }
    return commands.RequestEnrolment.model_validate(data)


class Season:
    """Takes one decision after the other on one edition that is wholly in memory."""

    def __init__(self, seats: int = 2, *, published: bool = True, **changes: Any) -> None:
        self.edition = Edition(EDITION)
        self.now = BEFORE
        self.last: Decision[Edition] = Decision(self.edition)
        self.log: list[tuple[Command, Moment, Decision[Edition] | Answer]] = []
        self.ids: dict[str, UUID] = {}
        if published:
            self.do(publish(seats, **changes))
            self.now = OPENS

    def at(self, now: datetime) -> Season:
        self.now = now
        return self

    def later(self, **time: float) -> Season:
        return self.at(self.now + timedelta(**time))

    def do(self, command: Command) -> Answer:
        """The answer to a command that is sent now."""
        moment = Moment(self.now, uuid5(NAMESPACE_OID, f"command {len(self.log)}"))
        try:
            self.last = DECIDE[type(command)](self.edition, command, moment)
        except Refused as refused:
            self.log.append((command, moment, refused.answer))
            return refused.answer
        self.log.append((command, moment, self.last))
        self.edition = self.last.state
        assert self.last.answer
        return self.last.answer

    def request(self, who: str, **changes: Any) -> Answer:
        answer = self.do(request(who, **changes))
        if answer.outcome == "done":
            self.ids[who] = UUID(answer.subject)
        return answer

    def ask(self, command: type[E], who: str, **more: Any) -> Answer:
        """Send a command about someone's enrolment."""
        data = {"edition_id": EDITION, "enrolment_id": self.ids[who], **more}
        return self.do(command.model_validate(data))

    def wake(self, command: type[EditionCommand], **more: Any) -> Answer:
        return self.do(command.model_validate({"edition_id": EDITION, **more}))

    def substitute(self, who: str, by: str) -> Answer:
        participant = {"name": by.title(), "email": f"{by}@bibliotheek.example", "language": "nl"}
        answer = self.ask(commands.SubstituteParticipant, who, participant=participant)
        if answer.outcome == "done":
            self.ids[by] = self.ids.pop(who)
        return answer

    def invite(self, who: str, guest: str, theme: str = "narrative") -> Answer:
        """Someone invites a guest; ``ids`` knows the guest by name afterwards."""
        details = {"name": guest.title(), "email": f"{guest}@bibliotheek.example", "language": "nl"}
        answer = self.ask(commands.InviteGuest, who, theme_id=theme, guest=details)
        if answer.outcome == "done":
            self.ids[guest] = UUID(answer.subject)
        return answer

    def guest(self, command: type[GuestCommand], guest: str) -> Answer:
        """Send a command about a guest."""
        return self.do(command.model_validate({"edition_id": EDITION, "guest_id": self.ids[guest]}))

    def of(self, who: str) -> Enrolment:
        return self.edition.enrolments[self.ids[who]]

    def statuses(self) -> dict[str, str]:
        return {who: self.of(who).status for who, id_ in self.ids.items() if id_ in self.edition.enrolments}

    @property
    def facts(self) -> list[str]:
        """What the last decision told, by name."""
        return [type(fact).__name__ for fact in self.last.facts]

    def person(self, who: str) -> UUID:
        return self.edition.people[f"{who}@bibliotheek.example"].person_id
