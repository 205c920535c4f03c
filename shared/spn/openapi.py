"""The OpenAPI 3.1 document of a service: what FastAPI reads from routes, and what a route describes itself.

A route that takes many things in one place says what they are: it stands outside FastAPI's own document and carries
``described``, with an ``Operation`` for each. Models are shown as the contracts show them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from starlette.routing import BaseRoute

from spn.contracts.schemas import linked_schemas
from spn.problems import PROBLEM_SCHEMA, PROBLEM_TYPE, Problem

_MARK = "__spn_described__"
_PLACE = "#/components/schemas/"
_INVALID = "What was asked is not valid; `errors` says where."
_METHODS = frozenset({"get", "put", "post", "delete", "patch"})

T = TypeVar("T")
Model = type[BaseModel]


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: what it means, its body as JSON, and the headers that come with it by what they hold."""

    what: str
    model: Model = Problem
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """What can be asked with one method of one path. ``parameters`` as OpenAPI has them; ``examples`` of the body."""

    path: str
    method: str
    name: str
    summary: str
    description: str
    tag: str
    parameters: Sequence[Mapping[str, Any]]
    answers: Mapping[int, Said]
    body: Model | None = None
    examples: Sequence[Mapping[str, Any]] = ()

    @property
    def models(self) -> list[Model]:
        """All that it shows."""
        return [*([self.body] if self.body else []), *(said.model for said in self.answers.values())]


def described(operations: Callable[[], Iterable[Operation]]) -> Callable[[T], T]:
    """What can be asked of a route, worked out when the document is first asked for."""

    def mark(route: T) -> T:
        setattr(route, _MARK, operations)
        return route

    return mark


def complete(document: dict[str, Any], routes: Sequence[BaseRoute]) -> None:
    """Add to FastAPI's document what it cannot know.

    :raises ValueError: two different schemas have one name.
    """
    operations = [one for route in routes for one in _operations(route)]
    models: list[Model] = list(dict.fromkeys([Problem, *(model for one in operations for model in one.models)]))
    links, schemas = linked_schemas(models, _PLACE)
    _add(document, schemas)
    for one in operations:
        document["paths"].setdefault(one.path, {})[one.method] = _operation(one, links)
    for path in document["paths"].values():
        for method, operation in path.items():
            if method in _METHODS:
                _tell_problems(operation)


def _operations(route: BaseRoute) -> Iterable[Operation]:
    for context in iter_route_contexts([route]):
        marked = getattr(getattr(context.original_route, "endpoint", None), _MARK, None)
        if marked is not None:
            yield from marked()


def _add(document: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    components = document.setdefault("components", {})
    known = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        known.pop(unused, None)
    if twice := sorted(name for name in schemas if known.get(name, schemas[name]) != schemas[name]):
        raise ValueError(f"two schemas have one name: {', '.join(twice)}")
    known |= schemas
    components["responses"] = {
        "Problem": {"description": "Any other problem.", "content": {PROBLEM_TYPE: {"schema": PROBLEM_SCHEMA}}}
    }


def _tell_problems(operation: dict[str, Any]) -> None:
    """Every operation answers with a problem when it is not done; FastAPI's own form of it is never sent."""
    said = operation.setdefault("responses", {})
    if "HTTPValidationError" in str(said.get("422")):
        said["422"] = {"description": _INVALID, "content": {PROBLEM_TYPE: {"schema": PROBLEM_SCHEMA}}}
    said.setdefault("default", {"$ref": "#/components/responses/Problem"})


def _operation(one: Operation, links: Mapping[Model, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "tags": [one.tag],
        "summary": one.summary,
        "description": one.description,
        "operationId": one.name,
        "security": [{"token": []}],
        "parameters": list(one.parameters),
        "responses": {str(status): _answer(said, links) for status, said in one.answers.items()},
    }
    if one.body is not None:
        examples = {f"example-{n}": {"value": value} for n, value in enumerate(one.examples, 1)}
        content = {"schema": links[one.body]} | ({"examples": examples} if examples else {})
        shown["requestBody"] = {"required": True, "content": {"application/json": content}}
    return shown


def _answer(said: Said, links: Mapping[Model, Any]) -> dict[str, Any]:
    media = PROBLEM_TYPE if said.model is Problem else "application/json"
    shown: dict[str, Any] = {"description": said.what, "content": {media: {"schema": links[said.model]}}}
    if said.headers:
        shown["headers"] = {
            name: {"description": what, "schema": {"type": "string"}} for name, what in said.headers.items()
        }
    return shown
