"""What a season must come to, worked out from the examples by rules of its own: no figure stands here twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from spn_demo import script
from spn_demo.season import AMSTERDAM, Season


@dataclass
class Expectation:
    """A season played with pencil and paper."""

    season: Season
    now: datetime = field(init=False)
    accepted: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    offered: str | None = None
    offer_ends_at: datetime | None = None
    withdrawn: int = 0
    substituted: int = 0
    invoices: int = 0
    credit_notes: int = 0
    credited_cents: int = 0
    mails: int = 0
    doubles: int = 0
    asked: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.now = self.season.begins_at

    def played(self) -> Expectation:
        """All steps, one after the other."""
        for step in self.season.steps:
            self.now = step.at or self.now
            self._lapse()
            self._ask(step)
            match step:
                case script.Rush():
                    self._rush(step)
                case script.Withdraw():
                    self._withdraw(step.who)
                case script.AcceptOffer():
                    self._accept()
                case script.Substitute():
                    self.substituted += 1
                    self.mails += 2 + 2 * self.sessions  # one comes in, one goes out; every entry given and taken back
                case script.MoveSession():
                    self.mails += len(self.accepted)
        return self

    @property
    def price_cents(self) -> int:
        return sum(line["unit_price_cents"] for line in self.season.edition["lines"])

    @property
    def sessions(self) -> int:
        starts = (datetime.fromisoformat(one["starts_at"]) for one in self.season.timetable["sessions"])
        return sum(start > self.now for start in starts)

    def summary(self) -> dict[str, Any]:
        """The figures that follow; not how many messages it took, nor how long."""
        return {
            "requests": len(self.season.directors),
            "by_page": self.asked["page"],
            "by_api": self.asked["api"],
            "by_kafka": self.asked["kafka"],
            "accepted": len(self.accepted),
            "waiting": len(self.waiting),
            "withdrawn": self.withdrawn,
            "substituted": self.substituted,
            "invoices": self.invoices,
            "credit_notes": self.credit_notes,
            "invoiced_cents": self.invoices * self.price_cents,
            "credited_cents": self.credited_cents,
            "places": len(self.accepted) * self.sessions,
            "mails": self.mails,
            "dead_letters": 0,
            "books_balance": True,
        }

    def _ask(self, step: script.AnyStep) -> None:
        """Who asks by which way: people by a page, an organiser by the API, the platform by Kafka."""
        match step:
            case script.Rush():
                again = [email for email in self.season.emails if email in step.asks_twice]
                messages = sum(email in step.by_platform for email in [*self.season.emails, *again])
                self.asked.update(page=len(self.season.emails) + len(again) - messages, kafka=messages)
            case script.Request(by="page") | script.Withdraw() | script.AcceptOffer():
                self.asked["page"] += 1
            case script.PublishEdition() | script.Substitute():
                self.asked["api"] += 1
            case script.Request() | script.PlanTimetable() | script.MoveSession():
                self.asked["kafka"] += 1

    def _rush(self, rush: script.Rush) -> None:
        for email in self.season.emails:
            if len(self.accepted) < self.season.edition["seats"]:
                self._take_part(email)
            else:
                self.waiting.append(email)
                self.mails += 1
        self.doubles += len(rush.same_message_again) + len(rush.asks_twice)

    def _take_part(self, email: str) -> None:
        self.accepted.append(email)
        self.invoices += 1
        self.mails += 2 + self.sessions  # the confirmation, the invoice to the payer, an entry per session

    def _withdraw(self, email: str) -> None:
        self.accepted.remove(email)
        self.withdrawn += 1
        credit = self.price_cents - sum(self._owed(line["unit_price_cents"]) for line in self.season.edition["lines"])
        self.credited_cents += credit
        self.credit_notes += credit > 0
        self.mails += 1 + self.sessions + (credit > 0)
        self._offer()

    def _owed(self, cents: int) -> int:
        start = date.fromisoformat(self.season.edition["starts_on"])
        days = (start - self.now.astimezone(AMSTERDAM).date()).days
        met = [rule for rule in self.season.edition["withdrawal"] if rule["days_before_start"] <= days]
        percent = max(met, key=lambda rule: rule["days_before_start"])["owed_percent"] if met else 100
        return round(cents * percent / 100)

    def _offer(self) -> None:
        if self.waiting and self.now < datetime.fromisoformat(self.season.edition["closes_at"]):
            start = datetime.combine(date.fromisoformat(self.season.edition["starts_on"]), time.min, AMSTERDAM)
            self.offered = self.waiting.pop(0)
            self.offer_ends_at = min(self.now + timedelta(hours=self.season.edition["offer_hours"]), start)
            self.mails += 1

    def _accept(self) -> None:
        assert self.offered is not None, "nobody is offered a seat at this step"
        self._take_part(self.offered)
        self.offered = self.offer_ends_at = None

    def _lapse(self) -> None:
        """An offer that has ended goes to the next in line, as of the moment at which that was seen."""
        if self.offered and self.offer_ends_at and self.now >= self.offer_ends_at:
            self.offered = self.offer_ends_at = None
            self.mails += 1
            self._offer()
