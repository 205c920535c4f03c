"""Migrations: applied once, in order, by however many starters; never changed afterwards."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from spn.database import SHARED_MIGRATIONS, MigrationError, migrate, migrations_of, missing_migrations
from spn.testing.databases import create, drop


@pytest.fixture
async def url(stack: object) -> AsyncIterator[str]:
    """An empty database."""
    admin = stack.admin_database_url  # type: ignore[attr-defined]
    made = await create(admin)
    yield made
    await drop(admin, made)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of migrations that is slow enough for starters to meet."""
    name = f"moves_{uuid4().hex[:8]}"
    folder = tmp_path / name / "migrations"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "0002_b.sql").write_text("ALTER TABLE things ADD COLUMN b int; SELECT pg_sleep(0.2);")
    (folder / "0001_a.sql").write_text("CREATE TABLE things (a int); INSERT INTO things VALUES (1);")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    sys.modules.pop(f"{name}.migrations", None)


def named(folder: Path) -> str:
    return f"{folder.parent.name}.migrations"


async def test_three_starters_at_once_apply_each_migration_once_and_in_order(url: str, package: Path) -> None:
    applied = await asyncio.gather(*(migrate(url, SHARED_MIGRATIONS, named(package)) for _ in range(3)))
    every = [m.name for m in migrations_of(SHARED_MIGRATIONS, named(package))]
    assert sorted(applied, key=len) == [[], [], every]
    assert every[-2:] == [f"{package.parent.name}/0001_a.sql", f"{package.parent.name}/0002_b.sql"]
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT count(*) FROM things") == 1
    assert [r[0] for r in await connection.fetch("SELECT name FROM migrations ORDER BY applied_at, name")] == every
    await connection.close()


async def test_a_migration_that_was_changed_afterwards_is_refused_by_its_name(url: str, package: Path) -> None:
    await migrate(url, named(package))
    (package / "0001_a.sql").write_text("CREATE TABLE things (a bigint);")
    with pytest.raises(MigrationError, match=r"0001_a\.sql was changed after it was applied"):
        await migrate(url, named(package))


async def test_a_migration_that_fails_leaves_nothing_of_itself_and_all_before_it(url: str, package: Path) -> None:
    (package / "0003_c.sql").write_text("ALTER TABLE things ADD COLUMN c int; SELECT 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(url, named(package))
    connection = await asyncpg.connect(url)
    assert [m.name.rsplit("/", 1)[-1] for m in await missing_migrations(connection, named(package))] == ["0003_c.sql"]
    columns = await connection.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'things'::regclass AND attnum > 0"
    )
    assert {c[0] for c in columns} == {"a", "b"}
    await connection.close()
    (package / "0003_c.sql").write_text("ALTER TABLE things ADD COLUMN c int;")
    assert await migrate(url, named(package)) == [f"{package.parent.name}/0003_c.sql"]


async def test_a_migration_of_a_newer_release_does_not_stop_an_older_one(url: str, package: Path) -> None:
    await migrate(url, named(package))
    (package / "0002_b.sql").unlink()
    assert await migrate(url, named(package)) == []
