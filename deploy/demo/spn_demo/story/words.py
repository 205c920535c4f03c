"""How the story says amounts, days and numbers: in English, as the Netherlands see the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def euros(cents: int) -> str:
    """€1,250.00: as English has it, and no line breaks in it."""
    return f"€{cents / 100:,.2f}"


def day(value: date | str) -> str:
    """Thursday 14 January 2027."""
    found = _date(value)
    return f"{found:%A} {found.day} {found:%B %Y}"


def short_day(value: date | str) -> str:
    """14 January."""
    found = _date(value)
    return f"{found.day} {found:%B}"


def moment(value: str) -> str:
    """Friday 5 February at 14:05."""
    local = local_time(value)
    return f"{local:%A} {local.day} {local:%B} at {local:%H:%M}"


def span(starts_at: str, ends_at: str) -> str:
    """Thu 11 March 09:30-16:30."""
    start, end = local_time(starts_at), local_time(ends_at)
    return f"{start:%a} {start.day} {start:%B} {start:%H:%M}-{end:%H:%M}"


def local_time(value: str) -> datetime:
    """An instant as the Netherlands see it."""
    return datetime.fromisoformat(value).astimezone(AMSTERDAM)


def counted(number: int, one: str, many: str | None = None) -> str:
    """1 seat, 12 seats."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(parts: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def _date(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
