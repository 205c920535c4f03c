"""All SQL of enrolment: editions with their children, many at once."""

from __future__ import annotations

from collections.abc import Sequence

from enrolment.domain.edition import Edition
from enrolment.store.erasures import ERASURES
from enrolment.store.keys import (
    the_edition,
    the_enrolment,
    the_enrolment_and_all_named,
    the_enrolment_and_guest,
    the_enrolment_and_its_guests,
    the_enrolment_and_its_rank,
    the_enrolment_and_substitute,
    the_enrolment_and_the_line,
    the_guest,
    the_people_and_organisations,
    the_whole_edition,
)
from enrolment.store.load import load_editions
from enrolment.store.save import save_editions
from enrolment.store.sessions import SESSIONS
from spn.messaging.policies import Connection, Key

__all__ = [
    "EDITIONS",
    "ERASURES",
    "SESSIONS",
    "Editions",
    "the_edition",
    "the_enrolment",
    "the_enrolment_and_all_named",
    "the_enrolment_and_guest",
    "the_enrolment_and_its_guests",
    "the_enrolment_and_its_rank",
    "the_enrolment_and_substitute",
    "the_enrolment_and_the_line",
    "the_guest",
    "the_people_and_organisations",
    "the_whole_edition",
]


class Editions:
    """The aggregate of this service. An edition that is not there is loaded empty and inserted when published."""

    name = "edition"

    async def load(self, connection: Connection, keys: Sequence[Key]) -> dict[str, Edition]:
        return await load_editions(connection, keys)

    async def save(self, connection: Connection, changes: Sequence[tuple[Edition, Edition]]) -> None:
        await save_editions(connection, changes)


EDITIONS = Editions()
