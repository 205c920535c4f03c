"""What became of the messages of a transaction, counted for the log and the metrics."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

STORIES_MAX = 3
COUNTED = (
    "messages", "duplicates", "skipped", "superseded", "misrouted", "dead_letters", "parked", "refused",
)  # fmt: skip
STORY = re.compile(r"[A-Za-z0-9._:-]{1,64}")


@dataclass(slots=True)
class Tally:
    """What happened to the messages of a transaction."""

    messages: int = 0
    duplicates: int = 0
    skipped: int = 0
    superseded: int = 0
    misrouted: int = 0
    dead_letters: int = 0
    parked: int = 0
    refused: int = 0
    errors: list[str] = field(default_factory=list)
    stories: list[str] = field(default_factory=list)

    def belongs_to(self, correlation_id: str) -> None:
        """Remember the first few correlation ids, for the log: bounded, and only what looks like an id."""
        story = correlation_id if STORY.fullmatch(correlation_id) else "?"
        if len(self.stories) < STORIES_MAX and story not in self.stories:
            self.stories.append(story)

    def add(self, other: Tally) -> None:
        """Count the other's on top."""
        for story in other.stories:
            self.belongs_to(story)
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.errors += other.errors
