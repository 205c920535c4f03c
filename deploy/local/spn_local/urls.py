"""Addresses of databases."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit, urlunsplit


def socket_url(user: str, password: str, database: str, socket_directory: Path) -> str:
    """A database behind a unix socket, in a form that asyncpg, psycopg and psql understand."""
    where = urlencode({"host": str(socket_directory)}, safe="/")
    return database_url_for(f"postgresql:///?{where}", user, password, database)


def in_database(url: str, database: str) -> str:
    """The same server and user, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(database, safe='')}"))


def database_url_for(admin_url: str, user: str, password: str, database: str) -> str:
    """The same server for another user and database; host, port and parameters stay."""
    parts = urlsplit(admin_url)
    place = parts.netloc.rpartition("@")[2]
    netloc = f"{quote(user, safe='')}:{quote(password, safe='')}@{place}"
    return urlunsplit(parts._replace(netloc=netloc, path=f"/{quote(database, safe='')}"))
