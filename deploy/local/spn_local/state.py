"""What a stack remembers between starts: its ports and its passwords."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class StackState:
    """Made at the first start, kept until the stack's directory is thrown away.

    `ephemeral`: that is at its end; a directory that outlived its stack may be thrown away by anybody.
    """

    ports: dict[str, int] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    socket_directory: str | None = None
    ephemeral: bool = False

    @classmethod
    def load(cls, file: Path) -> StackState:
        """The remembered state; a new one when there is none."""
        try:
            return cls(**json.loads(file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return cls()

    def save(self, file: Path) -> None:
        """Remember, readable by the owner only."""
        write_private(file, json.dumps(asdict(self), indent=2, sort_keys=True) + "\n")

    def password(self, purpose: str) -> str:
        """The password for this purpose (such as `kafka:billing`), made at the first question."""
        return self.passwords.setdefault(purpose, secrets.token_urlsafe(18))


def write_private(file: Path, text: str) -> None:
    """Write a file as a whole, mode 0600 from its first byte."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    fresh.replace(file)
