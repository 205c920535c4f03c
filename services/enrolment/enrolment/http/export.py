"""Enrolments as CSV, for a spreadsheet: RFC 4180, UTF-8 with a mark, and no cell that a spreadsheet would execute."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from enrolment.http.shapes import EnrolmentView

COLUMNS = (
    *("number", "status", "position", "name", "email", "language", "library", "city", "poi", "province"),
    *("requested_at", "offer_expires_at", "commitment", "commitment_ends_on", "owed_cents", "payers", "enrolment_id"),
)
BYTE_ORDER_MARK = "\ufeff"
"""Without it a spreadsheet takes the file for an old code page, and names lose their accents."""
_EXECUTED = ("=", "+", "-", "@", "\t", "\r", "\n")


def heading() -> str:
    """The mark and the names of the columns."""
    return BYTE_ORDER_MARK + _line(COLUMNS)


def lines(some: Iterable[EnrolmentView]) -> str:
    """A line for each of these enrolments."""
    return "".join(_line(_cells(one)) for one in some)


def _cells(one: EnrolmentView) -> tuple[object, ...]:
    owed = sum(line.owed_cents for payer in one.payers for line in payer.lines)
    payers = " ".join(payer.organisation_id for payer in one.payers)
    person, library = one.participant, one.library
    return (
        *(one.number, one.status, one.position, person.name, person.email, person.language),
        *(library.legal_name, library.city, library.poi, library.province),
        *(one.requested_at.isoformat(), one.offer_expires_at.isoformat() if one.offer_expires_at else None),
        *(one.commitment, one.commitment_ends_on, owed, payers, one.enrolment_id),
    )


def _line(cells: Iterable[object]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return written.getvalue()


def harmless(cell: object) -> str:
    """The text of a cell; what a spreadsheet would take for a formula begins with an apostrophe (OWASP)."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_EXECUTED) and not isinstance(cell, int) else text
