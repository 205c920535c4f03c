"""The jars of Apache Kafka: fetched from Maven Central once, and checked against kafka.lock at each start.

kafka.lock names coordinates and SHA-256 sums, and no address: where the jars come from is a matter of the
machine (jgo's own configuration file, or SPN_MAVEN_REPOSITORY for a mirror). `python -m spn_local.kafka_jars`
resolves the wanted version anew and rewrites the lock.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from spn_local.paths import cache_directory

LOCK_FILE = Path(__file__).with_name("kafka.lock")
KAFKA_VERSION = "4.4.0"
WANTED = (
    f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}",
    # What writes Kafka's log: without a binding slf4j says nothing, and a broker that fails fails in silence.
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.5",
)
DOWNLOADS_AT_ONCE = 8
DOWNLOAD_TIMEOUT_S = 60


class JarError(Exception):
    """A jar could not be had, or is not the one that was locked."""


@dataclass(frozen=True, order=True)
class LockedJar:
    """One line of kafka.lock."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """As Maven calls it."""
        return f"{self.artifact}-{self.version}.jar"

    def __str__(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version} sha256:{self.sha256}"

    @classmethod
    def parse(cls, line: str) -> LockedJar:
        """Read `group:artifact:version sha256:...`."""
        coordinates, _, checksum = line.partition(" sha256:")
        group, artifact, version = coordinates.split(":")
        return cls(group, artifact, version, checksum)


def locked_jars(lock: Path = LOCK_FILE) -> list[LockedJar]:
    """What kafka.lock names."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return [LockedJar.parse(line) for line in lines if line and not line.startswith("#")]


def kafka_classpath() -> list[Path]:
    """Every jar of Kafka on this machine, fetched if need be, each with the locked SHA-256."""
    jars = locked_jars()
    directory = cache_directory() / f"kafka-{KAFKA_VERSION}"
    directory.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(directory / ".lock"):
        missing = [jar for jar in jars if not _is_right(directory / jar.file_name, jar)]
        if missing:
            _fetch(missing, directory)
    return [directory / jar.file_name for jar in jars]


def jars_are_here() -> bool:
    """Whether a start would find every jar in the cache (without looking inside)."""
    directory = cache_directory() / f"kafka-{KAFKA_VERSION}"
    return all((directory / jar.file_name).is_file() for jar in locked_jars())


@contextmanager
def _one_at_a_time(file: Path) -> Iterator[None]:
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_right(file: Path, jar: LockedJar) -> bool:
    return file.is_file() and _sha256(file) == jar.sha256


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _fetch(jars: list[LockedJar], directory: Path) -> None:
    """Download beside the others, check, then move in: a jar in its place is whole and right."""
    staging = Path(tempfile.mkdtemp(prefix=".fetching-", dir=directory))
    try:
        with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
            for jar, found in zip(jars, pool.map(lambda jar: _download(jar, staging), jars), strict=True):
                if (got := _sha256(found)) != jar.sha256:
                    raise JarError(f"{jar.file_name} has SHA-256 {got}, but kafka.lock says {jar.sha256}")
                found.replace(directory / jar.file_name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _download(jar: LockedJar, repository: Path) -> Path:
    from jgo.config import GlobalSettings
    from jgo.maven import MavenContext

    mirror = os.environ.get("SPN_MAVEN_REPOSITORY")
    remotes = {"mirror": mirror} if mirror else GlobalSettings.load().repositories or None
    context = MavenContext(repo_cache=repository, remote_repos=remotes, timeout=DOWNLOAD_TIMEOUT_S)
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    try:
        return Path(component.artifact().resolve())
    except (OSError, RuntimeError) as error:
        raise JarError(f"{jar.file_name} could not be fetched from the Maven repository: {error}") from error


def write_lock(lock: Path = LOCK_FILE) -> None:
    """Resolve WANTED with all it needs, fetch it, and write down what came."""
    import jgo

    found = {artifact.resolve(): artifact for endpoint in WANTED for artifact in jgo.resolve(endpoint)}
    jars = {LockedJar(a.groupId, a.artifactId, a.version, _sha256(Path(file))) for file, a in found.items()}
    head = [f"# Apache Kafka {KAFKA_VERSION} and what it needs; written by python -m spn_local.kafka_jars"]
    lock.write_text("\n".join([*head, *map(str, sorted(jars))]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_lock()
