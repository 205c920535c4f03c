"""Who is spoken of: people, one per e-mail address, and organisations, one per legal number."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

Language: TypeAlias = Literal["nl", "en"]
HolidayRegion: TypeAlias = Literal["north", "middle", "south"]


@dataclass(frozen=True, slots=True)
class Person:
    """A participant or a payer's contact, the same one in every edition.

    ``email`` is normalised and is what tells people apart. ``revision`` counts corrections: no edition's lock guards a
    person, so the store writes only over the revision it read.
    """

    person_id: UUID
    name: str
    email: str
    language: Language
    revision: int = 0

    @property
    def is_erased(self) -> bool:
        """Nothing is known of them any more: what stands here is what an erasure left."""
        return self.email == f"erased-{self.person_id}@erased.invalid"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A library or another payer. ``revision`` as for a person."""

    organisation_id: str
    legal_name: str
    kvk: str | None
    oin: str | None
    street: str
    postcode: str
    city: str
    country: str
    poi: str | None
    province: str | None
    holiday_region: HolidayRegion | None
    revision: int = 0


def normalised_email(address: str) -> str:
    """The one form in which addresses are compared and used: trimmed, NFC, case folded.

    The local part too: RFC 5321 lets a server tell ``Jan@`` from ``jan@``, but none that people use does.
    """
    return unicodedata.normalize("NFC", address.strip()).casefold()


def organisation_id(kvk: str | None, oin: str | None) -> str:
    """The identity of an organisation: its KVK number (8 digits), else its OIN (20 digits).

    :raises ValueError: neither is given.
    """
    if kvk:
        return f"kvk-{kvk}"
    if oin:
        return f"oin-{oin}"
    raise ValueError("an organisation needs a KVK number or an OIN")
