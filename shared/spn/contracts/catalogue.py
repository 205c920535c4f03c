"""The services and what each declares, found through their entry points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module, metadata
from importlib.util import find_spec
from typing import Any

from spn.messaging.contract import EventType, by_name
from spn.messaging.policies import Policies
from spn.settings import ServiceSettings

GROUP = "spn.services"


class CatalogueError(Exception):
    """A service cannot be read, or does not have the shape of a service; the text names it and what is wrong."""


@dataclass(frozen=True, slots=True)
class ServiceContract:
    """One service: what it tells, which message leads it to which decision, and what it can be told to be."""

    package: str
    name: str
    version: str
    about: str
    events: tuple[EventType[Any], ...]
    policies: Policies
    settings: type[ServiceSettings]


def services(packages: Iterable[str] = ()) -> tuple[ServiceContract, ...]:
    """The services in these packages, or, when none is named, every one installed; sorted by name.

    :raises CatalogueError: one of them cannot be read, or there are none.
    """
    named = list(packages) or [point.value for point in metadata.entry_points(group=GROUP)]
    if not named:
        raise CatalogueError(f"no service is installed: the entry point group {GROUP} is empty")
    return tuple(sorted(map(service, named), key=lambda one: one.name))


def service(package: str) -> ServiceContract:
    """The service in this package.

    :raises CatalogueError: it cannot be imported or lacks a part.
    """
    try:
        told, policies = import_module(f"{package}.events_out"), import_module(f"{package}.policies")
        own = find_spec(f"{package}.settings")
        settings = import_module(f"{package}.settings").Settings if own else ServiceSettings
        events = tuple(told.EVENTS)
        by_name(events)
        version, about = _distribution(told.OWNER)
        return ServiceContract(package, told.OWNER, version, about, events, policies.POLICIES, settings)
    except (ImportError, AttributeError, ValueError) as error:
        raise CatalogueError(f"{package} cannot be read as a service: {type(error).__name__}: {error}") from error


def _distribution(name: str) -> tuple[str, str]:
    try:
        found = metadata.metadata(f"spn-{name}")
    except metadata.PackageNotFoundError:
        return "0.0.0", name
    return found["Version"], found["Summary"]
