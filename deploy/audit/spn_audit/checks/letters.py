"""Dead letters: what was injected and nothing else; without a ledger each of them waits for a person."""

from __future__ import annotations

from collections import Counter

from spn_audit.evidence import Evidence
from spn_audit.reading.mechanism import Letter
from spn_audit.result import Check, Findings

REPLAYED = "replayed"


def dead_letters(seen: Evidence) -> Check:
    """Against the ledger when there is one."""
    found = Findings()
    letters = [(service, letter) for service, one in seen.mechanisms.items() for letter in one.letters]
    if seen.ledger:
        _exactly_the_poison(seen, letters, found)
    else:
        for service, letter in letters:
            if letter.outcome is None:
                found.add(*_described(service, letter), key=f"{service} {letter.id}", severity="attention")
    counted = {
        "open": sum(letter.outcome is None for _, letter in letters),
        "closed": sum(letter.outcome is not None for _, letter in letters),
        **({"injected": len(seen.ledger.poison)} if seen.ledger else {}),
    }
    sentence = (
        "The dead letters are exactly what was injected."
        if seen.ledger
        else "No message waits as a dead letter for a person."
    )
    return Check("dead-letters", sentence, counted, found.all(), len(letters))


def _exactly_the_poison(seen: Evidence, letters: list[tuple[str, Letter]], found: Findings) -> None:
    assert seen.ledger is not None
    there = Counter((service, letter.place) for service, letter in letters)
    for (service, place), what in seen.ledger.poison.items():
        # Who emptied a database took its letters away too.
        if there[service, place] != 1 and not (service in seen.ledger.dropped and not there[service, place]):
            topic, partition, offset = place
            found.add(
                f"{service} has {there[service, place]} dead letters of a record with {what}, and should have one",
                f"{topic}, partition {partition}, offset {offset}",
                f"spn dead-letters list {service}",
                key=f"{service} {place} {there[service, place]}",
            )
    for service, letter in letters:
        mended = letter.outcome == REPLAYED and (service, letter.place) in seen.ledger.mended
        if not mended and (service, letter.place) not in seen.ledger.poison:
            found.add(*_described(service, letter))


def _described(service: str, letter: Letter) -> tuple[str, str, str]:
    waits = "waits behind another" if letter.parked else letter.error or "was put aside"
    return (
        f"{service} could not handle a message in {letter.handler} ({waits})",
        f"{letter.topic}, partition {letter.partition}, offset {letter.offset}; letter {letter.id}",
        f"spn dead-letters show {service} {letter.id}",
    )
