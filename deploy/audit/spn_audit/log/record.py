"""A record as it stands on its topic, whatever it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Record:
    """``headers`` as text, the last of a name wins; what is not text is replaced, and ``clean`` is false."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: str
    value: bytes
    headers: Mapping[str, str]
    clean: bool = True

    @property
    def place(self) -> tuple[str, int, int]:
        return self.topic, self.partition, self.offset

    @property
    def id(self) -> str | None:
        """The id in its usual form; None when it has none that can be one."""
        try:
            return str(UUID(self.headers.get("ce_id", "")))
        except ValueError:
            return None

    @property
    def type(self) -> str:
        return self.headers.get("ce_type", "")

    @property
    def subject(self) -> str:
        return self.headers.get("ce_subject", "")

    @property
    def time(self) -> str:
        return self.headers.get("ce_time", "")

    @property
    def cause(self) -> str:
        """The message that it followed from; empty when that is not said."""
        return self.headers.get("ce_causationid", "")

    @property
    def sequence(self) -> int:
        """Its number within topic and key; 0 when it has none."""
        said = self.headers.get("ce_sequence", "")
        return int(said) if said.isascii() and said.isdigit() and len(said) <= 20 else 0
