"""The proof of the waiting list: each journal by itself, against what was told of it, and against the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from spn_audit.evidence import Evidence
from spn_audit.journal import Journal
from spn_audit.log.seals import Told
from spn_audit.reading.enrolment import EnrolmentRow
from spn_audit.result import Check, Findings

JOURNAL = "database of enrolment, table journal, edition_id {}"
ROWS = "database of enrolment, tables enrolments and journal, enrolment_id {}"
VERIFY = "spn enrolment verify-waiting-list {}"


def journal_sealed(seen: Evidence) -> Check:
    """Every seal made anew, the last one against the edition's row, and all that were told against the table."""
    found, entries, told = Findings(), 0, 0
    for edition in sorted(seen.enrolment.editions.keys() | seen.enrolment.journals.keys()):
        journal = _journal(seen, edition)
        entries += journal.count
        for what in (*journal.broken, *_end(seen, journal)):
            found.add(f"edition {edition}: {what}", JOURNAL.format(edition), VERIFY.format(edition))
    for (edition, topic), seals in seen.log.seals.items() if seen.log else ():
        told += len(seals)
        for what, offset in _not_as_told(_journal(seen, edition), topic, seals):
            where = f"{topic}, partition {seals.partition}, offset {offset}; {JOURNAL.format(edition)}"
            found.add(f"edition {edition}: {what}", where, VERIFY.format(edition))
    sentence = "Each edition's journal is an unbroken chain of seals, and holds every seal that was told."
    return Check("journal-sealed", sentence, {"entries": entries, "seals told": told}, found.all(), entries)


def _journal(seen: Evidence, edition: str) -> Journal:
    return seen.enrolment.journals.get(edition) or Journal(edition)


def _end(seen: Evidence, journal: Journal) -> Iterator[str]:
    row = seen.enrolment.editions.get(journal.edition)
    if row is None:
        yield f"there are {journal.count} entries of it, and it is not there"
        return
    if row.journal_entries != journal.end:
        yield f"its row says {row.journal_entries} entries, and the journal ends at {journal.end}"
    elif row.journal_head != journal.head:
        yield f"its row has another last seal than entry {journal.end} of the journal"


def _not_as_told(journal: Journal, topic: str, seals: Told) -> Iterator[tuple[str, int]]:
    """The first entry that is another, and the first that is not there: what comes after an entry stands on it."""
    other: tuple[int, int] | None = None
    gone: tuple[int, int] | None = None
    for entry, seal, offset in seals:
        there = journal.seal_at(entry)
        if there is None:
            gone = min(gone or (entry, offset), (entry, offset))
        elif there != seal:
            other = min(other or (entry, offset), (entry, offset))
    if other:
        yield f"entry {other[0]} was told with another seal on {topic}: the journal was changed since", other[1]
    if gone:
        yield f"entry {gone[0]} was told on {topic} and is not in the journal", gone[1]


def line_as_sealed(seen: Evidence) -> Check:
    """What became of everybody, and who waits at which place, by the entries of the journal alone.

    Release 0.1 kept no journal. Who is in none is counted and not judged, nor is the line of that edition.
    """
    found = Findings()
    older = Counter(row.edition for id_, row in seen.enrolment.enrolments.items() if _is_older(seen, id_, row))
    for id_, row in seen.enrolment.enrolments.items():
        journal = _journal(seen, row.edition)
        for what in _differences(id_, row, journal, known=journal.whole and not older[row.edition]):
            sentence = f"request {row.number} of {row.edition} ({id_}) {what}"
            found.add(sentence, ROWS.format(id_), VERIFY.format(row.edition))
    for edition, journal in seen.enrolment.journals.items():
        for what in journal.unfair if journal.whole and not older[edition] else ():
            found.add(f"edition {edition}: {what}", JOURNAL.format(edition), VERIFY.format(edition))
        for id_ in sorted(journal.last.keys() - seen.enrolment.enrolments.keys()):
            what = f"enrolment {id_} is in the journal of {edition} and not in its table"
            found.add(what, ROWS.format(id_), VERIFY.format(edition))
    examined = len(seen.enrolment.enrolments)
    waiting = sum(len(journal.line) for journal in seen.enrolment.journals.values())
    counted = {"enrolments": examined - older.total(), "in line": waiting, "older than the journal": older.total()}
    sentence = "What became of each request, and the order of who waits, are what the journal says."
    return Check("line-as-sealed", sentence, counted, found.all(), examined)


def _is_older(seen: Evidence, id_: str, row: EnrolmentRow) -> bool:
    return row.entry == 0 and id_ not in _journal(seen, row.edition).last


def _differences(id_: str, row: EnrolmentRow, journal: Journal, *, known: bool) -> Iterator[str]:
    """``known``: the journal begins with the first request, so that it knows the whole line."""
    if row.entry != journal.last.get(id_, 0):
        yield f"says that entry {row.entry} is its last one, which is {journal.last.get(id_, 0)}"
    if row.number != (request := journal.requests.get(id_, row.number)):
        yield f"is request {row.number} in its table and {request} by the journal"
    status = journal.statuses.get(id_) or row.status
    if row.status != status:
        yield f"is {row.status} in its table and {status} by the journal"
    elif known and status == "waiting" and row.place != journal.line.place(id_):
        yield f"has place {row.place} in its table and {journal.line.place(id_)} by the journal"
