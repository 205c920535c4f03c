"""What billing needs to know besides what every service does: who sells, on what terms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, field_validator, model_validator
from stdnum import iban
from stdnum.exceptions import ValidationError as NumberError
from stdnum.nl import btw

from billing.domain.parties import Seller
from billing.vat import load_table
from spn.settings import ServiceSettings

# Clearly nobody: for the local profile only. In production each of these must be given.
LOCAL_SELLER = {
    "billing_seller_name": "Stichting SPN (voorbeeld)",
    "billing_seller_street": "Voorbeeldstraat 1",
    "billing_seller_postcode": "1234 AB",
    "billing_seller_city": "Voorbeeldstad",
    "billing_seller_kvk": "12345678",
    "billing_seller_vat_id": "NL000099998B57",
    "billing_seller_iban": "NL04VOOR0123456789",
    "billing_seller_email": "facturen@spn.example",
    "billing_seller_crkbo": True,
}


class Settings(ServiceSettings):
    """Billing's settings. What is written on every invoice is checked before the first one is made."""

    billing_seller_name: str = Field(min_length=1, max_length=200, description="Full legal name of the seller.")
    billing_seller_street: str = Field(min_length=1, max_length=200, description="Its street and number, no PO box.")
    billing_seller_postcode: str = Field(min_length=1, max_length=20, description="Its postcode.")
    billing_seller_city: str = Field(min_length=1, max_length=100, description="Its city.")
    billing_seller_country: str = Field("NL", pattern="^[A-Z]{2}$", description="Its country, ISO 3166.")
    billing_seller_kvk: str = Field(pattern="^[0-9]{8}$", description="Its KVK number.")
    billing_seller_vat_id: str = Field(description="Its VAT id (btw-id).")
    billing_seller_iban: str = Field(description="The account on which it is paid.")
    billing_seller_email: str = Field(pattern="^[^@ ]+@[^@ ]+$", description="Where questions about invoices go.")
    billing_seller_crkbo: bool = Field(
        description="Whether it is in the CRKBO register, so that its courses are exempt from VAT."
    )
    billing_series: str = Field("LN", pattern="^[A-Z]{1,8}$", description="Name of the series: LN-2027-0001.")
    billing_payment_days: int = Field(30, ge=1, le=60, description="Payment term.")
    billing_vat_table: Path | None = Field(
        None, description="Dated VAT table (TOML) instead of the one that comes along."
    )

    @model_validator(mode="before")
    @classmethod
    def _local_seller(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("spn_profile") == "local":
            return {**LOCAL_SELLER, **values}
        return values

    @field_validator("billing_seller_vat_id")
    @classmethod
    def _is_vat_id(cls, value: str) -> str:
        try:
            return f"NL{btw.validate(value)}"
        except NumberError as error:
            raise ValueError(f"is no Dutch VAT id: {error}") from None

    @field_validator("billing_seller_iban")
    @classmethod
    def _is_iban(cls, value: str) -> str:
        try:
            return str(iban.validate(value))
        except NumberError as error:
            raise ValueError(f"is no IBAN: {error}") from None

    @field_validator("billing_vat_table")
    @classmethod
    def _is_vat_table(cls, value: Path | None) -> Path | None:
        try:
            load_table(value, crkbo=True)
        except OSError as error:
            raise ValueError(f"cannot be read: {error.strerror}") from None
        except ValueError as error:
            raise ValueError(f"makes no sense: {error}") from None
        return value

    @property
    def seller(self) -> Seller:
        """Who sells, as it stands on every document."""
        return Seller(
            legal_name=self.billing_seller_name,
            street=self.billing_seller_street,
            postcode=self.billing_seller_postcode,
            city=self.billing_seller_city,
            country=self.billing_seller_country,
            kvk=self.billing_seller_kvk,
            vat_id=self.billing_seller_vat_id,
            iban=self.billing_seller_iban,
            email=self.billing_seller_email,
        )
