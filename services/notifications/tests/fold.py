"""Batches without the machinery: load all, decide one by one by the map, save what changed; in memory or for real."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID, uuid5

import asyncpg

from notifications.domain import MESSAGE_NAMESPACE, Audience, Contact, Document, Edition, Message
from notifications.domain.contact import State
from notifications.events_in import Session
from notifications.policies import POLICIES
from services.notifications.tests.season import NOW, person_id
from spn.decision import Deadline, Moment
from spn.messaging.contract import Reading
from spn.messaging.policies import Connection, Policies, Policy

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


@dataclass(frozen=True)
class Told:
    """An event: its sequence, what is in it, and when it was told."""

    sequence: int
    data: Reading
    told_at: datetime = NOW

    def moment(self, now: datetime = NOW) -> Moment:
        return Moment(now, uuid5(MESSAGE_NAMESPACE, repr(self)), self.sequence, told_at=self.told_at)


def policy_of(data: Reading, policies: Policies = POLICIES) -> Policy:
    (policy,) = policies.of(data.topic, data.types[0])
    return policy


@dataclass
class Memory:
    """Every state, in a dictionary by the name of its aggregate and root."""

    now: datetime = NOW
    policies: Policies = POLICIES
    states: dict[tuple[str, str], Any] = field(default_factory=dict)
    deadlines: list[Deadline] = field(default_factory=list)

    def hear(self, *events: Told) -> Memory:
        for event in events:
            policy = policy_of(event.data, self.policies)
            if isinstance(event.data, Session):
                self._hear_session(event, event.data, policy)
                continue
            for root in dict.fromkeys(key[0] for key in policy.keys(event.data)):
                place = (policy.root.name, root)
                state = self.states.get(place) or _empty(*place)
                decision = policy.decide(state, event.data, event.moment(self.now))
                self.states[place] = decision.state
                self.deadlines += decision.deadlines
        return self

    def _hear_session(self, event: Told, session: Session, policy: Policy) -> None:
        """With everybody who is in it; the store leaves out those to whom it says nothing new."""
        place = (policy.root.name, session.session_id)
        known = self.states.get(place) or Audience(session.session_id, 0)
        everybody = {UUID(person): self._contact(UUID(person)) for person in session.places}
        audience = replace(known, heard=max(known.heard, session.sequence), contacts=everybody)
        decision = policy.decide(audience, session, event.moment(self.now))
        self.states[place] = replace(decision.state, contacts={})
        for person, contact in decision.state.contacts.items():
            if contact is not everybody[person]:
                self.states["contacts", str(person)] = contact

    def _contact(self, person: UUID) -> Contact:
        found = self.states.get(("contacts", str(person)))
        return found if isinstance(found, Contact) else Contact(person)

    def contact(self, number: int) -> Contact:
        return self._contact(person_id(number))

    def messages(self, number: int, *states: State) -> list[Message]:
        threads = self.contact(number).threads.values()
        return [m for thread in threads for m in thread.messages if not states or m.state in states]

    def waiting(self, number: int) -> list[str]:
        """What this person is to be told, by purpose."""
        return [m.purpose for m in self.messages(number, "waiting")]

    def mark(self, number: int, state: State, before: State = "waiting") -> list[Message]:
        """What a mailer does to this person's messages."""
        contact, marked = self.contact(number), []
        for thread in contact.threads.values():
            for message in thread.messages:
                if message.state == before:
                    marked.append(replace(message, state=state))
                    thread = thread.put(marked[-1])  # noqa: PLW2901
            contact = contact.put(thread)
        self.states["contacts", str(contact.person_id)] = contact
        return marked


def _empty(aggregate: str, root: str) -> Contact | Edition | Document:
    if aggregate == "contacts":
        return Contact(UUID(root))
    return Edition(root) if aggregate == "editions" else Document(root)


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    async with pool.acquire() as connection, connection.transaction():
        yield connection


async def handle(pool: Pool, *events: Told) -> Mapping[str, Mapping[str, Any]]:
    """One batch in one transaction; the states after it, by aggregate and root."""
    async with transaction(pool) as connection:
        return await fold(connection, events)


async def fold(connection: Connection, events: Iterable[Told]) -> Mapping[str, Mapping[str, Any]]:
    work = [(event, policy_of(event.data)) for event in events]
    after: dict[str, dict[str, Any]] = {}
    for aggregate in sorted({policy.root for _, policy in work}, key=lambda root: root.name):
        mine = [(event, policy) for event, policy in work if policy.root is aggregate]
        before = await aggregate.load(connection, [key for event, policy in mine for key in policy.keys(event.data)])
        states = after[aggregate.name] = dict(before)
        for event, policy in mine:
            for root in dict.fromkeys(key[0] for key in policy.keys(event.data)):
                states[root] = policy.decide(states[root], event.data, event.moment()).state
        if changed := [(before[root], state) for root, state in states.items() if state is not before[root]]:
            await aggregate.save(connection, changed)
    return after
