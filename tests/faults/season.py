"""Editions, timetables and people for as long as it takes: made from the examples in the contracts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from spn_local.paths import checkout_root

LIBRARIES = 80
SESSIONS = 3
SEATS_MAX = 12
CONTRACTS = checkout_root() / "shared" / "contracts"


@cache
def example(owner: str, type_: str) -> dict[str, Any]:
    """The first example of a contract."""
    found = json.loads((CONTRACTS / owner / f"{type_}.json").read_text(encoding="utf-8"))
    first: dict[str, Any] = found["examples"][0]
    return first


def edition(edition_id: str, seats: int, opens_in_seconds: float) -> dict[str, Any]:
    """The data of an edition.publish.v1 whose enrolment opens then, or is open (a negative time)."""
    now = datetime.now(UTC)
    return {
        **example("enrolment", "edition.publish.v1"),
        "edition_id": edition_id,
        "seats": seats,
        "opens_at": (now + timedelta(seconds=opens_in_seconds)).isoformat(),
        "closes_at": (now + timedelta(days=30)).isoformat(),
        "starts_on": (now + timedelta(days=60)).date().isoformat(),
        "ends_on": (now + timedelta(days=300)).date().isoformat(),
    }


def session_ids(edition_id: str) -> list[str]:
    """The sessions of an edition."""
    return [f"{edition_id}-{number}" for number in range(SESSIONS)]


def timetable(edition_id: str) -> dict[str, Any]:
    """The data of a timetable.plan.v1."""
    days = example("scheduling", "timetable.plan.v1")["sessions"][:SESSIONS]
    begins = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=61)
    planned = [
        {**day, "session_id": id_, **_hours(begins + timedelta(days=14 * number))}
        for number, (id_, day) in enumerate(zip(session_ids(edition_id), days, strict=True))
    ]
    return {"edition_id": edition_id, "sessions": planned}


def move(edition_id: str, session_id: str, days: int) -> dict[str, Any]:
    """The data of a session.move.v1: to another day."""
    begins = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=62 + days)
    moved = example("scheduling", "session.move.v1")
    return {**moved, "edition_id": edition_id, "session_id": session_id, **_hours(begins)}


def _hours(begins: datetime) -> dict[str, str]:
    return {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=7)).isoformat()}


def person(number: int) -> dict[str, str]:
    """The director with this number."""
    return {
        "name": f"Directeur {number}",
        "email": f"directeur.{number}@bibliotheek-{number % LIBRARIES}.example",
        "language": "en" if number % 5 == 0 else "nl",
    }


def request(edition_id: str, number: int) -> dict[str, Any]:
    """The data of an enrolment.request.v1 of this director."""
    library = number % LIBRARIES
    house: Mapping[str, Any] = {
        "legal_name": f"Stichting Bibliotheek {library}",
        "kvk": f"{41_000_000 + library}",
        "street": f"Marktplein {library + 1}",
        "postcode": "5701 AB",
        "city": "Veenrijk",
    }
    payer = {"contact_name": f"Administratie {library}", "contact_email": f"facturen@bibliotheek-{library}.example"}
    return {
        "edition_id": edition_id,
        "participant": person(number),
        "library": house,
        "payer": payer,
        "two_year_commitment": True,
    }
