"""What ``deploy/topics.yaml`` says of each topic, as far as documents repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

FILE = Path("deploy") / "topics.yaml"
DAY_MS = 86_400_000


class TopicError(Exception):
    """A message is on a topic that is declared nowhere."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic, and who may write and read it."""

    name: str
    about: str
    key: str
    partitions: int
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    config: Mapping[str, str | int]

    @property
    def retention_ms(self) -> int:
        return int(self.config.get("retention.ms", -1))

    @property
    def kept(self) -> str:
        """For how long, in words."""
        return "for ever" if self.retention_ms < 0 else f"{self.retention_ms // DAY_MS} days"

    @property
    def stamps_on_append(self) -> bool:
        """Whether the broker's clock gives each record its timestamp."""
        return self.config.get("message.timestamp.type") == "LogAppendTime"


Topics: TypeAlias = Mapping[str, Topic]


def read_topics(root: Path) -> Topics:
    """The topics of a checkout, in the order of the file."""
    content = yaml.safe_load((root / FILE).read_text(encoding="utf-8"))
    return {
        name: Topic(
            name=name,
            about=one["about"],
            key=str(one["key"]),
            partitions=one["partitions"],
            writers=tuple(one["writers"]),
            readers=tuple(one.get("readers", ())),
            config=one["config"],
        )
        for name, one in content["topics"].items()
    }


def topic_of(topics: Topics, name: str) -> Topic:
    """The topic of this name.

    :raises TopicError: the file does not know it.
    """
    if name not in topics:
        raise TopicError(f"{FILE} has no topic {name}")
    return topics[name]
