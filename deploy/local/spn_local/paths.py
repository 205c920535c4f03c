"""Where a stack keeps its things: all in `.local/<name>/` of the checkout."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

DEFAULT_STACK = "default"
STACK_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
SOCKET_PATH_LIMIT = 107
LONGEST_SOCKET_NAME = ".s.PGSQL.5432"
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")


class NoCheckoutError(Exception):
    """The command was started outside a checkout, and none was named."""


def checkout_root() -> Path:
    """The checkout: SPN_HOME, else the folder above here that holds deploy/topics.yaml, else where this file is."""
    if named := os.environ.get("SPN_HOME"):
        return Path(named).resolve()
    here = Path.cwd()
    for folder in (here, *here.parents, *Path(__file__).resolve().parents):
        if (folder / "deploy" / "topics.yaml").is_file():
            return folder
    raise NoCheckoutError("No deploy/topics.yaml above here. Go to the checkout, or set SPN_HOME to it.")


def cache_directory() -> Path:
    """What may be thrown away and fetched again, shared by all checkouts: SPN_CACHE_DIR, else the user's cache."""
    if named := os.environ.get("SPN_CACHE_DIR"):
        return Path(named).resolve()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser().resolve() / "spn"


@dataclass(frozen=True)
class StackPaths:
    """The files of one stack. `root` is the checkout, `name` the stack's."""

    root: Path
    name: str = DEFAULT_STACK

    def __post_init__(self) -> None:
        if not STACK_NAME.fullmatch(self.name):
            raise ValueError(f"'{self.name}' is no stack name: small letters, digits and dashes, at most 41")

    @property
    def directory(self) -> Path:
        """All of it; throwing this away while the stack is down starts it afresh."""
        return self.root / ".local" / self.name

    @property
    def logs(self) -> Path:
        """One file per process."""
        return self.directory / "logs"

    @property
    def mail(self) -> Path:
        """One .eml per mail."""
        return self.directory / "mail"

    @property
    def kafka(self) -> Path:
        """The broker's settings and its log."""
        return self.directory / "kafka"

    @property
    def postgres(self) -> Path:
        """The database cluster."""
        return self.directory / "postgres"

    @property
    def state(self) -> Path:
        """Ports and passwords; readable by its owner only."""
        return self.directory / "state.json"

    @property
    def issuer(self) -> Path:
        """The key pair of its own identity provider."""
        return self.directory / "issuer"

    @property
    def lock(self) -> Path:
        """Held by the one supervisor of this stack."""
        return self.directory / "lock"

    @property
    def environment_files(self) -> tuple[Path, ...]:
        """Addresses and passwords for a shell; the default stack's also stands where everybody looks first."""
        own = self.directory / "stack.env"
        return (own, self.root / ".local" / "stack.env") if self.name == DEFAULT_STACK else (own,)


def socket_directory_fits(directory: Path) -> bool:
    """Whether sockets can live there: their path is at most 107 bytes, and a list of them is split at odd signs."""
    longest = directory / LONGEST_SOCKET_NAME
    return len(os.fsencode(longest)) <= SOCKET_PATH_LIMIT and bool(PLAIN_PATH.fullmatch(str(longest)))


def make_socket_directory(paths: StackPaths) -> Path:
    """A directory for sockets that only its owner enters: in the stack's own, or in /tmp when that path is too long."""
    own = paths.directory / "run"
    if not socket_directory_fits(own):
        return Path(tempfile.mkdtemp(prefix="spn-", dir="/tmp"))
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    return own
