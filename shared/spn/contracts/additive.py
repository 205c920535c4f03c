"""Whether a contract may still go by the same name: within a version, optional fields may be added, nothing else.

An event is read by others, and old ones stay on the log: apart from a new optional field it must mean exactly what it
did. A command is sent by others: it may also take more than it did, never less. Words for people may always change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from spn.contracts.resolved import alternatives, resolved

Contracts: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Content of contract files by ``<owner>/<type>``."""

_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_DEEPER = ("properties", "required", "items", "anyOf", "enum", "const", *_UPPER, *_LOWER)


def breaches(released: Contracts, now: Contracts) -> Iterator[str]:
    """What of ``released`` no longer holds, one sentence each, beginning with the contract's name."""
    for name, before in sorted(released.items()):
        after = now.get(name)
        if after is None:
            yield f"{name}: is gone"
            continue
        yield from (f"{name}: {what}" for what in _changed(before, after))


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for part in ("topic", "key", "subject", "kind", "content_type"):
        if before[part] != after[part]:
            yield f"its {part} was {before[part]!r} and is {after[part]!r}"
    compare = _Comparison(widening=before["kind"] == "command")
    yield from compare.schemas("", resolved(before["schema"]), resolved(after["schema"]))


class _Comparison:
    """Two schemas side by side, place by place. ``widening``: more may be accepted than before."""

    def __init__(self, *, widening: bool) -> None:
        self._widening = widening

    def schemas(self, place: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
        old, new = alternatives(before), alternatives(after)
        lost = [one for one in old if not any(self._fits(one, other) for other in new)]
        gained = [one for one in new if not any(self._fits(other, one) for other in old)]
        for one in lost:
            alike = [other for other in gained if len(old) == 1 or other.get("type") == one.get("type")]
            if len(alike) == 1:
                gained.remove(alike[0])
                yield from self._single(place, one, alike[0])
            else:
                yield f"{_at(place)} can no longer be {_said(one)}"
        if not self._widening:
            yield from (f"{_at(place)} can now also be {_said(one)}" for one in gained)

    def _fits(self, before: dict[str, Any], after: dict[str, Any]) -> bool:
        return not any(self._single("", before, after))

    def _single(self, place: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
        yield from self._values(place, before, after)
        yield from self._limits(place, before, after)
        yield from self._others(place, before, after)
        yield from self._fields(place, before, after)
        if "items" in before or "items" in after:
            yield from self.schemas(f"{place}[]", before.get("items", {}), after.get("items", {}))

    def _fields(self, place: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
        old, new = before.get("properties", {}), after.get("properties", {})
        was, is_ = set(before.get("required", ())), set(after.get("required", ()))
        yield from (f"{_below(place, name)} was removed" for name in sorted(old.keys() - new.keys()))
        yield from (f"{_below(place, name)} is new and required" for name in sorted(is_ - old.keys()))
        for name in sorted(old.keys() & new.keys()):
            where = _below(place, name)
            if name in is_ - was:
                yield f"{where} is required now"
            elif name in was - is_ and not self._widening:
                yield f"{where} is no longer required"
            elif name not in was and old[name].get("default") != new[name].get("default"):
                yield f"{where} left out meant {old[name].get('default')!r} and means {new[name].get('default')!r}"
            yield from self.schemas(where, old[name], new[name])

    def _values(self, place: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
        old, new = _allowed(before), _allowed(after)
        if old is None and new is None:
            return
        if new is not None and (old is None or not set(old) <= set(new)):
            which = "only" if old is None else "no longer"
            names = ", ".join(map(repr, new if old is None else [v for v in old if v not in new]))
            yield f"{_at(place)} can {which} be {names}"
        elif not self._widening and old is not None and (new is None or set(old) != set(new)):
            more = "anything" if new is None else ", ".join(repr(value) for value in new if value not in old)
            yield f"{_at(place)} can now also be {more}"

    def _limits(self, place: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
        for name in (*_UPPER, *_LOWER):
            old, new = before.get(name), after.get(name)
            if old == new:
                continue
            wider = new is None or (old is not None and (new > old if name in _UPPER else new < old))
            if not (wider and self._widening):
                yield f"{_at(place)}: {name} was {_limit(old)} and is {_limit(new)}"

    def _others(self, place: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
        """Type, format, pattern and whatever else a schema may say: equal, or for a command left out."""
        for name in sorted((before.keys() | after.keys()) - set(_DEEPER) - {"default"}):
            if before.get(name) == after.get(name):
                continue
            if not (self._widening and _loosened(name, before, after)):
                yield f"{_at(place)}: {name} was {_limit(before.get(name))} and is {_limit(after.get(name))}"


def _loosened(name: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    if name == "type":
        return before.get(name) == "integer" and after.get(name) == "number"
    return name not in after


def _allowed(schema: dict[str, Any]) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    values: list[Any] | None = schema.get("enum")
    return values


def _below(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _at(place: str) -> str:
    return place or "the value"


def _said(schema: dict[str, Any]) -> str:
    allowed = _allowed(schema)
    if allowed is not None:
        return " or ".join(map(repr, allowed))
    details = ", ".join(f"{name} {schema[name]}" for name in ("format", "pattern", *_UPPER, *_LOWER) if name in schema)
    return f"{schema.get('type', 'anything')}" + (f" ({details})" if details else "")


def _limit(value: Any) -> str:
    return "not there" if value is None else repr(value)
