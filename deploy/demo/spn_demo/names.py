"""Who and what the ids in messages mean, learnt from the messages themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from spn_demo.journal import Told

Data = Mapping[str, Any]
KNOWN_BY_TYPE = {
    "person": "people",
    "organisation": "organisations",
    "edition": "editions",
    "enrolment": "enrolments",
    "scheduling": "sessions",
    "billing": "accounts",
}
# What is told of an erasure names nobody any more: there is nothing to learn from it.
NAMELESS = frozenset({"person.erased.v1", "person.erasure-receipt.v1"})


@dataclass
class Names:
    """The newest known state of everything that messages name, by id. ``missed``: ids looked up in vain."""

    people: dict[str, Data] = field(default_factory=dict)
    organisations: dict[str, Data] = field(default_factory=dict)
    editions: dict[str, Data] = field(default_factory=dict)
    enrolments: dict[str, Data] = field(default_factory=dict)
    sessions: dict[str, Data] = field(default_factory=dict)
    accounts: dict[str, Data] = field(default_factory=dict)
    commands: dict[str, Told] = field(default_factory=dict)
    missed: set[str] = field(default_factory=set)
    _enrolment_of: dict[str, str] = field(default_factory=dict)
    _by_email: dict[str, str] = field(default_factory=dict)
    _newest: dict[tuple[str, str], int] = field(default_factory=dict)

    def learn(self, told: Told) -> None:
        """Take from a message what it says of the world. What is older than what is known changes nothing."""
        if told.is_command:
            self.commands.setdefault(told.id, told)
            return
        kind = KNOWN_BY_TYPE.get(told.type.partition(".")[0])
        if kind is None or not isinstance(told.data, dict) or told.type in NAMELESS:
            return
        if told.sequence <= self._newest.get((told.topic, told.subject), 0):
            return
        self._newest[told.topic, told.subject] = told.sequence
        getattr(self, kind)[told.subject] = told.data
        if kind == "accounts":
            self._enrolment_of.update({one["number"]: told.subject for one in told.data["documents"]})
        elif kind == "people":
            self._by_email[told.data["email"]] = told.subject

    def person(self, person_id: str) -> str:
        """A person's name; the beginning of the id while it is not known."""
        if person_id not in self.people:
            self.missed.add(person_id)
            return f"person {person_id[:8]}"
        return str(self.people[person_id]["name"])

    def organisation(self, organisation_id: str) -> str:
        """An organisation's name, without the legal form that nearly all of them have."""
        if organisation_id not in self.organisations:
            self.missed.add(organisation_id)
            return organisation_id
        return str(self.organisations[organisation_id]["legal_name"]).removeprefix("Stichting ")

    def participant(self, enrolment_id: str) -> str:
        """Who takes part by this enrolment."""
        found = self.enrolments.get(enrolment_id)
        if found is None:
            self.missed.add(enrolment_id)
            return f"enrolment {enrolment_id[:8]}"
        return self.person(found["participant_id"])

    def session(self, session_id: str) -> str:
        """A session's title, in Dutch as people know it."""
        return str(self.sessions.get(session_id, {}).get("title_nl", session_id))

    def theme(self, edition_id: str, theme_id: str) -> str:
        """A theme's name, in Dutch as people know it."""
        themes = self.editions.get(edition_id, {}).get("themes", ())
        return next((str(one["title_nl"]) for one in themes if one["theme_id"] == theme_id), theme_id)

    def whom(self, concerned: Iterable[str]) -> set[str]:
        """The person ids behind these: ids of people, enrolments and commands, numbers of documents, addresses."""
        found: set[str] = set()
        for one in concerned:
            if one in self.people:
                found.add(one)
            elif one in self._by_email:
                found.add(self._by_email[one])
            elif enrolment := self.enrolments.get(self._enrolment_of.get(one, one)):
                found |= {enrolment["participant_id"], *enrolment["former_participant_ids"]}
            elif command := self.commands.get(one):
                found |= self.whom(named_by(command))
        return found


def named_by(command: Told) -> list[str]:
    """Whom a command names: addresses and the enrolment."""
    data = command.data if isinstance(command.data, dict) else {}
    people = [data.get("participant", {}).get("email"), data.get("enrolment_id")]
    return [one for one in people if one]
