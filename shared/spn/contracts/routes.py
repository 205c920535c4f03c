"""Every route of every service and who may ask it: read from the applications themselves, which nothing connects."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from spn.clock import SystemClock
from spn.contracts.catalogue import ServiceContract
from spn.messaging.relay import RelayState
from spn.rights.marks import For, Rights
from spn.rights.roles import Role
from spn.service import Service
from spn.settings import ServiceSettings
from spn.status import Meters

if TYPE_CHECKING:
    from fastapi import FastAPI

_NOWHERE = {
    "spn_profile": "local",
    "database_url": "postgresql://nobody@127.0.0.1:1/nothing",
    "kafka_security_protocol": "PLAINTEXT",
}


@dataclass(frozen=True, slots=True)
class RouteRow:
    """A route, or one value of it where that decides who may ask it. ``roles`` is None where no role is asked for."""

    service: str
    method: str
    path: str
    whom: For
    roles: frozenset[Role] | None

    def __str__(self) -> str:
        may = f"*{self.whom}*"
        if self.roles is not None:
            may = ", ".join(role for role in Role if role in self.roles) or "nobody"
        return f"| {self.service} | {self.method} | `{self.path}` | {may} |"


def routes_table(services: Sequence[ServiceContract]) -> str:
    """The table of docs/rights.md."""
    return "\n".join(["| Service | Method | Path | Who may |", "|---|---|---|---|", *map(str, rows_of(services))])


def rows_of(services: Sequence[ServiceContract]) -> list[RouteRow]:
    """The rows of that table, service by service in the order of its routes."""

    async def read() -> list[RouteRow]:
        rows: list[RouteRow] = []
        for service in services:
            async with unconnected(service) as app:
                rows += _rows(service.name, app)
        return rows

    return asyncio.run(read())


@contextlib.asynccontextmanager
async def unconnected(contract: ServiceContract, **settings: Any) -> AsyncIterator[FastAPI]:
    """The application of a service that has neither database nor broker: its gate is real, what lies behind it fails.

    ``settings`` besides those that it cannot do without.
    """
    from spn.web import application

    given = contract.settings(**{**_examples(contract.settings), **_NOWHERE, **settings})
    service = Service(import_module(f"{contract.package}.app").build(given), given)
    service.pool, service.clock = cast("Any", _NoPool()), SystemClock()
    service.pipeline = cast("Any", SimpleNamespace(source=f"/{contract.name}"))
    service.meters = Meters((), RelayState())
    try:
        yield application(service)
    finally:
        for task in service.background:
            task.cancel()
        await asyncio.gather(*service.background, return_exceptions=True)


def _rows(service: str, app: FastAPI) -> Iterator[RouteRow]:
    from spn.rights.routing import marked_routes

    for path, methods, rights in marked_routes(app):
        for method in methods:
            for where, roles in _places(path, rights):
                yield RouteRow(service, method, where, rights.whom, roles)


def _places(path: str, rights: Rights) -> Iterator[tuple[str, frozenset[Role] | None]]:
    """The path, or one for each value of the part of it that decides."""
    if rights.whom is not For.ROLES:
        yield path, None
    elif rights.parameter is None:
        yield path, rights.roles
    else:
        yield from ((path.replace(f"{{{rights.parameter}}}", value), roles) for value, roles in rights.by.items())


def _examples(kind: type[ServiceSettings]) -> dict[str, Any]:
    """What a service cannot start without, and what it has routes by, as its own examples have it."""
    return {name: field.examples[0] for name, field in kind.model_fields.items() if field.examples}


class _NoPool:
    """A database that is always away."""

    def acquire(self, **_: Any) -> Any:
        raise ConnectionRefusedError
