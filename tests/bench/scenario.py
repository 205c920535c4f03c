"""What is played: full editions with a planned timetable, and one request for each seat.

One enrolment is a request that is accepted: a participant and another contact of the library that pays, both new. An
edition is that of ``examples/``: its seats, its sessions, its price. Many editions are open at once, and the requests
go round them, so that no batch is about one edition alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from spn_demo.platform import Command

ROOT = Path(__file__).parents[2]
ENROLMENT_COMMANDS = "spn.enrolment.commands"
SCHEDULING_COMMANDS = "spn.scheduling.commands"
SERVICES = ("enrolment", "billing", "scheduling", "notifications")
FIRST_KVK = 10_000_000
PEOPLE_PER_SEASON_MAX = 1_000_000
_SEASONS = count()


def _example(name: str) -> Any:
    return yaml.safe_load((ROOT / "examples" / name).read_text())


@dataclass(frozen=True)
class Scenario:
    """What one enrolment means: the size of the editions that it is a part of."""

    seats: int = field(default_factory=lambda: _example("edition.yaml")["seats"])
    sessions: int = field(default_factory=lambda: len(_example("timetable.yaml")["sessions"]))

    def messages(self, *, lanes: bool = False) -> dict[str, int]:
        """The records that one enrolment leaves on each topic; with ``lanes`` also those of documents and mails."""
        told = {
            ENROLMENT_COMMANDS: 1,
            "spn.enrolment.people": 2,
            "spn.enrolment.organisations": 1,
            "spn.enrolment.events": 2,  # the fact and the answer
            "spn.partner.enrolment": 1,
            "spn.scheduling.events": self.sessions,
        }
        if lanes:
            told |= {
                "spn.billing.events": 1,
                "spn.billing.documents": 1,
                "spn.notifications.events": self.mails(lanes=True),
            }
        return told

    def mails(self, *, lanes: bool = False) -> int:
        """Mails that one enrolment causes: accepted, one invitation a session, and with ``lanes`` the invoice."""
        return 1 + self.sessions + lanes


@dataclass
class Season:
    """Editions to be opened and people to fill them. Names no two things alike, however often it is asked.

    Nor does it know a library of another season: one that came back under another name would be another message.
    """

    scenario: Scenario
    prefix: str
    _first_kvk: int = field(default_factory=lambda: FIRST_KVK + next(_SEASONS) * PEOPLE_PER_SEASON_MAX)
    _editions: int = 0
    _people: int = 0

    @property
    def editions(self) -> int:
        """How many were opened."""
        return self._editions

    def open_editions(self, enrolments: int) -> tuple[list[str], list[Command]]:
        """Enough new editions for so many enrolments, and the commands that publish and plan them."""
        needed = -(-enrolments // self.scenario.seats)
        names = [f"{self.prefix}-{self._editions + n}" for n in range(needed)]
        self._editions += needed
        return names, [command for name in names for command in self._edition(name)]

    def _edition(self, name: str) -> Iterator[Command]:
        today = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
        dates = {
            "opens_at": (today - timedelta(days=1)).isoformat(),
            "closes_at": (today + timedelta(days=30)).isoformat(),
            "starts_on": (today + timedelta(days=60)).date().isoformat(),
            "ends_on": (today + timedelta(days=300)).date().isoformat(),
        }
        terms = {**_example("edition.yaml"), **dates, "edition_id": name, "seats": self.scenario.seats}
        yield Command("edition.publish.v1", ENROLMENT_COMMANDS, name, terms)
        examples = _example("timetable.yaml")["sessions"][: self.scenario.sessions]
        sessions = [
            {
                **session,
                "session_id": f"{name}-s{n}",
                "starts_at": (today + timedelta(days=60 + 20 * n)).isoformat(),
                "ends_at": (today + timedelta(days=60 + 20 * n, hours=7)).isoformat(),
            }
            for n, session in enumerate(examples)
        ]
        if sessions:
            plan = {"edition_id": name, "sessions": sessions}
            yield Command("timetable.plan.v1", SCHEDULING_COMMANDS, name, plan)

    def requests(self, editions: list[str], enrolments: int) -> list[Command]:
        """One request a seat, going round the editions."""
        asked = [(n, editions[n % len(editions)]) for n in range(enrolments)]
        commands = [
            Command("enrolment.request.v1", ENROLMENT_COMMANDS, edition, self._request(edition, self._people + n))
            for n, edition in asked
        ]
        self._people += enrolments
        return commands

    def _request(self, edition: str, person: int) -> Mapping[str, Any]:
        name = f"{self.prefix}-{person}"
        return {
            "edition_id": edition,
            "participant": {
                "name": f"Marieke van der Linden {person}",
                "email": f"m.vanderlinden@{name}.example.org",
                "language": "nl",
            },
            "library": {
                "legal_name": f"Stichting Bibliotheek {name}",
                "kvk": f"{self._first_kvk + person:08d}",
                "street": "Kerkbrink 3",
                "postcode": "3699 XB",
                "city": "Vechtoord",
                "poi": "Bisc",
                "province": "Utrecht",
                "holiday_region": "middle",
            },
            "payer": {
                "contact_name": "Henk Bolscher",
                "contact_email": f"facturen@{name}.example.org",
                "language": "nl",
                "reference": f"INK-2027-{person}",
            },
            "two_year_commitment": True,
        }
