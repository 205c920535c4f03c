"""What the pages sign: that a form is ours and new, and which answer a link may show. Real time, no sessions."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from itsdangerous import BadData, Signer, URLSafeTimedSerializer

FORM_SECONDS_MAX: Final = 12 * 3600
"""How long a form may lie open before it has to be sent once more."""
ANSWER_SECONDS_MAX: Final = 48 * 3600
_KEY_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Ticket:
    """A form of ours: its Idempotency-Key, and what the page said that the answer depends on."""

    key: str
    shown: int


class Tickets:
    """Signs with the newest of its secrets and knows what any of them has signed."""

    def __init__(self, newest_first: Sequence[str]) -> None:
        oldest_first = list(reversed(newest_first))
        signing = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        self._forms = URLSafeTimedSerializer(oldest_first, salt="spn.enrolment.form", signer_kwargs=signing)
        self._answers = URLSafeTimedSerializer(oldest_first, salt="spn.enrolment.answer", signer_kwargs=signing)
        self._marks = Signer(oldest_first, "spn.enrolment.mark", key_derivation="hmac", digest_method=hashlib.sha256)

    def mark(self, content: bytes) -> bytes:
        """What tells this content from another, and tells whoever lacks our secrets nothing about it."""
        return self._marks.get_signature(content)

    def form(self, purpose: str, shown: int = 0) -> str:
        """A ticket for one form with a purpose, such as an edition: it holds a key that nobody guesses."""
        ticket: str = self._forms.dumps([purpose, secrets.token_urlsafe(_KEY_BYTES), shown])
        return ticket

    def taken(self, text: str, purpose: str) -> Ticket | None:
        """What a form's ticket holds; None when it is not ours, for another purpose, or too old."""
        read = _read(self._forms, text, FORM_SECONDS_MAX)
        if not read or read[0] != purpose:
            return None
        return Ticket(read[1], read[2])

    def answer(self, purpose: str, command_id: UUID) -> str:
        """A name for the answer to a command. Its id alone is no secret: events carry it."""
        name: str = self._answers.dumps([purpose, command_id.hex])
        return name

    def answered(self, name: str, purpose: str) -> UUID | None:
        """Whose answer this is; None when it is not ours, for another purpose, or too old."""
        read = _read(self._answers, name, ANSWER_SECONDS_MAX)
        return UUID(read[1]) if read and read[0] == purpose else None


def _read(serializer: URLSafeTimedSerializer, text: str, seconds: int) -> Any:
    try:
        return serializer.loads(text, max_age=seconds)
    except BadData:
        return None
