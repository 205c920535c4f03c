"""What a batch leaves behind, gathered while deciding and written at its end, a statement a kind."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from spn.decision import Deadline
from spn.messaging import dead_letters, deadlines, failpoints, offsets, outbox
from spn.messaging.contract import Data, Outgoing
from spn.messaging.dead_letters import Letter
from spn.messaging.envelope import Envelope, Record
from spn.messaging.outbox import Pending, Row
from spn.messaging.policies import Connection

ANSWER_CHANNEL = "spn_answers"


class DeadLettered(Data):
    """The reference to a dead letter: where the message is and what kind of error it met. No content of it."""

    handler: str
    topic: str
    partition: int
    offset: int
    message_id: UUID | None
    type: str | None
    error: str


@dataclass(slots=True)
class Effects:
    """The effects of one transaction, in the order of its messages."""

    source: str
    now: datetime
    events: list[Pending] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    deadlines: dict[deadlines.Place, Deadline] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    answers: dict[UUID, str] = field(default_factory=dict)
    positions: dict[offsets.Place, int] = field(default_factory=dict)

    def tell(self, outgoing: Sequence[Outgoing], cause: Envelope | None, time: datetime) -> list[Pending]:
        """Encode events; they count only once they are added to ``events``."""
        return [outbox.pending(o, source=self.source, time=time, cause=cause) for o in outgoing]

    def set_deadlines(self, wanted: Sequence[Deadline]) -> None:
        """The last word on each deadline counts."""
        for one in wanted:
            self.deadlines[one.kind, one.root, one.subject] = one

    def answer(self, command_id: UUID, data: BaseModel) -> None:
        """What the HTTP edge gives to whoever waits for this command."""
        self.answers[command_id] = data.model_dump_json()

    def handled(self, record: Record) -> None:
        """This record needs no further reading."""
        place = (record.topic, record.partition)
        self.positions[place] = max(self.positions.get(place, 0), record.offset + 1)

    async def write(self, connection: Connection) -> bool:
        """Write everything; whether the relay has work."""
        service = self.source.rsplit("/", 1)[-1]
        if self.letters:
            for letter in await dead_letters.save(connection, self.letters):
                self.events += self.tell([dead_lettered(service, letter)], None, self.now)
            failpoints.reach(failpoints.DEAD_LETTER)
        await deadlines.save(connection, self.deadlines)
        await outbox.append(connection, self.events)
        await outbox.insert(connection, self.rows)
        await offsets.save(connection, self.positions)
        if self.answers:
            await _answer(connection, self.answers)
        if self.events or self.rows:
            await outbox.wake(connection)
        return bool(self.events or self.rows)


def dead_lettered(service: str, letter: Letter) -> Outgoing:
    """The event that tells of a dead letter."""
    record = letter.record
    data = DeadLettered(
        handler=letter.handler,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        message_id=letter.message_id,
        type=dead_letters.clean(letter.type, 200),
        error="waits behind a dead letter" if letter.parked else letter.error.split(":", 1)[0][:100],
    )
    reference = str(letter.message_id or f"{record.topic}-{record.partition}-{record.offset}")
    name = f"{service}.dead-lettered.v1"
    return Outgoing(f"spn.{service}.dead-letters", reference, reference, ((name, data),), kept=False)


async def _answer(connection: Connection, answers: dict[UUID, str]) -> None:
    """Give the edge the answers it waits for: one statement and one NOTIFY a batch, and none where no row waits."""
    result = await connection.execute(
        "UPDATE http_commands h SET answer = a.answer::json FROM unnest($1::uuid[], $2::text[]) AS a(id, answer) "
        "WHERE h.command_id = a.id AND h.answer IS NULL",
        list(answers),
        list(answers.values()),
    )
    if not result.endswith(" 0"):
        await connection.execute(f"NOTIFY {ANSWER_CHANNEL}")


def forward(record: Record) -> Row:
    """A misrouted command as it goes back onto its topic: the relay's partitioner puts it where its key belongs.

    A stranger's header that is null or not UTF-8 is left behind: nothing here reads it, and the outbox keeps text.
    """
    return Row(record.topic, record.key, json.dumps(dict(_texts(record))), record.value)


def _texts(record: Record) -> Iterable[tuple[str, str]]:
    for name, raw in record.headers:
        with contextlib.suppress(UnicodeDecodeError):
            if raw is not None:
                yield name, raw.decode()
