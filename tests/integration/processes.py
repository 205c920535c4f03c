"""The toy as a process of its own: started, asked, frozen, killed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from spn.testing.waiting import eventually

ROOT = Path(__file__).parents[2]


class ToyProcess:
    """One replica."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._log = log
        self._environment = {**os.environ, **environment, "HTTP_PORT": str(self.port), "LOG_FORMAT": "json"}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **more: str) -> None:
        """Start it, or start it anew; wait for ``ready`` if you need that."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.toy", "serve"],
                cwd=ROOT,
                env=self._environment | more,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "it was never started"
        return self._process

    @property
    def log(self) -> str:
        """What it said."""
        return self._log.read_text(errors="replace")

    async def ready(self, seconds: float = 40.0) -> None:
        """Wait until it says that it is ready."""
        await eventually(self._is_ready, f"the toy is ready; it said: {self.log[-2000:]}", seconds=seconds, every=0.1)

    async def _is_ready(self) -> bool:
        assert self.process.poll() is None, f"the toy ended with {self.process.poll()}: {self.log[-3000:]}"
        return (await self.get("/ready"))[0] == 200

    async def get(self, path: str) -> tuple[int, Any]:
        """What its HTTP side says; 0 when it says nothing."""
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                answer = await client.get(f"http://127.0.0.1:{self.port}{path}", timeout=5)
        except httpx.HTTPError:
            return 0, None
        return answer.status_code, answer.json()

    async def leads(self) -> bool:
        """Whether it is the one that publishes."""
        status, body = await self.get("/status")
        return status == 200 and bool(body["leader"])

    def signal(self, which: signal.Signals) -> None:
        """Send a signal to it, and to nobody else."""
        self.process.send_signal(which)

    async def ended(self, seconds: float = 40.0) -> int:
        """Wait for its end; its exit code."""
        await eventually(lambda: self.process.poll() is not None, "the toy ends", seconds=seconds)
        return int(self.process.returncode)

    async def stop(self) -> tuple[int, float]:
        """End it with SIGTERM; its exit code and how long that took."""
        began = time.monotonic()
        self.signal(signal.SIGTERM)
        return await self.ended(), time.monotonic() - began

    async def kill(self) -> None:
        """End it whatever state it is in."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
