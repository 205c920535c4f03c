"""Commands over HTTP, as the OpenAPI document shows them: an operation for each type, and one for what came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, create_model

from spn.messaging.contract import Command, Data
from spn.openapi import Operation, Said
from spn.posting import Posting
from spn.rights.roles import Role

_TAG = "commands"
_LATER = {"Retry-After": "Seconds after which to come back."}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Makes it safe to send again: one key is one command, and the same answer. Another command under a "
    "used key is 422. Without one, each request is a command of its own.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
_TRACE = {
    "name": "traceparent",
    "in": "header",
    "description": "W3C Trace Context: the trace that all that follows belongs to. A malformed one is ignored.",
    "schema": {"type": "string"},
}
_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of what the command is about, as it was last seen. If that has changed since: 412.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,15}"$'},
}
_COMMAND_ID = {"name": "command_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
_WAIT = {
    "name": "wait",
    "in": "query",
    "description": "Seconds to wait for the answer, if there is none yet.",
    "schema": {"type": "number", "minimum": 0, "maximum": 30, "default": 0},
}
_REFUSED = {
    400: Said("The body is not JSON, or a header cannot be."),
    401: Said("No good token.", headers={"WWW-Authenticate": "What is wrong with it (RFC 6750)."}),
    403: Said("Not for the roles of this token, or not in this name."),
    404: Said("This version of the service knows no command of this type."),
    408: Said("The body came too slowly."),
    413: Said("The body is too large."),
    422: Said("The command is not valid, `errors` says where; or the Idempotency-Key was used for another command."),
    429: Said("Too many commands wait for their answer.", headers=_LATER),
}
_UNAVAILABLE = {503: Said("Too many requests, or the database is away.", headers=_LATER)}


class PendingCommand(Data):
    """A command that is on its way; ``href`` will tell its answer."""

    command_id: str
    status: Literal["pending"]
    href: str


def post_operations(
    known: Mapping[str, type[Command]], roles: Mapping[str, frozenset[Role]], posting: Posting
) -> Iterator[Operation]:
    """An operation for each type that some role may post."""
    answers = _answers(posting)
    for type_, kind in known.items():
        if roles[type_]:
            named = ", ".join(role for role in Role if role in roles[type_])
            yield Operation(
                path=f"/v1/commands/{type_}",
                method="post",
                name=f"post-{type_}".replace(".", "-"),
                summary=type_,
                description=f"{_text(kind)}\n\nFor: {named}.",
                tag=_TAG,
                parameters=[_KEY, *([_MATCH] if posting.condition(kind) else []), _TRACE],
                answers={**answers, **_REFUSED, **_UNAVAILABLE},
                body=kind,
                examples=kind.examples,
            )


def look_operation(posting: Posting) -> Operation:
    """What became of a command."""
    return Operation(
        path="/v1/commands/{command_id}",
        method="get",
        name="get-command",
        summary="What became of a command",
        description="Answers as the request did that brought it, for who posted it and who may read all.",
        tag=_TAG,
        parameters=[_COMMAND_ID, _WAIT],
        answers={
            **_answers(posting),
            401: _REFUSED[401],
            403: _REFUSED[403],
            404: Said("No command with this id came in here, or it is not yours to see."),
            **_UNAVAILABLE,
        },
    )


def _answers(posting: Posting) -> dict[int, Said]:
    answered = _answered(posting.answer)
    link = {"Location": "Where the answer will be.", "Retry-After": "Seconds after which to look."}
    by_status: dict[int, list[str]] = {409: []}
    for code, status in posting.statuses.items():
        by_status.setdefault(status, []).append(code)
    return {
        200: Said("Done, or unchanged because it was so already.", answered),
        202: Said("On its way; the answer comes later.", PendingCommand, link),
        **{status: Said(_refusal(codes), answered) for status, codes in by_status.items()},
    }


def _refusal(codes: list[str]) -> str:
    return f"Refused: `{'`, `'.join(codes)}`." if codes else "Refused; `code` and the sentences say why."


@cache
def _answered(answer: type[BaseModel]) -> type[BaseModel]:
    """The event that answers a command, beside the link to it."""
    more: dict[str, Any] = {"status": (Literal["answered"], ...), "href": (str, ...)}
    return create_model("AnsweredCommand", __base__=answer, __doc__=answer.__doc__, **more)


def _text(kind: type[Command]) -> str:
    return (kind.__doc__ or "").strip()
