"""MIME parts as bytes: ASCII, lines that end in CRLF, bodies in base64 (RFC 2045 and 2046).

Not by the ``email`` package: its ``EmailMessage`` takes 14 ms a mail here and its older classes 2, for what is a few
lines; this takes 0.1. Every mail of the tests is read back by ``email`` all the same.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

CRLF = "\r\n"


@dataclass(frozen=True, slots=True)
class Part:
    """The headers of a part and its body, both as they go out. Header values are trusted: nobody's words."""

    headers: tuple[tuple[str, str], ...]
    body: bytes

    def __bytes__(self) -> bytes:
        head = "".join(f"{name}: {value}{CRLF}" for name, value in self.headers)
        return f"{head}{CRLF}".encode("ascii") + self.body


def encoded(content_type: str, content: bytes, *more: tuple[str, str]) -> Part:
    """A part that carries these bytes."""
    headers = (("Content-Type", content_type), ("Content-Transfer-Encoding", "base64"), *more)
    return Part(headers, base64.encodebytes(content).replace(b"\n", CRLF.encode()))


def text(content_type: str, content: str) -> Part:
    """A part that carries this text, in UTF-8 and in lines that end in CRLF."""
    lines = content.replace(CRLF, "\n").replace("\n", CRLF)
    return encoded(content_type, lines.encode("utf-8", "replace"))


def multipart(subtype: str, boundary: str, parts: Sequence[Part]) -> Part:
    """Parts together. No line of base64 can be taken for the boundary, because that begins with ``=_``."""
    line = f"--=_{boundary}"
    body = b"".join(f"{line}{CRLF}".encode() + bytes(part) for part in parts) + f"{line}--{CRLF}".encode()
    return Part((("Content-Type", f'multipart/{subtype};{CRLF} boundary="=_{boundary}"'),), body)
