"""The kinds of fields that commands are made of, each with its limit and a plain message when it is broken.

What could hurt further on is refused here: control characters and lone surrogates (a NUL cannot be stored, a line
break forges a mail header), marks that turn text around, text that is only space. Messages never repeat the value.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from enrolment.domain.parties import normalised_email

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"(?=.{{3,254}}\Z)(?=[^@]{{1,64}}@){_LOCAL}@(?:{_LABEL}\.)+(?=[A-Za-z]){_LABEL}")
_POSTCODE = re.compile(r"([1-9][0-9]{3}) ?([A-Z]{2})")
_PO_BOX = re.compile(r"(?:postbus|p\.?\s?o\.?\s?box|antwoordnummer)\b", re.IGNORECASE)
_REFUSED_CATEGORIES = {
    "Cc": "a control character",
    "Cs": "half a character",
    "Zl": "a line separator",
    "Zp": "a line separator",
}
_TURNING = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# The characters of those categories, and the marks: looked for in one go, as every field of every command is.
_UNFIT = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029{_TURNING}]")
_UNFIT_IN_PARAGRAPH = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029{_TURNING}]")


def _refuse_unfit(text: str, unfit: re.Pattern[str] = _UNFIT) -> None:
    if found := unfit.search(text):
        if found[0] in _TURNING:
            raise ValueError("must not hold marks that turn the direction of text")
        raise ValueError(f"must not hold {_REFUSED_CATEGORIES[unicodedata.category(found[0])]}")


def _one_line(text: str) -> str:
    trimmed = unicodedata.normalize("NFC", text.strip())
    if not trimmed:
        raise ValueError("must not be empty")
    _refuse_unfit(trimmed)
    return trimmed


def _paragraph(text: str) -> str:
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").strip())
    if not plain:
        raise ValueError("must not be empty")
    _refuse_unfit(plain, _UNFIT_IN_PARAGRAPH)
    return plain


def _email(address: str) -> str:
    if not _EMAIL.fullmatch(unicodedata.normalize("NFC", address.strip())):
        raise ValueError("must be an e-mail address like name@library.example, in ASCII (a domain in its xn-- form)")
    return normalised_email(address)


def _postcode(text: str) -> str:
    match = _POSTCODE.fullmatch(text.strip().upper())
    if not match:
        raise ValueError("must be a Dutch postcode like 1234 AB")
    return f"{match[1]} {match[2]}"


def _street(text: str) -> str:
    if _PO_BOX.match(text):
        raise ValueError("must be a street address: a PO box is not enough on an invoice")
    return text


def as_text(value: object) -> object:
    """A day or an instant as people write it."""
    # pydantic would take a number for seconds since 1970.
    if isinstance(value, int | float):
        raise ValueError("must be text in the form of RFC 3339")
    return value


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


Word: TypeAlias = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_one_line)]
Author: TypeAlias = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_one_line)]
"""Who sends a command. As long as the subject of a token may be (OpenID Connect Core 1.0, section 2)."""
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_one_line)]
Sentence: TypeAlias = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
Paragraph: TypeAlias = Annotated[str, Field(min_length=1, max_length=1_000), AfterValidator(_paragraph)]
Essay: TypeAlias = Annotated[str, Field(min_length=1, max_length=4_000), AfterValidator(_paragraph)]
Email: TypeAlias = Annotated[str, Field(min_length=3, max_length=300), AfterValidator(_email)]
Street: TypeAlias = Annotated[Name, AfterValidator(_street)]
Postcode: TypeAlias = Annotated[str, Field(min_length=6, max_length=10), AfterValidator(_postcode)]
Kvk: TypeAlias = Annotated[str, Field(pattern=r"^[0-9]{8}$")]
Oin: TypeAlias = Annotated[str, Field(pattern=r"^[0-9]{20}$")]
Slug: TypeAlias = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Instant: TypeAlias = Annotated[AwareDatetime, BeforeValidator(as_text), AfterValidator(_utc)]
Cents: TypeAlias = Annotated[int, Field(ge=0, le=10_000_000, strict=True)]
Percent: TypeAlias = Annotated[int, Field(ge=0, le=100, strict=True)]
LanguageCode: TypeAlias = Literal["nl", "en"]
