"""What participants and guests ask about an invitation, and the wake-up at its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from enrolment.commands import examples
from enrolment.commands.editions import TOPIC, ThemeId
from enrolment.commands.enrolments import EnrolmentCommand
from enrolment.commands.fields import Author, Slug
from enrolment.commands.parties import PersonDetails
from spn.messaging.contract import Command


class InviteGuest(EnrolmentCommand):
    """Invite somebody of the library, or a partner of it, to the days of one theme."""

    types: ClassVar[tuple[str, ...]] = ("enrolment.invite-guest.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.INVITE,)

    theme_id: ThemeId
    guest: PersonDetails


class GuestCommand(Command):
    """A command about a guest that is there."""

    topic: ClassVar[str] = TOPIC
    key: ClassVar[str] = "edition_id"

    edition_id: Slug
    guest_id: UUID
    by: Author | None = None

    @property
    def lane(self) -> str:
        """The guest it is about."""
        return f"{self.edition_id}/{self.guest_id}"


class ConfirmGuest(GuestCommand):
    """Accept an invitation."""

    types: ClassVar[tuple[str, ...]] = ("enrolment.confirm-guest.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.ABOUT_GUEST,)


class DeclineGuest(GuestCommand):
    """Decline an invitation, or stay away after all."""

    types: ClassVar[tuple[str, ...]] = ("enrolment.decline-guest.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.ABOUT_GUEST,)


class LapseGuest(GuestCommand):
    """Enrolment's own wake-up at the end of an invitation. Without authority: before it, nothing happens."""

    types: ClassVar[tuple[str, ...]] = ("guest.lapse.v1",)
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (examples.ABOUT_GUEST,)
