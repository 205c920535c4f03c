"""What the commands have in common in a terminal: results on the output, everything else on the error output."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from confluent_kafka import KafkaError, KafkaException
from rich.console import Console

from spn_local.access import KafkaAccess
from spn_local.addresses import Addresses, variable
from spn_local.control import ControlError, NotRunningError
from spn_local.existing import OURS
from spn_local.launch import StackError
from spn_local.paths import DEFAULT_STACK, NoCheckoutError, StackPaths, checkout_root
from spn_local.topics.table import TopicsFileError

# Results go where a pipe finds them, at any width; notes and errors to the person.
out = Console(soft_wrap=True, highlight=False)
note = Console(stderr=True, soft_wrap=True, highlight=False)

StackOption = Annotated[
    str, typer.Option("--stack", envvar="SPN_STACK", help="Which local stack, when several run side by side.")
]

EXPECTED = (ControlError, NotRunningError, StackError, NoCheckoutError, TopicsFileError)


class UsageError(Exception):
    """What was asked cannot be done; the text says what to do."""


@contextmanager
def plain_errors() -> Iterator[None]:
    """Show what may go wrong as a sentence, not as a stack trace; the exit code is 1."""
    try:
        yield
    except (*EXPECTED, UsageError) as error:
        _tell(str(error))
        raise typer.Exit(1) from None
    except KafkaException as error:
        cause = error.args[0] if error.args else error
        _tell(f"Kafka: {cause.str()} ({cause.name()})" if isinstance(cause, KafkaError) else f"Kafka: {cause}")
        raise typer.Exit(1) from None


def _tell(sentence: str) -> None:
    note.print("[bold red]spn:[/] ", end="")
    note.print(sentence, markup=False)


def stack_paths(stack: str) -> StackPaths:
    """The files of a stack of this checkout."""
    try:
        return StackPaths(checkout_root(), stack)
    except ValueError as error:
        raise UsageError(str(error)) from None


def addresses_of(stack: str) -> Addresses | None:
    """The addresses of a running stack; None when it is down."""
    try:
        return Addresses.of_running_stack(stack_paths(stack))
    except FileNotFoundError:
        return None


def kafka_access(user: str, stack: str = DEFAULT_STACK) -> KafkaAccess:
    """A user's way into Kafka: the cluster that the environment names, else the running stack's.

    In the environment, KAFKA_PASSWORD_<USER> makes it that user; without it KAFKA_USERNAME and KAFKA_PASSWORD hold.
    """
    if os.environ.get("KAFKA_BOOTSTRAP_SERVERS") and not os.environ.get(OURS):
        access = KafkaAccess.from_environment(os.environ)
        password = os.environ.get(f"KAFKA_PASSWORD_{variable(user)}")
        return access.as_user(user, password) if access.signs_in and password else access
    addresses = addresses_of(stack)
    if addresses is None:
        raise UsageError(
            f"The stack '{stack}' does not run (spn up), and KAFKA_BOOTSTRAP_SERVERS names no other Kafka."
        )
    return addresses.kafka(user)
