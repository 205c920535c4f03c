"""An edition's terms as the YAML that a person may change: what was published, in the order of the schema."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

import yaml

from enrolment.domain.calendar import AMSTERDAM
from enrolment.domain.terms import Terms


def as_yaml(terms: Terms) -> str:
    """The document of these terms: reading it gives the same terms again. Instants are in Dutch time."""
    text: str = yaml.safe_dump(plain(terms), sort_keys=False, allow_unicode=True, width=1_000)
    return text


def plain(terms: Terms) -> dict[str, Any]:
    """The terms as data that JSON and YAML can hold."""
    return {field.name: _plain(getattr(terms, field.name)) for field in fields(terms)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(AMSTERDAM).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int) else asdict(value)
