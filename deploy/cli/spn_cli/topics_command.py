"""`spn topics apply`: make a cluster agree with deploy/topics.yaml, as far as that may be done."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from spn_cli.terminal import StackOption, UsageError, addresses_of, kafka_access, note, out, plain_errors
from spn_local.addresses import variable
from spn_local.existing import Existing
from spn_local.kafka import ADMIN
from spn_local.paths import DEFAULT_STACK, checkout_root
from spn_local.topics.cluster import KafkaAdmin
from spn_local.topics.plan import Plan, compare
from spn_local.topics.table import TopicTable, load_topics

app = typer.Typer(help="Topics, users and rights, as deploy/topics.yaml has them.", no_args_is_help=True)

FileOption = Annotated[Path | None, typer.Option("--file", help="Another file than deploy/topics.yaml.")]


@app.callback()
def _group() -> None:
    """Keep `apply` a subcommand, while it is the only one."""


@app.command()
def apply(
    file: FileOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only show; exit code 1 when there is a difference.")] = False,
    stack: StackOption = DEFAULT_STACK,
) -> None:
    """Show how the cluster differs, then create and alter. Never deletes, never changes a number of partitions."""
    with plain_errors():
        table = load_topics(file or checkout_root() / "deploy" / "topics.yaml")
        access = kafka_access(ADMIN, stack)
        admin = KafkaAdmin(access)
        plan = compare(table, admin.state())
        for line in describe(plan):
            out.print(line)
        if plan.agrees:
            out.print(f"{access.bootstrap} is as the file says: {len(table.topics)} topics.")
        if check:
            raise typer.Exit(0 if plan.agrees else 1)
        if plan.has_work and (yes or _confirmed()):
            passwords = _passwords(table, stack)
            admin.apply(plan, passwords)
            _tell_left_out(plan, passwords)
            out.print("[green]Applied.[/]")


def describe(plan: Plan) -> Iterator[str]:
    """The difference, a line each: + is created, ~ is altered, ! is only told."""
    for name, topic in plan.create_topics.items():
        settings = ", ".join(f"{setting}={value}" for setting, value in topic.settings.items())
        yield f"[green]+ topic {name}[/]: {topic.partitions} partitions, {settings}"
    for change in plan.change_config:
        before = "the broker's default" if change.old is None else change.old
        yield f"[yellow]~ topic {change.topic}[/]: {change.name} from {before} to {change.new}"
    yield from (f"[green]+ user {user}[/]" for user in plan.add_users)
    yield from (f"[green]+ right[/] {escape(str(right))}" for right in plan.add_rights)
    for differ in plan.partitions_differ:
        yield (
            f"[bold red]! {differ.topic} has {differ.on_cluster} partitions, the file says {differ.in_file}."
            " NOT CHANGED:[/] keys would move to other partitions and lose their order."
            " Drain the topic first, then change it by hand."
        )
    yield from (
        f"[red]! topic {name}[/] is on the cluster and not in the file: left alone" for name in plan.unlisted_topics
    )
    for topic_name, setting, value in plan.unlisted_config:
        yield f"[red]! topic {topic_name}[/]: {setting}={value} is not in the file: left alone"
    for right in plan.unlisted_rights:
        yield f"[red]! right[/] {escape(str(right))} is not in the file: left alone"
    if plan.no_authorizer:
        yield "[bold red]! The cluster has no authorizer:[/] everybody may do everything, and no right can be set"


def _confirmed() -> bool:
    if not sys.stdin.isatty():
        raise UsageError("Nothing was changed. With --yes it is applied without a question.")
    return typer.confirm("Apply?", err=True)


def _passwords(table: TopicTable, stack: str) -> dict[str, str]:
    """Passwords for new users: those of the running stack, else KAFKA_PASSWORD_<USER> of the environment."""
    import os

    given = dict(Existing.from_environment(os.environ).kafka_passwords)
    if not given and (addresses := addresses_of(stack)) is not None:
        given = {user: addresses.user(user)[1] for user in table.users}
    return {user: password for user, password in given.items() if password}


def _tell_left_out(plan: Plan, passwords: dict[str, str]) -> None:
    for user in plan.add_users:
        if user not in passwords:
            note.print(f"[yellow]User {user} was not created:[/] give its password in KAFKA_PASSWORD_{variable(user)}")
