"""The numbers of documents, and their files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from spn_audit.evidence import Evidence
from spn_audit.reading.billing import DocumentRow
from spn_audit.result import Check, Findings


def numbers_consecutive(seen: Evidence) -> Check:
    """Each series of a year runs from 1 on, and dates rise with the numbers."""
    found = Findings()
    series: dict[tuple[str, int], list[DocumentRow]] = defaultdict(list)
    for document in seen.billing.documents.values():
        series[document.series, document.year].append(document)
    for place in sorted(series.keys() | seen.billing.series.keys()):
        rows = sorted(series.get(place, []), key=lambda row: row.ordinal)
        for what in _wrong(rows, seen.billing.series.get(place)):
            where = f"database of billing, tables series and documents, series {place[0]}, year {place[1]}"
            found.add(f"series {place[0]} of {place[1]}: {what}", where, "spn billing check-series")
    sentence = "Invoices and credit notes are numbered without a gap, and their dates rise with the numbers."
    counted = {"series": len(series), "numbers": len(seen.billing.documents)}
    return Check("numbers-consecutive", sentence, counted, found.all(), len(seen.billing.documents))


def _wrong(rows: Sequence[DocumentRow], counter: tuple[int, date] | None) -> Iterator[str]:
    numbers = [row.ordinal for row in rows]
    if gone := sorted(set(range(1, (numbers or [0])[-1] + 1)) - set(numbers)):
        yield f"number {', '.join(map(str, gone[:5]))} is missing"
    for earlier, later in pairwise(rows):
        if later.issued_on < earlier.issued_on:
            yield f"{later.number} is dated {later.issued_on}, before {earlier.number} of {earlier.issued_on}"
    for row in rows:
        if row.number != f"{row.series}-{row.year}-{row.ordinal:04d}" or row.issued_on.year != row.year:
            yield f"{row.number} stands at place {row.ordinal} of {row.year}, dated {row.issued_on}"
    last = (numbers or [0])[-1]
    if counter is None:
        yield "the row that gives its numbers is not there"
    elif counter[0] != last:
        yield f"the last number given is {counter[0]}, the last document has {last}"


def files_intact(seen: Evidence) -> Check:
    """The stored file and the record on the topic are what their fingerprint says."""
    found = Findings()
    log = seen.log
    waiting = {key for _, key, _ in seen.waiting("billing")}
    cut = log is None or log.cut("spn.billing.documents")
    for document in seen.billing.documents.values():
        where = f"database of billing, table document_files, sha256 {document.sha256}"
        command = f"spn billing invoice {document.number}"
        if not document.intact:
            found.add(f"the stored file of {document.number} is not there, or not the one issued", where, command)
        if log is not None and document.sha256 not in log.files and not cut and document.sha256 not in waiting:
            found.add(f"the file of {document.number} is not on its topic", f"spn.billing.documents; {where}", command)
    for key, right in log.files.items() if log else ():
        if not right:
            found.add(f"the file under {key} has another fingerprint", "spn.billing.documents", "spn status")
    counted = {"files stored": len(seen.billing.documents), "files on the topic": len(log.files) if log else 0}
    sentence = (
        "Every document's file is the one that was issued, byte for byte, where it is stored and where it was told."
    )
    return Check("files-intact", sentence, counted, found.all(), len(seen.billing.documents))
