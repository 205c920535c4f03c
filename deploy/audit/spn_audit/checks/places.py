"""Scheduling: members as enrolment told them, places as members have them."""

from __future__ import annotations

from collections import defaultdict

from spn_audit import programme
from spn_audit.evidence import Evidence
from spn_audit.result import Check, Findings
from spn_audit.states import Enrolment, Session


def members_agree(seen: Evidence) -> Check:
    """Where scheduling knows the newest event, it knows it right."""
    found, examined = Findings(), 0
    told = seen.told_enrolments()
    for id_, member in seen.scheduling.members.items():
        newest = told.get(id_)
        where = f"database of scheduling, table members, enrolment_id {id_}"
        if newest is None or not isinstance(newest.state, Enrolment):
            found.add(f"scheduling has a member of enrolment {id_}, which is not there", where)
        elif newest.sequence == member.sequence:
            examined += 1
            should = (newest.state.edition, newest.state.participant, newest.state.status in programme.TAKING_PART)
            if should != (member.edition, member.person, member.accepted):
                found.add(
                    f"enrolment {id_}: scheduling has {member.person} as a member, enrolment told otherwise", where
                )
    taking_part = sum(member.accepted for member in seen.scheduling.members.values())
    counted = {"members": len(seen.scheduling.members), "taking part": taking_part}
    return Check(
        "members-agree", "Scheduling's members are who enrolment says takes part.", counted, found.all(), examined
    )


def places_given(seen: Evidence) -> Check:
    """In each session to come: who takes part, and nobody else."""
    found, places, sessions = Findings(), 0, 0
    members: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    versions: dict[str, int] = defaultdict(int)
    for id_, member in seen.scheduling.members.items():
        versions[member.edition] = max(versions[member.edition], member.sequence)
        if member.accepted:
            members[member.edition][member.person].add(id_)
    for id_, session in seen.scheduling.sessions.items():
        if session.status != "planned" or session.starts_at <= seen.now:
            continue
        sessions += 1
        confirmed = {p: e for p, (e, status) in seen.scheduling.places.get(id_, {}).items() if status == "confirmed"}
        places += len(confirmed)
        should = members[session.edition]
        for person in sorted(should.keys() | confirmed.keys()):
            if confirmed.get(person) in should.get(person, set()):
                continue
            what = "has no place" if person not in confirmed else "has a place without taking part"
            found.add(
                f"session {id_}: person {person} {what}",
                f"database of scheduling, tables places and members, session_id {id_}, person_id {person}",
                f"spn tail {programme.SESSIONS} --from-beginning --no-follow",
            )
    counted = {"sessions to come": sessions, "places": places}
    sentence = "Who takes part has a place in every session to come, and nobody else has."
    return Check("places-given", sentence, counted, found.all(), places)


def sessions_as_told(seen: Evidence) -> Check:
    """Each session's row and places are those of its newest event."""
    found = Findings()
    told = seen.told(programme.SESSIONS)
    for id_ in seen.scheduling.sessions.keys() | told.keys():
        row, newest = seen.scheduling.sessions.get(id_), told.get(id_)
        state = newest.state if newest else None
        where = f"database of scheduling, tables sessions, places and told, session_id {id_}"
        if row is None or not isinstance(state, Session):
            found.add(f"session {id_} is {'told and not stored' if row is None else 'stored and not told'}", where)
            continue
        if (row.edition, row.status, row.sequence) != (state.edition, state.status, state.sequence):
            what = f"is stored as {row.status}, {row.sequence} and was told as {state.status}, {state.sequence}"
            found.add(f"session {id_} {what}", where)
        stored = {person: status for person, (_, status) in seen.scheduling.places.get(id_, {}).items()}
        if stored != dict(state.attendees):
            differing = sorted(
                p for p in stored.keys() | state.attendees.keys() if stored.get(p) != state.attendees.get(p)
            )
            found.add(f"session {id_}: the places of {', '.join(differing[:3])} are stored and told differently", where)
    sentence = "The sessions and places that scheduling has are the ones that it told."
    return Check("sessions-as-told", sentence, {"sessions": len(told)}, found.all(), len(told))
