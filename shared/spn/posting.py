"""What a service says of its commands over HTTP: who may post which, in whose name, and held against which state."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from fastapi import Request
from pydantic import BaseModel

from spn.messaging.contract import Command
from spn.problems import ProblemError
from spn.rights.marks import MarkError
from spn.rights.roles import Principal, Role

Posters: TypeAlias = Mapping[type[Command], Iterable[Role]]
"""Which roles may post which command: a service's own table."""

Dress: TypeAlias = Callable[[Command, Principal], Command]
"""Makes of a valid command the one that is put on the log, for who posts it; may raise a ProblemError."""

_TAG = re.compile(r'"([0-9]{1,15})"')


def _as_it_is(command: Command, _: Principal) -> Command:
    return command


@dataclass(frozen=True, slots=True)
class Posting:
    """The manners of one service.

    ``readers`` may see what became of any command; who posted one may see their own. ``answer`` is what answers a
    command. ``conditions``: the field that ``If-Match`` fills, by the kinds of commands that have one. ``statuses``: of
    a refusal, by its code; any other is 409.
    """

    posters: Posters
    readers: frozenset[Role]
    answer: type[BaseModel]
    dress: Dress = _as_it_is
    conditions: Mapping[type[Command], str] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=dict)

    def roles(self, known: Iterable[str]) -> dict[str, frozenset[Role]]:
        """Who may post each of these types.

        :raises MarkError: one of them has no roles in the table.
        """
        table = {type_: frozenset(roles) for kind, roles in self.posters.items() for type_ in kind.types}
        if nameless := sorted(set(known) - set(table)):
            raise MarkError(f"no role may post {', '.join(nameless)}: the service's table of rights lacks them")
        return {type_: table[type_] for type_ in known}

    def condition(self, kind: type[Command]) -> str | None:
        """The field that ``If-Match`` fills in a command of this kind."""
        return next((name for base, name in self.conditions.items() if issubclass(kind, base)), None)

    def dressed(self, command: Command, request: Request, who: Principal) -> Command:
        """The command as it is put on the log.

        :raises ProblemError: its condition cannot be, or it may not be posted like this.
        """
        return self.dress(self._held(command, request.headers.getlist("if-match")), who)

    def _held(self, command: Command, shown: list[str]) -> Command:
        if not shown:
            return command
        name, tag = self.condition(type(command)), _TAG.fullmatch(shown[0].strip()) if len(shown) == 1 else None
        if name is None:
            raise ProblemError(400, "no-condition", "A command of this type takes no If-Match")
        if tag is None:
            raise ProblemError(400, "bad-condition", 'If-Match holds one ETag as it was given here, like "7"')
        if getattr(command, name) not in (None, int(tag[1])):
            raise ProblemError(400, "bad-condition", f"If-Match and {name} do not say the same")
        return command.model_copy(update={name: int(tag[1])})
