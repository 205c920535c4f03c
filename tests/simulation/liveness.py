"""The faults stop: everything comes to rest within a bound, and then everything is as it should be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from spn.messaging import dead_letters
from tests.simulation.journal import Data, Journal, owed_of
from tests.simulation.safety import Safety
from tests.simulation.world import SLOTS, World

ROUNDS_MAX = 60
STILL = 2
"""So many rounds without a change are rest: one may be lost to a machine that is busy with much else."""
STEP = timedelta(seconds=5)
"""More than clocks differ: a deadline that was early by the broker's clock is due in the next round."""
PURPOSES = {
    "requested": "requested",
    "rejected": "rejected",
    "closed": "closed",
    "accepted": "accepted",
    "waiting": "waitlisted",
    "offered": "seat-offered",
    "declined": "offer-declined",
    "lapsed": "offer-lapsed",
    "left": "left",
    "withdrawn": "withdrawn",
}

MOVING = """SELECT (SELECT sum(next_offset) FROM consumer_offsets), (SELECT count(*) FROM outbox),
    (SELECT count(*) FROM dead_letters WHERE replay_asked IS NOT NULL),
    (SELECT sum(attempts) FROM dead_letters), (SELECT count(*) FROM deadlines)"""


async def calm_down(world: World, safety: Safety) -> None:
    """Heal everybody, let every replica know what it owns, ask for every dead letter, and go on until nothing moves.

    :raises AssertionError: it does not come to rest.
    """
    world.sickness.policies.clear()
    world.behind = timedelta(0)
    for service in world.services:
        for topic in world.topics_of(service):
            owners = {p: SLOTS[p % len(SLOTS)] for p in range(world.broker.count(topic))}
            await world.rebalance(service, topic, owners, None)
        await ask_replays(world, service)
    before, still = None, 0
    for _ in range(ROUNDS_MAX):
        world.now += STEP
        for replica in world.replicas.values():
            await world.turn(replica, 1_000)
            for topic in replica.parts.policies.topics:
                await world.act(replica, lambda r=replica, t=topic: r.tick(t))  # type: ignore[misc]
            await world.act(replica, replica.number)
        await safety.check()
        now = await _moving(world)
        still = still + 1 if now == before else 0
        if still == STILL:
            return
        before = now
    raise AssertionError(f"not at rest after {ROUNDS_MAX} rounds: {before}")


async def ask_replays(world: World, service: str) -> None:
    async with world.databases[service].pool.acquire() as connection:
        for row in await connection.fetch("SELECT id FROM dead_letters WHERE NOT parked ORDER BY id"):
            await dead_letters.ask_replay(connection, row[0], "all is well again")


async def _moving(world: World) -> object:
    """What changes while anything moves."""
    found: list[object] = [sum(len(log) for logs in world.broker.logs.values() for log in logs)]
    found += [tuple(await one.pool.fetchrow(MOVING) or ()) for one in world.databases.values()]
    return found


async def unmet(world: World) -> list[str]:
    """What is not as it should be at rest, in sentences."""
    wrong = list(_answers(world.journal))
    for service in world.services:
        async with world.databases[service].pool.acquire() as connection:
            wrong += [f"{service}: {w}" for w in await _at_rest(connection, world, service)]
            wrong += [f"{service}: {w}" for w in await CHECKS[service](connection, world)]
    return wrong


def _answers(journal: Journal) -> Iterator[str]:
    for command in journal.commands.keys() - journal.answers.keys():
        entry = journal.commands[command]
        yield f"command {command} at {entry.topic}[{entry.partition}]@{entry.offset} has no answer"


async def _at_rest(connection: Any, world: World, service: str) -> list[str]:
    wrong = []
    if waiting := await connection.fetchval("SELECT count(*) FROM outbox"):
        wrong.append(f"{waiting} rows are left in the outbox")
    stored = {(r[0], r[1]): r[2] for r in await connection.fetch("SELECT * FROM consumer_offsets")}
    ends = {(t, p): end for t in world.topics_of(service) for p, end in world.broker.ends(t).items()}
    wrong += [f"{at} is handled to {stored.get(at)} of {end}" for at, end in ends.items() if stored.get(at, 0) != end]
    letters = await connection.fetch('SELECT topic, partition, "offset", error FROM dead_letters')
    poison = {place for place in world.poison if place[0] in world.topics_of(service)}
    found = {tuple(row)[:3] for row in letters}
    wrong += [f"a dead letter that is no poison: {tuple(row)}" for row in letters if tuple(row)[:3] not in poison]
    wrong += [f"poison without a dead letter: {place}" for place in poison - found]
    return wrong


async def _enrolment(connection: Any, world: World) -> list[str]:
    wrong = []
    for row in await connection.fetch("SELECT edition_id, state, terms FROM editions"):
        terms = json.loads(row["terms"])
        due = [name for name in ("opens_at", "closes_at") if datetime.fromisoformat(terms[name]) <= world.now - STEP]
        if (row["state"] == "published" and due) or (row["state"] == "open" and "closes_at" in due):
            wrong.append(f"{row['edition_id']} is {row['state']}, though {due} is past")
    late = await connection.fetch(
        "SELECT number, edition_id FROM enrolments WHERE offer_expires_at <= $1", world.now - STEP
    )
    wrong += [f"the offer to number {row[0]} of {row[1]} has ended, and stands" for row in late]
    for row in await connection.fetch("SELECT enrolment_id::text, status FROM enrolments"):
        told = world.journal.enrolments.get(row[0])
        if told is None or told.data["status"] != row[1]:
            wrong.append(f"enrolment {row[0]} is {row[1]}, told was {told and told.data['status']}")
    answers = await connection.fetch("SELECT command_id::text, answer FROM http_commands")
    for command, answer in answers:
        if answer is None or json.loads(answer) != world.journal.said.get(command):
            wrong.append(f"who sent {command} over HTTP got the answer {answer}")
    return wrong + await _shown(connection, world)


