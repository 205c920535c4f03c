"""How the renderer and its worker process talk: each message a length (4 bytes, big-endian) and that many bytes."""

from __future__ import annotations

import struct

HEAD = struct.Struct(">I")
FRAME_BYTES_MAX = 16 * 1024 * 1024
OK = b"+"
FAILED = b"-"


def frame(payload: bytes) -> bytes:
    """A message as it goes over the pipe."""
    assert len(payload) <= FRAME_BYTES_MAX, len(payload)
    return HEAD.pack(len(payload)) + payload


def length_of(head: bytes) -> int:
    """How long the message after this head is.

    :raises ValueError: longer than any document: the other side speaks something else.
    """
    (length,) = HEAD.unpack(head)
    if length > FRAME_BYTES_MAX:
        raise ValueError(f"a frame of {length} bytes")
    return int(length)
