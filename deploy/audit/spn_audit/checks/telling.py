"""What services told: complete, in order, each event once and always the same."""

from __future__ import annotations

from collections.abc import Iterable

from spn_audit.evidence import NO_TOPICS, Evidence
from spn_audit.log.book import LogBook
from spn_audit.log.chains import Chain
from spn_audit.log.record import Record
from spn_audit.result import Check, Finding, Findings, skipped

NAMED_MAX = 5


def told_complete(seen: Evidence) -> Check:
    """Every number that a database gave out is on its topic."""
    name = "told-complete"
    sentence = "Every event that was numbered is on its topic: the numbers of each key run on without a gap."
    if seen.log is None:
        return skipped(name, sentence, NO_TOPICS)
    found, numbers = Findings(), 0
    for service, mechanism in seen.mechanisms.items():
        outbox = set(seen.waiting(service))
        for (topic, key), last in mechanism.sequences.items():
            chain = seen.log.chains.get((topic, key), Chain())
            numbers += sum(len(run.digests) for run in chain.runs)
            missing = _missing(seen.log, topic, chain, last, may_leap=mechanism.has_leapt)
            gone = [number for number in missing if (topic, key, number) not in outbox]
            if gone:
                found.add(
                    f"{topic} lacks number {_listed(gone)} of key {key or '(empty)'}: {service} gave it out",
                    f"database of {service}, table sequences, topic {topic}, key {key}",
                    f"spn tail {topic} --from-beginning --no-follow",
                    key=f"{topic} {key} {gone[:NAMED_MAX]}",
                )
    keys = sum(len(mechanism.sequences) for mechanism in seen.mechanisms.values())
    return Check(name, sentence, {"keys": keys, "events": numbers}, found.all(), numbers)


def _missing(log: LogBook, topic: str, chain: Chain, last: int, *, may_leap: bool) -> list[int]:
    """Numbers that are not there and should be, the first few of each kind."""
    cut = log.cut(topic)
    missing = sorted(chain.missing)[:NAMED_MAX]
    if not chain.runs:
        return [] if cut or may_leap else list(range(1, last + 1))[:NAMED_MAX]
    if not cut and chain.first > 1 and not may_leap:
        missing += range(1, min(chain.first, NAMED_MAX + 1))
    if chain.leaps and not may_leap:
        missing += [run.first - 1 for run in chain.runs[1:]]
    if chain.last < last:
        missing += range(chain.last + 1, min(last, chain.last + NAMED_MAX) + 1)
    return missing


def newest_told(seen: Evidence) -> Check:
    """What republish would tell is what was told."""
    name, sentence = "newest-told", "The newest event of everything is on its topic, byte for byte as its owner has it."
    if seen.log is None:
        return skipped(name, sentence, NO_TOPICS)
    found, examined = Findings(), 0
    for service, mechanism in seen.mechanisms.items():
        outbox = set(seen.waiting(service))
        for topic, some in mechanism.told.items():
            cut = seen.log.cut(topic)
            for subject, told in some.items():
                examined += 1
                chain = seen.log.chains.get((topic, told.key))
                there = chain.digest_of(told.sequence) if chain else None
                waits = (topic, told.key, told.sequence) in outbox
                if there != told.digest and not (there is None and (cut or waits)):
                    what = "is not on" if there is None else "is another on"
                    found.add(
                        f"the newest event of {subject} ({told.type}, number {told.sequence}) {what} {topic}",
                        f"database of {service}, table told, topic {topic}, subject {subject}",
                        f"spn {service} republish --topic {topic}",
                    )
    return Check(name, sentence, {"aggregates": examined}, found.all(), examined)


def in_order(seen: Evidence) -> Check:
    """First seen in the order of their numbers."""
    name = "in-order"
    sentence = "The events of each key were told in the order of their numbers; a repetition may come at any time."
    if seen.log is None:
        return skipped(name, sentence, NO_TOPICS)
    found = [_of_record(one, "came after a later one of its key") for one in seen.log.late if not _cut(seen.log, one)]
    counted = {"keys": len(seen.log.chains), "events": seen.log.told.total(), "repeated": seen.log.repeated}
    return Check(name, sentence, counted, found, seen.log.told.total())


def same_bytes(seen: Evidence) -> Check:
    """An id stands for one content."""
    name, sentence = "same-bytes", "An event that was told again was the same, byte for byte."
    if seen.log is None:
        return skipped(name, sentence, NO_TOPICS)
    found = [_of_record(one, "is not what was told under its number before") for one in seen.log.changed]
    return Check(name, sentence, {"repeated": seen.log.repeated + len(found)}, found, seen.log.told.total())


def owners_only(seen: Evidence) -> Check:
    """Nobody else writes on a service's topics."""
    name = "owners-only"
    sentence = "Every record on a topic of events was told by the owner: its id follows from topic, key and number."
    if seen.log is None:
        return skipped(name, sentence, NO_TOPICS)
    found = [_of_record(one, "was told by no service") for one in seen.log.foreign]
    found += [_of_record(one, "does not hold what its contract promises") for one in seen.log.unreadable]
    counted = {"events": seen.log.told.total()}
    if seen.log.strange:
        counted["of strangers, as the ledger says"] = len(seen.log.strange)
    return Check(name, sentence, counted, found, seen.log.records)


def _of_record(record: Record, what: str) -> Finding:
    kind = record.type or "a record without a type"
    return Finding(
        f"{kind} {record.id or ''} (number {record.sequence} of key {record.key[:80]}) {what}",
        f"{record.topic}, partition {record.partition}, offset {record.offset}",
        f"spn tail {record.topic} --from-beginning --no-follow --json",
    )


def _cut(log: LogBook, record: Record) -> bool:
    """Told again from before the beginning of what is kept: nobody can say whether it was out of order."""
    chain = log.chains[record.topic, record.key]
    return log.cut(record.topic) and record.sequence < chain.first


def _listed(numbers: Iterable[int]) -> str:
    some = list(numbers)
    return ", ".join(str(number) for number in some[:NAMED_MAX]) + (" and more" if len(some) > NAMED_MAX else "")
