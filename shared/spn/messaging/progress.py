"""What became of the records of one topic, for health, metrics and the log."""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog

from spn.messaging.tally import Tally

ERRORS_MAX = 20

log = structlog.get_logger("consumer")


@dataclass(slots=True)
class Progress:
    """What health and metrics show of one topic."""

    tally: Tally = field(default_factory=Tally)
    batches: int = 0
    seconds: float = 0.0
    last_batch: int = 0
    retries: int = 0

    def note(self, topic: str, records: int, tally: Tally, seconds: float) -> None:
        """A batch is done: count it, and tell the log."""
        self.tally.add(tally)
        self.tally.errors = self.tally.errors[-ERRORS_MAX:]
        self.batches += 1
        self.seconds += seconds
        self.last_batch = records
        write = log.warning if tally.dead_letters else log.info
        write(
            "batch", topic=topic, records=records, ms=round(seconds * 1000, 1), duplicates=tally.duplicates,
            skipped=tally.skipped, superseded=tally.superseded, misrouted=tally.misrouted, refused=tally.refused,
            parked=tally.parked, dead_letters=tally.dead_letters, errors=tally.errors[:5], correlation=tally.stories,
        )  # fmt: skip
