"""A JSON schema as it is compared: references put in, words for people left out."""

from __future__ import annotations

from typing import Any

_WORDS = ("title", "description", "examples", "$schema", "$id", "$comment", "deprecated")


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without references and without words.

    :raises ValueError: a definition leads to itself, so that there is no end to it.
    """
    definitions = schema.get("$defs", {})
    made: dict[str, Any] = _put_in({k: v for k, v in schema.items() if k != "$defs"}, definitions, ())
    return made


def alternatives(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """What a value may be, one schema each: ``X | None`` is two of them."""
    if "anyOf" not in schema:
        return [schema]
    rest = {name: part for name, part in schema.items() if name not in ("anyOf", "default")}
    return [other for one in schema["anyOf"] for other in alternatives({**rest, **one})]


def _put_in(schema: Any, definitions: dict[str, Any], within: tuple[str, ...]) -> Any:
    if isinstance(schema, list):
        return [_put_in(one, definitions, within) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name in within:
            raise ValueError(f"the definition {name} leads to itself")
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return _put_in({**definitions[name], **beside}, definitions, (*within, name))
    return {
        key: _fields(value, definitions, within) if key == "properties" else _value(key, value, definitions, within)
        for key, value in schema.items()
        if key not in _WORDS
    }


def _fields(fields: dict[str, Any], definitions: dict[str, Any], within: tuple[str, ...]) -> dict[str, Any]:
    """Here the keys are names of fields, which may well be ``title`` or ``description``."""
    return {name: _put_in(schema, definitions, within) for name, schema in fields.items()}


def _value(key: str, value: Any, definitions: dict[str, Any], within: tuple[str, ...]) -> Any:
    """What is data, not schema, stays as it is."""
    return value if key in ("default", "enum", "const", "required") else _put_in(value, definitions, within)
