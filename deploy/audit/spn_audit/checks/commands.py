"""Commands: each exactly one answer, whatever it was and however often it came."""

from __future__ import annotations

from collections import defaultdict

from spn_audit import programme
from spn_audit.evidence import NO_TOPICS, Evidence
from spn_audit.ledger import Ledger
from spn_audit.log.book import Asked, LogBook
from spn_audit.result import Check, Findings, skipped


def answered_once(seen: Evidence) -> Check:
    """Every command on a topic, and every one that the ledger says was put there."""
    name, sentence = "answered-once", "Every command has exactly one answer, or waits as a dead letter for a person."
    if seen.log is None:
        return skipped(name, sentence, NO_TOPICS)
    found = Findings()
    asked = {command.id: command for command in seen.log.commands if command.id}
    for id_, answers in seen.log.answers.items():
        if len(answers) > 1:
            topic = next(iter(answers))[0]
            numbers = ", ".join(f"{number} of {key or '(empty)'}" for _, key, number in sorted(answers))
            found.add(
                f"the command {id_} has {len(answers)} answers",
                f"{topic}, numbers {numbers}; {_place(asked.get(id_))}",
                f"spn tail {topic} --from-beginning --no-follow --json",
            )
    lost = _unanswered(seen, seen.log)
    for command in lost:
        found.add(
            f"the command {command.id or 'without an id'} ({command.type or 'of no type'}) was handled,"
            " and is neither answered nor a dead letter",
            _place(command),
            f"spn tail {programme.ANSWERS[programme.COMMANDS[command.topic]]} --from-beginning --no-follow --json",
        )
    if seen.ledger:
        _hold_against_ledger(seen.log, seen.ledger, asked, found)
    counted = {
        "records": len(seen.log.commands),
        "commands": len(asked),
        "answered": len(seen.log.answers),
        **({"in the ledger": len(seen.ledger.commands)} if seen.ledger else {}),
    }
    return Check(name, sentence, counted, found.all(), len(asked))


def _unanswered(seen: Evidence, log: LogBook) -> list[Asked]:
    """Commands that their service has handled without an answer and without a dead letter."""
    buried: dict[str, set[object]] = defaultdict(set)
    for service, mechanism in seen.mechanisms.items():
        for letter in mechanism.letters:
            buried[service] |= {letter.place, letter.message_id}
        # A command that lay where its key does not belong is on its way to where it does.
        buried[service] |= {row.message_id for row in mechanism.outbox}
    ahead = {c.id for c in log.commands if c.id and not _handled(seen, c)}
    found = []
    for command in log.commands:
        service = programme.COMMANDS[command.topic]
        if not _handled(seen, command) or _too_old(log, command) or command.id in log.answers or command.id in ahead:
            continue
        if (command.topic, command.partition, command.offset) not in buried[service] and (
            command.id is None or command.id not in buried[service]
        ):
            found.append(command)
    return found


def _handled(seen: Evidence, command: Asked) -> bool:
    positions = seen.mechanisms[programme.COMMANDS[command.topic]].positions
    return command.offset < positions.get((command.topic, command.partition), 0)


def _too_old(log: LogBook, command: Asked) -> bool:
    """Its answer may be gone: what is older than the topic of the answers cannot be judged."""
    answers = programme.ANSWERS[programme.COMMANDS[command.topic]]
    return log.cut(answers) and command.timestamp_ms < log.since_ms.get(answers, 2**63)


def _hold_against_ledger(log: LogBook, ledger: Ledger, asked: dict[str, Asked], found: Findings) -> None:
    """What the broker acknowledged is there and has an answer, as far as the topics go back."""
    for id_, command in ledger.commands.items():
        where = ", ".join(f"{topic}, partition {p}, offset {o}" for topic, p, o in command.places[:1]) or command.topic
        answers = programme.ANSWERS[programme.COMMANDS[command.topic]]
        if log.cut(command.topic) or log.cut(answers):
            continue
        if id_ not in asked:
            found.add(f"the command {id_} ({command.type}) was acknowledged and is not on its topic", where)
        elif id_ not in log.answers:
            key = f"{id_} of the ledger has no answer"
            found.add(f"the command {id_} ({command.type}) of the ledger has no answer", where, "spn status", key=key)


def _place(command: Asked | None) -> str:
    if command is None:
        return "the command itself is not on a topic"
    return f"{command.topic}, partition {command.partition}, offset {command.offset}"
