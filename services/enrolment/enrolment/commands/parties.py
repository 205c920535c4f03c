"""People and organisations as a command names them."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from enrolment.commands.fields import Email, Kvk, LanguageCode, Name, Oin, Postcode, Street, Word
from enrolment.domain.parties import HolidayRegion, organisation_id


class Part(BaseModel):
    """A part of a command: closed and frozen, as a command is."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PersonDetails(Part):
    """Someone, and the language to write in."""

    name: Name
    email: Email
    language: LanguageCode = "nl"


class OrganisationDetails(Part):
    """An organisation as invoices need it. At least one of KVK and OIN; the KVK number is its identity if given."""

    legal_name: Name
    kvk: Kvk | None = None
    oin: Oin | None = None
    street: Street
    postcode: Postcode
    city: Word
    country: Literal["NL"] = "NL"
    poi: Word | None = None
    province: Word | None = None
    holiday_region: HolidayRegion | None = None

    @model_validator(mode="after")
    def _has_a_legal_number(self) -> Self:
        if not self.kvk and not self.oin:
            raise ValueError("needs a KVK number (8 digits) or an OIN (20 digits)")
        return self

    @property
    def organisation_id(self) -> str:
        """Its identity, from its legal number."""
        return organisation_id(self.kvk, self.oin)


class PayerDetails(Part):
    """Who pays, and who gets the invoice. Without an organisation the library pays."""

    organisation: OrganisationDetails | None = None
    contact_name: Name
    contact_email: Email
    language: LanguageCode = "nl"
    reference: Word | None = None

    @property
    def contact(self) -> PersonDetails:
        """Whom to write to."""
        return PersonDetails.model_construct(name=self.contact_name, email=self.contact_email, language=self.language)


class Share(Part):
    """Which part of the price somebody pays: a percentage of each line, or an amount spread over the lines."""

    percent: int | None = Field(default=None, ge=1, le=100, strict=True)
    amount_cents: int | None = Field(default=None, ge=1, le=10_000_000, strict=True)

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.percent is None) == (self.amount_cents is None):
            raise ValueError("needs either percent or amount_cents")
        return self


class FurtherPayer(PayerDetails):
    """Who pays a part of the price beside the payer, for example a subsidy."""

    organisation: OrganisationDetails
    share: Share


def payer_id(library: OrganisationDetails, payer: PayerDetails) -> str:
    """The organisation that pays what others leave: the one named, else the library."""
    return (payer.organisation or library).organisation_id
