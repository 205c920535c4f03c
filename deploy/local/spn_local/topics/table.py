"""deploy/topics.yaml as a table: topics, users, and the rights that follow from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

TOPIC_NAME = re.compile(r"spn(\.[a-z0-9]+(-[a-z0-9]+)*)+")
USER_NAME = re.compile(r"[a-z][a-z0-9-]*")


class TopicsFileError(Exception):
    """topics.yaml cannot be used; the text says where and why."""


class UserKind(StrEnum):
    """What a user is for; it decides which rights it can have."""

    SERVICE = "service"
    CLIENT = "client"
    AUDITOR = "auditor"
    ADMIN = "admin"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class User(_Strict):
    """Someone who signs in to Kafka."""

    kind: UserKind
    about: str


class Topic(_Strict):
    """One topic: what it is, and who writes and reads it. `config` holds Kafka's own names and values."""

    about: str
    owner: str
    key: str
    partitions: Annotated[int, Field(ge=1, le=1000)]
    writers: Annotated[tuple[str, ...], Field(min_length=1)]
    readers: tuple[str, ...] = ()
    config: dict[str, str | int]

    @property
    def settings(self) -> dict[str, str]:
        """The configuration as Kafka tells it back: text."""
        return {name: str(value) for name, value in self.config.items()}


@dataclass(frozen=True, order=True)
class Right:
    """One entry of Kafka's access control list: `user` may do `operation`. Everything else is denied.

    The table gives READ and WRITE only; a cluster may hold others, in Kafka's words and lower-case kinds.
    """

    user: str
    operation: str
    resource: str
    name: str
    pattern: str = "literal"

    def __str__(self) -> str:
        star = "*" if self.pattern == "prefixed" else ""
        return f"{self.user} {self.operation} {self.resource} {self.name}{star}"


class TopicTable(_Strict):
    """The whole file."""

    users: dict[str, User]
    topics: dict[str, Topic]

    @model_validator(mode="after")
    def _names_agree(self) -> TopicTable:
        problems = [*self._bad_names(), *self._bad_topics()]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _bad_names(self) -> Iterator[str]:
        yield from (f"'{n}' is no user name" for n in self.users if not USER_NAME.fullmatch(n))
        yield from (f"'{n}' is no topic name" for n in self.topics if not TOPIC_NAME.fullmatch(n))

    def _bad_topics(self) -> Iterator[str]:
        services = set(self.users_of(UserKind.SERVICE))
        may_be_named = services | set(self.users_of(UserKind.CLIENT))
        for name, topic in self.topics.items():
            if topic.owner not in services:
                yield f"{name}: the owner '{topic.owner}' is not a user of kind service"
            if topic.owner not in topic.writers:
                yield f"{name}: its owner '{topic.owner}' is not among its writers"
            for user in sorted({*topic.writers, *topic.readers} - may_be_named):
                yield f"{name}: '{user}' is not a user of kind service or client"
            if "retention.ms" not in topic.config:
                yield f"{name}: config has no retention.ms (-1 is for ever)"

    def users_of(self, *kinds: UserKind) -> list[str]:
        """Names of the users of these kinds, in the order of the file."""
        return [name for name, user in self.users.items() if user.kind in kinds]

    def rights(self) -> frozenset[Right]:
        """Every right that follows from the table; admins have none listed, being super users."""
        return frozenset(self._rights())

    def _rights(self) -> Iterator[Right]:
        auditors = self.users_of(UserKind.AUDITOR)
        for name, topic in self.topics.items():
            yield from (Right(user, "WRITE", "topic", name) for user in topic.writers)
            yield from (Right(user, "READ", "topic", name) for user in (*topic.readers, *auditors))
        for user in self.users_of(UserKind.SERVICE, UserKind.CLIENT, UserKind.AUDITOR):
            yield Right(user, "READ", "group", f"{user}.", "prefixed")


class _NoRepeats(yaml.SafeLoader):
    """Refuses a key that stands twice: YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise TopicsFileError(f"line {key_node.start_mark.line + 1}: '{key}' stands twice")
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def load_topics(file: Path) -> TopicTable:
    """Read topics.yaml. Raises TopicsFileError with every problem found, each with its place."""
    try:
        return TopicTable.model_validate(yaml.load(file.read_text(encoding="utf-8"), Loader=_NoRepeats))  # noqa: S506
    except OSError as error:
        raise TopicsFileError(f"{file}: cannot be read: {error.strerror}") from error
    except TopicsFileError as error:
        raise TopicsFileError(f"{file}: {error}") from None
    except yaml.YAMLError as error:
        raise TopicsFileError(f"{file}: not YAML: {error}") from error
    except ValidationError as error:
        raise TopicsFileError(f"{file}:\n" + "\n".join(_places(error))) from None


def _places(error: ValidationError) -> Iterator[str]:
    for problem in error.errors():
        place = " > ".join(str(part) for part in problem["loc"])
        for sentence in problem["msg"].removeprefix("Value error, ").split("; "):
            yield f"  {place}: {sentence}" if place else f"  {sentence}"
