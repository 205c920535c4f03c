"""Everything the checks need of the topics, learnt record by record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from hashlib import sha256

from spn_audit import programme
from spn_audit.events import UNREADABLE, digest, state_of
from spn_audit.ledger import Place
from spn_audit.log.chains import Chain
from spn_audit.log.editions import Play
from spn_audit.log.record import Record
from spn_audit.log.seals import Told
from spn_audit.log.terms import Change, Terms
from spn_audit.states import Answer, Edition, Enrolment, Guest, Partnered, Seal

REMEMBERED_MAX = 200
STORIES = frozenset({programme.EDITIONS, programme.ENROLMENTS, programme.PARTNERS, programme.SESSIONS})
"""Topics of which more is asked than whether all of it is there, and in its order."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command as it stands on its topic."""

    type: str
    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    id: str | None


@dataclass(slots=True)
class LogBook:
    """What was read so far. ``strange``: places of records that no service told, which are left out of its story."""

    strange: Collection[Place] = ()
    lows: dict[tuple[str, int], int] = field(default_factory=dict)
    """Where each partition began when it was first looked at."""
    ends: dict[tuple[str, int], int] = field(default_factory=dict)
    """How far each partition was read: its end when it was last looked at."""
    records: int = 0
    repeated: int = 0
    chains: dict[tuple[str, str], Chain] = field(default_factory=dict)
    late: list[Record] = field(default_factory=list)
    changed: list[Record] = field(default_factory=list)
    foreign: list[Record] = field(default_factory=list)
    unreadable: list[Record] = field(default_factory=list)
    plays: dict[str, Play] = field(default_factory=dict)
    terms: dict[str, Terms] = field(default_factory=dict)
    seals: dict[tuple[str, str], Told] = field(default_factory=dict)
    """By edition and topic: what was told of its journal."""
    commands: list[Asked] = field(default_factory=list)
    answers: dict[str, set[tuple[str, str, int]]] = field(default_factory=dict)
    """By command: topic, key and number of each answer; the same one told again counts once."""
    sent: dict[str, int] = field(default_factory=dict)
    """By message: the number under which it was first told as sent."""
    sent_again: dict[str, list[int]] = field(default_factory=dict)
    """The same of all later ones: there should be none."""
    files: dict[str, bool] = field(default_factory=dict)
    """By the fingerprint that is its key: whether the file has it."""
    extended: dict[str, list[int]] = field(default_factory=dict)
    """By enrolment: the numbers of the events by which its offer was extended."""
    told: Counter[str] = field(default_factory=Counter)
    since_ms: dict[str, int] = field(default_factory=dict)
    """By topic: the append time of the first record there is."""

    def begins_at(self, place: tuple[str, int], low: int) -> None:
        """The log of this partition begins there now: nothing before it can be read any more."""
        if place not in self.lows or low > self.next_of(place):
            self.lows[place] = low

    def next_of(self, place: tuple[str, int]) -> int:
        """Where to read on."""
        return max(self.ends.get(place, 0), self.lows.get(place, 0))

    def cut(self, topic: str) -> bool:
        """Whether the beginning of this topic is gone: kept for a while only, and a while has passed."""
        return any(low > 0 for (name, _), low in self.lows.items() if name == topic)

    def learn(self, record: Record) -> None:
        """The next record of its partition."""
        self.records += 1
        first = self.since_ms.get(record.topic, record.timestamp_ms)
        self.since_ms[record.topic] = min(first, record.timestamp_ms)
        if record.topic in programme.COMMANDS:
            if record.place not in self.strange:
                self.commands.append(
                    Asked(record.type, record.topic, record.partition, record.offset, record.timestamp_ms, record.id)
                )
        elif record.place not in self.strange:
            self._event(record)

    def _event(self, record: Record) -> None:
        if record.sequence == 0 or record.id != programme.event_id(record.topic, record.key, record.sequence):
            _keep(self.foreign, record)
            return
        self.told[record.type] += 1
        chain = self.chains.setdefault((record.topic, record.key), Chain())
        seen = chain.take(record.sequence, digest(record.headers, record.value))
        if seen == "again":
            self.repeated += 1
        elif seen == "changed":
            _keep(self.changed, record)
        else:
            if seen == "late":
                _keep(self.late, record)
            self._first(record)

    def _first(self, record: Record) -> None:
        """An event that is told for the first time."""
        if record.topic == programme.FILES:
            self.files[record.key] = sha256(record.value).hexdigest() == record.key
            return
        if record.type == programme.SENT:
            if self.sent.setdefault(record.subject, record.sequence) != record.sequence:
                self.sent_again.setdefault(record.subject, []).append(record.sequence)
            return
        if record.topic not in STORIES:
            return
        try:
            self._story(record)
        except UNREADABLE:
            _keep(self.unreadable, record)

    def _story(self, record: Record) -> None:
        state = state_of(record.topic, record.type, record.value)
        match state:
            case Answer():
                self.answers.setdefault(state.command, set()).add((record.topic, record.key, record.sequence))
                if record.topic == programme.ENROLMENTS and record.key in self.plays:
                    self.plays[record.key].decided(record)
            case Enrolment():
                self.plays.setdefault(state.edition, Play()).enrolment(record.subject, state, record)
                self._sealed(state.edition, state.sealed, record)
                if record.type == programme.OFFER_EXTENDED:
                    self.extended.setdefault(record.subject, []).append(record.sequence)
            case Guest():
                self.plays.setdefault(state.edition, Play()).guest(state, record)
            case Partnered():
                self._sealed(state.edition, state.sealed, record)
            case Edition():
                change = Change(record.sequence, record.cause, state)
                self.terms.setdefault(record.subject, Terms()).learn(change)

    def _sealed(self, edition: str, sealed: Seal | None, record: Record) -> None:
        if sealed:
            told = self.seals.setdefault((edition, record.topic), Told(record.partition))
            told.take(sealed.entry, sealed.seal, record.offset)


def _keep(records: list[Record], record: Record) -> None:
    if len(records) < REMEMBERED_MAX:
        records.append(record)
