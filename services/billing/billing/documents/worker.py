"""The process that makes documents: papers in on standard input, PDFs out on standard output, one after the other.

It ends with its input and, on Linux, at once when its service is killed, even while it hangs.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import sys
from typing import BinaryIO

from billing.documents.frames import FAILED, HEAD, OK, frame, length_of
from billing.documents.typesetting import Typesetter

PR_SET_PDEATHSIG = 1  # prctl(2)


def main() -> None:
    """Serve until the input ends."""
    _end_with_the_service()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not end up between the frames
    typesetter = Typesetter()
    while (request := _read(sys.stdin.buffer)) is not None:
        answers.write(frame(_answer(typesetter, request)))
        answers.flush()


def _end_with_the_service() -> None:
    """Ask the kernel. Where that cannot be asked, the end of the input does it, unless typst hangs just then."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _answer(typesetter: Typesetter, request: bytes) -> bytes:
    try:
        return OK + typesetter.pdf(json.loads(request))
    except Exception as error:  # noqa: BLE001 whatever it is, it concerns this document, and the service notes it
        return FAILED + f"{type(error).__name__}: {error}"[:2_000].encode()


def _read(stream: BinaryIO) -> bytes | None:
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    return stream.read(length_of(head))


if __name__ == "__main__":
    main()
