"""Makes documents in one worker process, which is started when it is first needed and replaced when it hangs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from billing.documents.frames import HEAD, OK, frame, length_of

# A program of its own, never a fork: typst hangs for ever in a process that was forked after its first use.
COMMAND = (sys.executable, "-P", "-m", "billing.documents.worker")
# It renders untrusted lengths of text and needs nothing of the service's secrets.
PASSED_ON = ("PATH", "PYTHONPATH", "LANG", "SYSTEMROOT")
SECONDS_MAX = 20.0
KILL_SECONDS_MAX = 5.0


class RenderError(Exception):
    """This document could not be made; the next one may well be."""


class RendererLost(RenderError):
    """The worker process hung or ended. It is gone; the next document starts another."""


class Renderer:
    """One worker, one document at a time. ``seconds_max`` bounds each, the start of the worker included."""

    def __init__(self, *, seconds_max: float = SECONDS_MAX, command: Sequence[str] = COMMAND) -> None:
        self._seconds_max = seconds_max
        self._command = command
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The worker's process id, for tests and diagnosis; None while there is none."""
        return self._process.pid if self._process else None

    async def pdf(self, paper: Mapping[str, Any]) -> bytes:
        """The document as PDF.

        :raises RenderError: typst refuses it.
        :raises RendererLost: the worker hung or died.
        """
        async with self._turn:
            try:
                async with asyncio.timeout(self._seconds_max):
                    answer = await self._ask(json.dumps(paper).encode())
            except TimeoutError:
                await self._discard()
                raise RendererLost(f"no document after {self._seconds_max:g} s; the renderer is replaced") from None
            except (OSError, ValueError, asyncio.IncompleteReadError) as error:
                await self._discard()
                raise RendererLost(f"the renderer ended: {type(error).__name__}: {error}") from None
            except BaseException:
                await self._discard()  # half an answer is in the pipe
                raise
        if answer[:1] != OK:
            raise RenderError(answer[1:].decode(errors="replace"))
        return answer[1:]

    async def close(self) -> None:
        """End the worker. A later document starts another."""
        async with self._turn:
            await self._discard()

    async def _ask(self, request: bytes) -> bytes:
        if self._process is None or self._process.returncode is not None:
            self._process = await self._start()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(frame(request))
        await self._process.stdin.drain()
        length = length_of(await self._process.stdout.readexactly(HEAD.size))
        return await self._process.stdout.readexactly(length)

    async def _start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
            start_new_session=True,  # Ctrl-C is for the service, which lets the document end first
        )

    async def _discard(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(KILL_SECONDS_MAX):
                await process.communicate()  # closes the pipes and collects the process
