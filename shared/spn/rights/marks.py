"""The mark that every route carries: who may ask it. A route without one keeps its service from starting.

    @router.get("/v1/editions")
    @may(Role.ORGANISER, Role.AUDITOR)
    async def editions(...): ...

The mark stands below the route's own decorator. What is not for roles says so: ``probe`` (for machines that watch),
``public`` (for everybody), ``link`` (the route itself asks for a personal link).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from spn.rights.roles import Role

_MARK = "__spn_rights__"
_CHANGES_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})

T = TypeVar("T")


class RightsError(Exception):
    """The rights of a service are not in order, and it does not start; the text says why."""


class MarkError(RightsError):
    """A route says not, or not in a way that can be, who may ask it; the text names it."""


class For(StrEnum):
    """Whom a route is for."""

    ROLES = "roles"
    PROBE = "probe"
    PUBLIC = "public"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Rights:
    """Who may ask a route: ``roles``, or where ``parameter`` is set, those that ``by`` names for its value."""

    whom: For
    roles: frozenset[Role] = frozenset()
    parameter: str | None = None
    by: Mapping[str, frozenset[Role]] = field(default_factory=dict)

    def roles_for(self, path_parameters: Mapping[str, Any]) -> frozenset[Role]:
        """The roles that may ask this. Of an unknown value whoever may ask some value may hear that it is unknown."""
        if self.parameter is None:
            return self.roles
        return self.by.get(str(path_parameters.get(self.parameter)), self.roles)


def may(*roles: Role) -> Callable[[T], T]:
    """For these roles."""
    if not roles:
        raise MarkError("may() names no role")
    return _marking(Rights(For.ROLES, frozenset(roles)))


def may_by(parameter: str, by: Mapping[str, Iterable[Role]]) -> Callable[[T], T]:
    """For the roles that stand at the value of this part of the path; a value without roles is for nobody."""
    table = {value: frozenset(roles) for value, roles in by.items()}
    return _marking(Rights(For.ROLES, frozenset().union(*table.values()), parameter, table))


def probe(route: T) -> T:
    """For whatever watches the process; no token."""
    return _marking(Rights(For.PROBE))(route)


def public(route: T) -> T:
    """For everybody; no token."""
    return _marking(Rights(For.PUBLIC))(route)


def link(route: T) -> T:
    """For who shows a personal link, which the route itself checks; no token."""
    return _marking(Rights(For.LINK))(route)


def rights_of(marked: Any) -> Rights:
    """The mark of a route's function, or of an application that is mounted.

    :raises MarkError: it has none.
    """
    found = getattr(marked, _MARK, None)
    if not isinstance(found, Rights):
        name = getattr(marked, "__qualname__", type(marked).__name__)
        raise MarkError(f"{name} does not say who may ask it: mark it with may(...), public, probe or link")
    return found


def refuse_writing_auditor(rights: Rights, methods: Iterable[str], path: str) -> None:
    """An auditor reads.

    :raises MarkError: this route would let one change something.
    """
    if Role.AUDITOR in rights.roles and not _CHANGES_NOTHING.issuperset(methods):
        raise MarkError(f"{path} would let an auditor change something: {', '.join(sorted(methods))}")


def _marking(rights: Rights) -> Callable[[T], T]:
    def mark(route: T) -> T:
        setattr(route, _MARK, rights)
        return route

    return mark
