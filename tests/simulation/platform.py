"""SPN's platform: what it asks of the services, by which way, and the poison that strangers mix in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias
from uuid import UUID

from enrolment import commands as enrolling
from enrolment.commands import examples
from scheduling import commands as timetabling
from spn.messaging.contract import Command
from spn.testing.records import headers_for
from tests.simulation.broker import Headers
from tests.simulation.parts import COMMAND_TOPICS
from tests.simulation.world import World

Way: TypeAlias = Literal["home", "elsewhere", "twice", "http"]
"""On the partition where its key belongs; as another partitioner puts it; told twice; over HTTP."""
WAYS: tuple[Way, ...] = ("home", "home", "home", "elsewhere", "twice", "http")
EDITIONS = ("voorjaar", "najaar")
NOWHERE = "nergens"
"""An edition that nobody ever publishes."""
NAMES = ("anna", "bram", "cora", "dirk", "emma")
LIBRARIES = ("41098765", "41098766")
DAYS = (1, 2, 3)
FIRST_DAY = datetime.fromisoformat("2027-03-16T08:00:00Z")

ABOUT_ONE: Mapping[str, type[Any]] = {
    "withdraw": enrolling.WithdrawEnrolment,
    "accept": enrolling.AcceptOffer,
    "decline": enrolling.DeclineOffer,
    "leave": enrolling.LeaveList,
    "lapse": enrolling.LapseOffer,
}
FITTING: Mapping[str, tuple[str, ...]] = {
    "withdraw": ("accepted",),
    "accept": ("offered",),
    "decline": ("offered",),
    "leave": ("waiting",),
    "lapse": ("offered",),
}
"""Of which enrolments one can ask this."""


def publish(edition: str, seats: int) -> Command:
    """The terms of an edition."""
    return enrolling.PublishEdition.model_validate({**examples.PUBLISH, "edition_id": edition, "seats": seats})


def close(edition: str) -> Command:
    """Close an edition before its time."""
    return enrolling.CloseEdition(edition_id=edition)


def request(edition: str, who: str, spelling: int, library: int) -> Command:
    """Somebody asks for a seat; how a name is written differs now and then, as does the library's address."""
    return enrolling.RequestEnrolment.model_validate(
        {
            **examples.REQUEST,
            "edition_id": edition,
            "participant": person(who, spelling),
            "library": {
                **examples.REQUEST["library"],
                "kvk": LIBRARIES[library],
                "legal_name": f"Bibliotheek {library} {spelling}",
            },
        }
    )


def person(who: str, spelling: int) -> dict[str, Any]:
    """Someone, as they are written this time."""
    return {"name": f"{who.title()} {'de Wit' if spelling else 'De Wit'}", "email": f"{who}@bibliotheek.example"}


def about_one(kind: str, edition: str, enrolment: UUID) -> Command:
    """A command about an enrolment."""
    command: Command = ABOUT_ONE[kind](edition_id=edition, enrolment_id=enrolment)
    return command


def substitute(edition: str, enrolment: UUID, by: str) -> Command:
    """A colleague takes over."""
    data = {"edition_id": edition, "enrolment_id": enrolment, "participant": person(by, 0)}
    return enrolling.SubstituteParticipant.model_validate(data)


def plan(edition: str, days: int) -> Command:
    """The first days of an edition."""
    sessions = [_day(edition, number) for number in DAYS[:days]]
    return timetabling.PlanTimetable.model_validate({"edition_id": edition, "sessions": sessions})


def move(edition: str, number: int, later: int) -> Command:
    """Move a day by some hours."""
    session = _day(edition, number, later)
    moved = {name: session[name] for name in ("session_id", "starts_at", "ends_at", "venue")}
    return timetabling.MoveSession.model_validate({"edition_id": edition, "reason": "De zaal is niet vrij", **moved})


def cancel(edition: str, number: int) -> Command:
    """Call a day off."""
    session_id = _day(edition, number)["session_id"]
    return timetabling.CancelSession(edition_id=edition, session_id=session_id, reason="De spreker is ziek")


def _day(edition: str, number: int, later: int = 0) -> dict[str, Any]:
    starts_at = FIRST_DAY + timedelta(days=28 * number, hours=later)
    return {
        "session_id": f"{edition}-{number}",
        "theme_id": "changing",
        "title_nl": f"Dag {number}",
        "title_en": f"Day {number}",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=6),
        "venue": "Bibliotheek Neude, Utrecht",
    }


async def send(world: World, command: Command, way: Way) -> None:
    """Put a command on its topic, or on the edge of enrolment, which puts it there later."""
    kind = type(command)
    if way == "http" and kind.topic == COMMAND_TOPICS[0]:
        await world.edge.submit(command, str(world.ids()), None)
        world.databases["enrolment"].touched = True
        return
    key = str(getattr(command, kind.key)).encode()
    value = command.model_dump_json().encode()
    headers = tuple(headers_for(kind.types[0], id_=world.ids(), time=world.now))
    home = world.broker.home(kind.topic, key)
    elsewhere = (home + 1) % world.broker.count(kind.topic)
    world.broker.append(kind.topic, key, value, headers, partition=elsewhere if way == "elsewhere" else home)
    if way == "twice":
        world.broker.append(kind.topic, key, value, headers, partition=home)


POISON = ("not-json", "no-headers", "not-utf-8", "wrong-types", "nul", "unknown-type")
POISONED: Mapping[str, str] = {
    "spn.enrolment.commands": "enrolment.request.v1",
    "spn.scheduling.commands": "timetable.plan.v1",
    "spn.enrolment.events": "enrolment.accepted.v1",
    "spn.enrolment.organisations": "organisation.registered.v1",
    "spn.enrolment.people": "person.registered.v1",
}
"""Where strangers put records, and as what."""
NUL = rb"""{"organisation_id": "kvk-1", "legal_name": "a\u0000b", "street": "s", "postcode": "p", "city": "c",
"country": "NL", "person_id": "00000000-0000-5000-8000-000000000000", "name": "a\u0000b", "email": "e",
"language": "a\u0000b"}"""
"""What passes as an organisation or a person, and cannot be stored."""


def poison(world: World, topic: str, kind: str) -> None:
    """Put a record there that nobody should have put there, and remember it where it must end as a dead letter.

    On a topic of commands what has an id is answered; on a topic of events what nobody reads is skipped.
    """
    id_ = world.ids()
    type_ = "mystery.v1" if kind == "unknown-type" else POISONED[topic]
    headers: Headers = tuple(headers_for(type_, id_=id_, time=world.now, sequence=1))
    if kind == "no-headers":
        headers = ()
    elif kind == "not-utf-8":
        headers = (("ce_type", b"\xff"),)
    value = {"not-json": b"{", "wrong-types": b'{"a": [1]}', "nul": NUL}.get(kind, b"{}")
    entry = world.broker.append(topic, b"stranger-%d" % len(world.poison), value, headers)
    is_command, unread = topic in COMMAND_TOPICS, kind in ("no-headers", "not-utf-8")
    if unread or (not is_command and kind != "unknown-type"):
        world.put(entry)