async def _shown(connection: Any, world: World) -> list[str]:
    """The sessions that people's pages show."""
    rows = await connection.fetch("SELECT session_id, heard, venue, status, enrolment_ids::text[] FROM sessions")
    have = {row[0]: (*row[1:4], set(row[4])) for row in rows}
    want = {
        id_: (told.sequence, told.data["venue"], told.data["status"], set(_seated(told.data)))
        for id_, told in world.journal.sessions.items()
    }
    return [f"session {i} is shown as {have.get(i)}, told was {want.get(i)}" for i in have.keys() | want.keys()
            if have.get(i) != want.get(i)]  # fmt: skip


def _seated(session: Data) -> Iterator[str]:
    return (one["enrolment_id"] for one in session["attendees"] if one["status"] == "confirmed")


async def _billing(connection: Any, world: World) -> list[str]:
    rows = await connection.fetch("SELECT enrolment_id::text, sequence, agreement FROM accounts WHERE sequence > 0")
    have = {row[0]: (row[1], owed_of(json.loads(row[2]))) for row in rows}
    want = {i: (e.sequence, owed_of(e.data)) for i, e in world.journal.enrolments.items()}
    wrong = [f"account {i} is {have.get(i)}, told was {want.get(i)}" for i in have.keys() | want.keys()
             if have.get(i) != want.get(i)]  # fmt: skip
    if drafts := await connection.fetchval("SELECT count(*) FROM drafts"):
        wrong.append(f"{drafts} drafts have no number")
    return wrong


async def _scheduling(connection: Any, world: World) -> list[str]:
    rows = await connection.fetch(
        "SELECT s.session_id, s.edition_id, array(SELECT person_id::text FROM places p "
        "WHERE p.session_id = s.session_id AND p.status = 'confirmed') AS people "
        "FROM sessions s WHERE s.status = 'planned' AND s.starts_at > $1",
        world.now + STEP,
    )
    members = [(row, world.journal.members(row["edition_id"])) for row in rows]
    return [f"{r[0]} has places for {r[2]}, members are {m}" for r, m in members if set(r[2]) != m]


async def _notifications(connection: Any, world: World) -> list[str]:
    rows = await connection.fetch(
        "SELECT person_id::text, about, purpose, details FROM messages WHERE state = 'waiting' AND document IS NULL"
    )
    have = [(row[0], row[1], row[2], _said(json.loads(row[3]))) for row in rows]
    want = list(_wanted(world.journal))
    wrong = [f"a message waits that nothing asks for: {one}" for one in have if one not in want]
    wrong += [f"a message is missing: {one}" for one in want if one not in have]
    documents = [tuple(r) for r in await connection.fetch(
        "SELECT person_id::text, about FROM messages WHERE document IS NOT NULL")]  # fmt: skip
    papers = [(d["contact_id"], d["number"]) for a in world.journal.accounts.values() for d in a.data["documents"]]
    if sorted(documents) != sorted(papers):
        wrong.append(f"mails with documents: {sorted(documents)}; documents: {sorted(papers)}")
    unknown = await connection.fetch("SELECT person_id FROM contacts WHERE sequence = 0")
    return wrong + [f"contact {row[0]} has no name" for row in unknown]


Wanted: TypeAlias = tuple[str, str, str, tuple[Any, ...]]
"""Person, subject, purpose, and of what the mail says what may change."""


def _wanted(journal: Journal) -> Iterator[Wanted]:
    """What the newest states ask for, when nothing was sent yet."""
    for id_, told in journal.enrolments.items():
        data, former = told.data, told.data["former_participant_ids"]
        taken_over = data["status"] == "accepted" and former
        purpose = "substituted-in" if taken_over else PURPOSES[data["status"]]
        changing = {"position": data["position"]} if purpose == "waitlisted" else {}
        changing |= {"deadline": data["offer_expires_at"]} if purpose == "seat-offered" else {}
        yield data["participant_id"], id_, purpose, _said(changing)
        yield from ((person, id_, "substituted-out", _said({})) for person in former)
        if (asked := data.get("requester_id")) and asked not in (data["participant_id"], *former):
            yield asked, id_, "requested-for-other", _said({})
    for id_, session in journal.sessions.items():
        invited = session.data["attendees"] if session.data["status"] == "planned" else []
        for one in invited:
            if one["status"] == "confirmed":
                yield one["person_id"], id_, "session-invited", _said(session.data)


def _said(details: Data) -> tuple[Any, ...]:
    instants = [details.get(name) for name in ("deadline", "starts_at", "ends_at")]
    return details.get("position"), details.get("venue"), *(i and datetime.fromisoformat(i) for i in instants)


CHECKS = {
    "enrolment": _enrolment,
    "billing": _billing,
    "scheduling": _scheduling,
    "notifications": _notifications,
}
