"""The export as an answer that flows: a page at a time, each in its own turn: a slow reader holds no connection."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

from fastapi.responses import StreamingResponse

from enrolment.http import export, reading, shapes
from spn.admitted import read
from spn.messaging.edge import Edge
from spn.problems import ProblemError

Page = shapes.Page[shapes.EnrolmentView]


class CsvResponse(StreamingResponse):
    """CSV, as it comes."""

    media_type = "text/csv"


async def csv_of(edge: Edge, wanted: reading.Wanted) -> CsvResponse:
    """All enrolments that are wanted. Its first page is read before it begins: what fails then is a problem.

    What fails later breaks the answer off, which a client sees: it lacks its end.

    :raises ProblemError: there is no such edition.
    """
    first = await read(edge, partial(reading.enrolments, wanted=wanted))
    if first is None:
        raise ProblemError(404, "unknown-edition", "There is no such edition")
    headers = {"content-disposition": f'attachment; filename="{wanted.edition_id}.csv"'}
    return CsvResponse(_lines(edge, wanted, first), headers=headers)


async def _lines(edge: Edge, wanted: reading.Wanted, page: Page) -> AsyncIterator[str]:
    yield export.heading() + export.lines(page.items)
    while page.next is not None:
        following = replace(wanted, after=int(page.next))
        found = await read(edge, partial(reading.enrolments, wanted=following))
        if found is None:
            return
        page = found
        yield export.lines(page.items)
