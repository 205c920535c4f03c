"""The form on which people ask to be erased (AVG article 17), with what that brings about before the click."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from enrolment.commands import ErasePerson
from enrolment.pages import conditions
from enrolment.pages.form.fields import Field
from enrolment.pages.form.sheet import Values
from enrolment.pages.mistakes import Mistake
from enrolment.pages.own_form import Made, OwnForm, Shown
from enrolment.pages.reading import OwnEnrolment, live_of
from enrolment.pages.visit import Visit

SURE: Final = Field("erase.sure", "check")


@dataclass(frozen=True, slots=True)
class Ending:
    """A live enrolment that an erasure ends, and what stays owed of it, VAT excluded."""

    edition: str
    status: str
    cents: int


async def _shown(visit: Visit, own: OwnEnrolment) -> Shown:
    now = visit.desk.clock.now()
    endings = []
    for terms, enrolment in await visit.desk.read(lambda connection: live_of(connection, own.person.person_id)):
        seated = enrolment.status == "accepted"
        cents = conditions.cost_now(terms, enrolment, now).cents if seated else 0
        endings.append(Ending(visit.words.either(terms.title_nl, terms.title_en), enrolment.status, cents))
    return Shown({"endings": endings}, sum(ending.cents for ending in endings))


def _made(own: OwnEnrolment, values: Values) -> Made:
    if not values.get(SURE.name):
        return (Mistake(SURE.name, "empty"),)
    return ErasePerson(person_id=own.person.person_id, by="participant")


FORM: Final = OwnForm(
    "erase",
    (SURE,),
    may=lambda _visit, _own: True,
    begin=lambda _: {},
    made=_made,
    shown=_shown,
    ends_link=lambda _own, _values: True,
)
