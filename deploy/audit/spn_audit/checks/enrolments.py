"""Enrolment's table against what it told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spn_audit import programme
from spn_audit.evidence import Evidence
from spn_audit.reading.enrolment import EnrolmentRow, GuestRow
from spn_audit.result import Check, Findings
from spn_audit.states import Edition, Enrolment, Guest


def as_told(seen: Evidence) -> Check:
    """Each row is what its newest event says, and the other way round."""
    found = Findings()
    told = seen.told_enrolments()
    for id_, row in seen.enrolment.enrolments.items():
        state = told[id_].state if id_ in told else None
        for difference in _differences(row, state if isinstance(state, Enrolment) else None):
            found.add(f"enrolment {id_}: {difference}", f"database of enrolment, enrolments and told, {id_}")
    for id_ in told.keys() - seen.enrolment.enrolments.keys():
        found.add(f"enrolment {id_} was told and is not stored", f"database of enrolment, table told, subject {id_}")
    for what, where in (*_guests(seen), *_others(seen)):
        found.add(what, where)
    counted = {
        "enrolments": len(seen.enrolment.enrolments),
        "guests": len(seen.enrolment.guests),
        "people": len(seen.enrolment.people),
        "organisations": len(seen.enrolment.organisations),
    }
    sentence = "What enrolment has stored is what it told, and the other way round."
    return Check("stored-as-told", sentence, counted, found.all(), sum(counted.values()))


def _differences(row: EnrolmentRow, state: Enrolment | None) -> Iterator[str]:
    if state is None:
        yield "it is stored and was never told"
        return
    pairs = {
        "status": (row.status, state.status),
        "participant": (row.participant, state.participant),
        "former participants": (set(row.former), set(state.former)),
        "edition": (row.edition, state.edition),
        "number": (row.number, state.number),
        "owed": (dict(row.owed), dict(state.owed)),
        "price": (dict(row.price), dict(state.price)),
        "entry of the journal": (row.entry, state.sealed.entry if state.sealed else row.entry),
    }
    yield from _pairs(pairs)


def _pairs(pairs: Mapping[str, tuple[object, object]]) -> Iterator[str]:
    """By name: what is stored, and what was told."""
    for name, (stored, said) in pairs.items():
        if stored != said:
            yield f"{name} is stored as {stored} and was told as {said}"


def _guests(seen: Evidence) -> Iterator[tuple[str, str]]:
    told = seen.told_guests()
    for id_ in sorted(seen.enrolment.guests.keys() | told.keys()):
        row, state = seen.enrolment.guests.get(id_), told[id_].state if id_ in told else None
        if row is None or not isinstance(state, Guest):
            what = "was told and is not stored" if row is None else "is stored and was never told"
            yield f"guest {id_} {what}", f"database of enrolment, tables guests and told, {id_}"
        for what in _pairs(_both(row, state)) if row and isinstance(state, Guest) else ():
            yield f"guest {id_}: {what}", f"database of enrolment, tables guests and told, {id_}"


def _both(row: GuestRow, state: Guest) -> dict[str, tuple[object, object]]:
    names = ("status", "edition", "enrolment", "organisation", "theme", "person")
    return {name: (getattr(row, name), getattr(state, name)) for name in names}


def _others(seen: Evidence) -> Iterator[tuple[str, str]]:
    for topic, stored, table in (
        (programme.PEOPLE, seen.enrolment.people, "people"),
        (programme.ORGANISATIONS, seen.enrolment.organisations, "organisations"),
        (programme.EDITIONS, set(seen.enrolment.editions), "editions"),
    ):
        for one in sorted(stored ^ set(seen.told(topic))):
            what = "is stored and was never told" if one in stored else "was told and is not stored"
            yield f"{one} of {table} {what}", f"database of enrolment, tables {table} and told"
    for id_, told in seen.told(programme.EDITIONS).items():
        row = seen.enrolment.editions.get(id_)
        if row and isinstance(told.state, Edition):
            names = ("state", "seats", "quotas")
            for what in _pairs({name: (getattr(row.terms, name), getattr(told.state, name)) for name in names}):
                yield f"edition {id_}: {what}", f"database of enrolment, tables editions and told, {id_}"
