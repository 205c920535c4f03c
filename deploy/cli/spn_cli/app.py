"""The command `spn`."""

from __future__ import annotations

import sys

import typer

from spn_cli import dead_letters, plugins, send, stack_commands, status, tail, token, topics_command

app = typer.Typer(
    name="spn",
    help="The lerend netwerk's services: a local stack, its topics, and what goes over them.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,  # they hold passwords
)
app.command()(stack_commands.up)
app.command()(stack_commands.down)
app.command()(status.status)
app.command()(send.send)
app.command()(tail.tail)
app.command()(token.token)
app.add_typer(topics_command.app, name="topics")
app.add_typer(dead_letters.app, name="dead-letters")

OWN = ("up", "down", "status", "send", "tail", "token", "topics", "dead-letters")


def main() -> None:
    """Run it, with the subcommands that other distributions bring."""
    arguments = sys.argv[1:]
    plugins.add_plugins(app, arguments, OWN)
    if arguments and arguments[0] not in OWN:
        plugins.lend_addresses(arguments)
    app()


if __name__ == "__main__":
    main()
