"""Putting a command of an organiser on the log, once per form."""

from __future__ import annotations

from fastapi.responses import Response

from enrolment.organiser.visit import OfficeVisit
from enrolment.pages.putting import put
from enrolment.pages.visit import see_other
from spn.messaging.contract import Command


async def send(visit: OfficeVisit, command: Command, key: str, subject: str) -> Response:
    """The way to the answer. ``subject`` is whose answer it is: ``edition/ID``, ``enrolment/ID`` or ``person/ID``.

    :raises NotPutError: it is not on the log.
    """
    submitted = await put(visit, command, key, subject=visit.by)
    name = visit.desk.tickets.answer(subject, submitted.command_id)
    kind, _, id_ = subject.partition("/")
    return see_other(visit.to(f"{kind}_answer", name=name, **{f"{kind}_id": id_}))
