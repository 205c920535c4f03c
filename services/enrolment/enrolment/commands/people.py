"""What is asked about a person: to be erased; and the ends that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from enrolment.commands import examples
from enrolment.commands.editions import TOPIC
from enrolment.commands.enrolments import EnrolmentCommand
from enrolment.commands.fields import Author, Paragraph
from spn.messaging.contract import Command


class ErasePerson(Command):
    """Erase a person (AVG article 17): what is live is ended first, by its rules; what the law demands is kept.

    On the log of the person, since it concerns all editions.
    """

    topic: ClassVar[str] = TOPIC
    key: ClassVar[str] = "person_id"
    types: ClassVar[tuple[str, ...]] = ("person.erase.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.ERASE,)

    person_id: UUID
    by: Author | None = None
    reason: Paragraph | None = None


class EndEnrolment(EnrolmentCommand):
    """Enrolment's own: end it in whichever way its state has, since its participant is to be erased."""

    types: ClassVar[tuple[str, ...]] = ("enrolment.end.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.ABOUT_ONE,)
