"""The mails that a mail sink kept: which message each of them is."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

HEAD_BYTES_MAX = 16_384
_ID = re.compile(rb"^message-id:\s*<?([^@>\s]+)", re.IGNORECASE | re.MULTILINE)


def read_mails(directory: Path) -> Counter[str]:
    """How often each message arrived, by its id: the first part of its Message-ID."""
    found: Counter[str] = Counter()
    for file in directory.glob("*.eml"):
        with file.open("rb") as mail:
            head = mail.read(HEAD_BYTES_MAX).partition(b"\r\n\r\n")[0]
        known = _ID.search(head)
        found[known.group(1).decode("ascii", "replace") if known else file.name] += 1
    return found
