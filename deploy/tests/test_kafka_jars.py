from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from spn_local import kafka_jars
from spn_local.kafka_jars import JarError, LockedJar, kafka_classpath, locked_jars

CONTENT = b"jar"
JAR = LockedJar("org.example", "thing", "1.0", hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One locked jar, an empty cache, and a repository that gives CONTENT; what was fetched from it."""
    asked: list[str] = []

    def download(jar: LockedJar, repository: Path) -> Path:
        asked.append(jar.artifact)
        file = repository / jar.file_name
        file.write_bytes(CONTENT)
        return file

    monkeypatch.setenv("SPN_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(kafka_jars, "_download", download)
    monkeypatch.setattr(kafka_jars, "locked_jars", lambda: [JAR])
    return asked


def test_the_lock_names_kafka_with_a_checksum_for_each_jar_and_no_address() -> None:
    jars = locked_jars()
    assert any(jar.artifact == "kafka_2.13" and jar.version == kafka_jars.KAFKA_VERSION for jar in jars)
    assert all(len(bytes.fromhex(jar.sha256)) == 32 for jar in jars)
    assert "/" not in kafka_jars.LOCK_FILE.read_text()


def test_a_line_of_the_lock_is_read_as_it_was_written() -> None:
    assert LockedJar.parse(str(JAR)) == JAR


def test_a_jar_is_fetched_once(fetched: list[str]) -> None:
    (first,) = kafka_classpath()
    assert first.read_bytes() == CONTENT
    kafka_classpath()
    assert fetched == ["thing"]
    assert [file.name for file in first.parent.iterdir() if not file.name.startswith(".lock")] == [JAR.file_name]


def test_a_jar_that_was_damaged_in_the_cache_is_fetched_again(fetched: list[str]) -> None:
    (jar,) = kafka_classpath()
    jar.write_bytes(b"ja")
    assert kafka_classpath()[0].read_bytes() == CONTENT
    assert fetched == ["thing", "thing"]


def test_a_jar_with_another_checksum_than_the_locked_one_never_gets_in(
    fetched: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    forged = LockedJar(JAR.group, JAR.artifact, JAR.version, "0" * 64)
    monkeypatch.setattr(kafka_jars, "locked_jars", lambda: [forged])
    with pytest.raises(JarError, match=r"kafka.lock says 0000"):
        kafka_classpath()
    assert fetched == ["thing"]
    assert not list(tmp_path.rglob("*.jar"))
