"""From text to data, with the line of every part of it: YAML 1.1 or JSON, within limits; nothing of it is executed.

Only plain data comes out: mappings, lists, text, whole and broken numbers, yes and no, and nothing. Instants and days
stay the text that they are. An alias is refused, since a few of them make a document that grows without bound.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import yaml

from enrolment.document.mistakes import Mistake, UnreadableError

BYTES_MAX: Final = 64_000
CHARACTERS_MAX: Final = BYTES_MAX
DEPTH_MAX: Final = 8
PARTS_MAX: Final = 2_000
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG: Final = "tag:yaml.org,2002:"
_UNFIT: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WHOLE: Final = re.compile(r"[-+]?(?:0|[1-9][0-9_]{0,29})")
_TAB: Final = re.compile(r" *\t")
_ESCAPE: Final = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)")

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """What was written, and the line on which each part of it begins; ``()`` is the whole."""

    data: dict[str, Any]
    lines: Mapping[Path, int]


def decoded(content: bytes) -> str:
    """The text of a file.

    :raises UnreadableError: it is too large, or no UTF-8.
    """
    if len(content) > BYTES_MAX:
        raise UnreadableError(Mistake(None, "too_large", fields={"most": BYTES_MAX // 1_000}))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UnreadableError(Mistake(line, "encoding")) from None


def read(text: str) -> Document:
    """The document in a text.

    :raises UnreadableError: it is none, or goes beyond a limit.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > CHARACTERS_MAX:
        raise UnreadableError(Mistake(None, "too_large", fields={"most": CHARACTERS_MAX // 1_000}))
    if found := _UNFIT.search(text):
        raise UnreadableError(Mistake(text.count("\n", 0, found.start()) + 1, "unfit"))
    as_json = _json(text)
    if as_json is None:
        return _yaml(text)
    # JSON is YAML but for tabs and some escapes: without those, YAML tells the lines.
    lines = _yaml(_ESCAPE.sub(lambda found: "x" * len(found[0]), text.replace("\t", " "))).lines
    return Document(as_json, lines)


def _json(text: str) -> dict[str, Any] | None:
    """The object, if this is JSON; None when it is not, and may yet be YAML."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _yaml(text: str) -> Document:
    try:
        _within_limits(yaml.parse(text, Loader=_LOADER))
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        raise UnreadableError(_syntax(error, text.split("\n"))) from None
    except yaml.YAMLError:
        raise UnreadableError(Mistake(None, "syntax", fields={"problem": "?"})) from None
    if root is None:
        raise UnreadableError(Mistake(None, "nothing"))
    if not isinstance(root, yaml.MappingNode):
        raise UnreadableError(Mistake(root.start_mark.line + 1, "no_fields"))
    taken = _Taken()
    data = taken.value(root, ())
    if taken.mistakes:
        raise UnreadableError(*taken.mistakes)
    return Document(data, taken.lines)


def _syntax(error: yaml.MarkedYAMLError, lines: list[str]) -> Mistake:
    """Where the text stops making sense; at its end the parser may name a line beyond it."""
    said = {"problem": error.problem or error.context or "?"}
    if (mark := error.problem_mark or error.context_mark) is None:
        return Mistake(None, "syntax", fields=said)
    line = min(mark.line, len(lines) - 1)
    return Mistake(line + 1, "tab" if _TAB.match(lines[line]) else "syntax", fields=said)


def _within_limits(events: Iterator[Any]) -> None:
    depth = parts = documents = 0
    for event in events:
        line = event.start_mark.line + 1
        parts += isinstance(event, yaml.NodeEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            raise UnreadableError(Mistake(line, "alias"))
        if depth > DEPTH_MAX:
            raise UnreadableError(Mistake(line, "too_deep", fields={"most": DEPTH_MAX}))
        if parts > PARTS_MAX:
            raise UnreadableError(Mistake(line, "too_many_parts", fields={"most": PARTS_MAX}))
        if documents > 1:
            raise UnreadableError(Mistake(line, "second_document"))


class _Taken:
    """Takes data out of nodes, and keeps the lines and what is wrong."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.mistakes: list[Mistake] = []

    def value(self, node: yaml.Node, path: Path, line: int | None = None) -> Any:
        self.lines[path] = line or node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
            return [self.value(one, (*path, number)) for number, one in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode) and node.tag.removeprefix(_TAG) in _SCALARS:
            return _SCALARS[node.tag.removeprefix(_TAG)](node.value)
        self.mistakes.append(Mistake(self.lines[path], "tag", written(path), {"tag": node.tag.removeprefix(_TAG)}))
        return None

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in node.value:
            line = name.start_mark.line + 1
            if not isinstance(name, yaml.ScalarNode):
                self.mistakes.append(Mistake(line, "field_name", written(path)))
            elif name.value in found:
                self.mistakes.append(Mistake(line, "twice_there", written((*path, name.value))))
            else:
                found[name.value] = self.value(value, (*path, name.value), line)
        return found


def _number(text: str) -> int | str:
    """A whole number in decimal; what YAML 1.1 takes for octal or sixty-based stays text, and is seen to be wrong."""
    return int(text.replace("_", "")) if _WHOLE.fullmatch(text) else text


def _broken(text: str) -> float | str:
    try:
        return float(text.replace("_", ""))
    except ValueError:
        return text


_SCALARS: Final[Mapping[str, Callable[[str], Any]]] = {
    "str": str,
    "timestamp": str,
    "int": _number,
    "float": _broken,
    "bool": lambda text: text.lower() in ("yes", "true", "on"),
    "null": lambda _: None,
}


def written(path: Path) -> str:
    """A place as people write it: ``themes[0].title_nl``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
