"""What a running stack can be made to do."""

from __future__ import annotations

import signal
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any


class Controls(ABC):
    """Each call blocks until it is done. Raises ControlError with the supervisor's reason."""

    @abstractmethod
    def _ask(self, verb: str, **arguments: Any) -> None:
        """Ask the supervisor."""

    def start_service(self, service: str, slot: int = 0, environment: Mapping[str, str] | None = None) -> None:
        """Start a replica (a new one if need be) and wait until it is ready.

        `environment` adds to what the replica gets; it is kept until it is given anew.
        """
        self._ask("start_replica", service=service, slot=slot, environment=environment)

    def stop_service(self, service: str, slot: int = 0, which: signal.Signals = signal.SIGTERM) -> None:
        """End a replica (with SIGKILL after 25 s) and leave it down."""
        self._ask("stop", name=f"{service}-{slot}", signal=int(which))

    def kill_service(self, service: str, slot: int = 0, which: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal; when the replica ends of it, the supervisor starts it again."""
        self._ask("signal", name=f"{service}-{slot}", signal=int(which))

    def stop_kafka(self, *, kill: bool = False) -> None:
        """Stop the broker and leave it down: a clean stop, or kill -9."""
        self._ask("stop", name="kafka", signal=int(signal.SIGKILL if kill else signal.SIGTERM))

    def start_kafka(self) -> None:
        """Start the broker where it was, and wait until it answers."""
        self._ask("start", name="kafka")

    def restart_kafka(self, *, kill: bool = False) -> None:
        """Stop and start the broker."""
        self.stop_kafka(kill=kill)
        self.start_kafka()

    def stop_postgres(self, *, kill: bool = False) -> None:
        """Stop the database server and leave it down: fast, or at once, as if the machine had lost its power."""
        self._ask("stop", name="postgres", signal=int(signal.SIGQUIT if kill else signal.SIGINT))

    def start_postgres(self) -> None:
        """Start the database server, and wait until it answers."""
        self._ask("start", name="postgres")

    def restart_postgres(self, *, kill: bool = False) -> None:
        """Stop and start the database server."""
        self.stop_postgres(kill=kill)
        self.start_postgres()
