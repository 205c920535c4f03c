"""`spn token`: a token of the local stack's own identity provider."""

from __future__ import annotations

from typing import Annotated

import typer

from spn.rights.roles import Role
from spn_cli.terminal import StackOption, UsageError, addresses_of, note, out, plain_errors, stack_paths
from spn_local.issuer import HOURS, HOURS_MAX, Issuer
from spn_local.paths import DEFAULT_STACK


def token(
    roles: Annotated[
        list[Role], typer.Argument(metavar="ROLE...", help="organiser, finance, platform, adviser, auditor.")
    ],
    *,
    hours: Annotated[float, typer.Option("--for", min=0.01, max=HOURS_MAX, help="How many hours it holds.")] = HOURS,
    poi: Annotated[str | None, typer.Option(help="The region of an adviser: the name of the POI.")] = None,
    subject: Annotated[str | None, typer.Option(help="Who it is for; by default local-ROLE.")] = None,
    stack: StackOption = DEFAULT_STACK,
) -> None:
    """Print a token for the HTTP side of the local stack's services: Authorization: Bearer ..."""
    with plain_errors():
        if Role.ADVISER in roles and not poi:
            raise UsageError("An adviser is of a POI: name it with --poi")
        issuer = _issuer(stack)
        out.print(issuer.token([role.value for role in roles], hours=hours, subject=subject, poi=poi), markup=False)
        note.print(f"{', '.join(roles)}; holds for {hours:g} hours")


def _issuer(stack: str) -> Issuer:
    issuer = Issuer(stack_paths(stack).issuer)
    if addresses_of(stack) is None or not issuer.key_file.exists():
        raise UsageError(
            f"The stack '{stack}' does not run (spn up), and only a local stack has an issuer of its own. "
            "Tokens for another system come from its identity provider."
        )
    return issuer
