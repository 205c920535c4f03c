"""Subcommands that other distributions bring: entry points of the group `spn.commands`, name -> Typer app."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint, entry_points

import typer

from spn_cli.terminal import addresses_of, note
from spn_local.addresses import Addresses
from spn_local.config import SERVICE_NAMES
from spn_local.existing import OURS
from spn_local.paths import DEFAULT_STACK, NoCheckoutError

GROUP = "spn.commands"


def add_plugins(app: typer.Typer, arguments: Sequence[str], own: Sequence[str]) -> None:
    """Add what `arguments` may need: the one subcommand they name, or all of them for the overview.

    Importing a service takes a second; `spn tail` need not wait for that.
    """
    named = next((word for word in arguments if not word.startswith("-")), None)
    if named in own:
        return
    for point in entry_points(group=GROUP):
        if named in (None, point.name):
            _add(app, point)


def _add(app: typer.Typer, point: EntryPoint) -> None:
    try:
        found = point.load()
        if not isinstance(found, typer.Typer):
            raise TypeError(f"{point.value} is no Typer app")
    except Exception as error:  # noqa: BLE001 one broken subcommand must not take the others along
        app.command(point.name, help=f"[red]cannot be loaded:[/] {type(error).__name__}: {error}")(
            _broken(point, error)
        )
    else:
        app.add_typer(found, name=point.name)


def _broken(point: EntryPoint, error: Exception) -> Callable[[], None]:
    def tell() -> None:
        whose = point.dist.name if point.dist else "an unknown distribution"
        note.print(f"`spn {point.name}` ({point.value}, of {whose}) cannot be loaded:", style="bold red")
        note.print(f"{type(error).__name__}: {error}", markup=False)
        raise typer.Exit(1)

    return tell


def lend_addresses(arguments: Sequence[str]) -> None:
    """Give a subcommand the running stack's addresses, as stack.env would; what the environment says stays.

    `spn billing ...` also gets billing's own DATABASE_URL and Kafka user, as its process has them.
    """
    if os.environ.get(OURS) or os.environ.get("DATABASE_URL") or os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        return
    try:
        addresses = addresses_of(os.environ.get("SPN_STACK", DEFAULT_STACK))
    except NoCheckoutError:
        return
    if addresses is not None:
        service = next((word for word in arguments if word in SERVICE_NAMES), None)
        os.environ.update(_lent(addresses, service))


def _lent(addresses: Addresses, service: str | None) -> dict[str, str]:
    lent = dict(addresses.environment)
    if service is not None:
        lent |= {
            "SPN_PROFILE": "local",
            "DATABASE_URL": addresses.database_url(service),
            **addresses.kafka(service).environment(),
        }
    return lent
