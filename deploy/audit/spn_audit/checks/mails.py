"""What was sent: on the topic that remembers it, in the table, and in the folder of mails."""

from __future__ import annotations

from spn_audit import programme
from spn_audit.evidence import NO_TOPICS, Evidence
from spn_audit.result import Check, Findings, skipped

MESSAGE = "database of notifications, table messages, id {}"


def sent_once(seen: Evidence) -> Check:
    """The topic is the memory of what was sent: it and the table say the same."""
    name, sentence = "sent-once", "Each message was told as sent once, and what was told as sent counts as sent."
    if seen.log is None:
        return skipped(name, sentence, NO_TOPICS)
    found = Findings()
    states = _states(seen)
    for message, numbers in seen.log.sent_again.items():
        what = f"message {message} was told as sent more than once (numbers {seen.log.sent[message]}, {numbers})"
        found.add(what, f"{programme.MESSAGES}; {MESSAGE.format(message)}")
    for message in seen.log.sent:
        if states.get(message) != "sent":
            what = f"message {message} was told as sent, and is stored as {states.get(message, 'nothing')}"
            found.add(what, f"{programme.MESSAGES}; {MESSAGE.format(message)}")
    waiting = {row.message_id for row in seen.mechanisms["notifications"].outbox}
    told = seen.told(programme.MESSAGES)
    for message, state in states.items():
        untold = message not in seen.log.sent and not waiting and message not in told
        if state == "sent" and untold and not seen.log.cut(programme.MESSAGES):
            found.add(f"message {message} counts as sent, and that was never told", MESSAGE.format(message))
    counted = {"told as sent": len(seen.log.sent), "sent": sum(state == "sent" for state in states.values())}
    return Check(name, sentence, counted, found.all(), len(seen.log.sent))


def mails_arrived(seen: Evidence) -> Check:
    """With the mail sink's folder: one mail a message."""
    name, sentence = "mails-arrived", "Every message that was sent is one mail, and every mail is a message."
    if seen.mails is None:
        return skipped(name, sentence, "no folder of mails was given")
    found = Findings()
    states = _states(seen)
    for message, count in seen.mails.items():
        where = f"the folder of mails, Message-ID {message}; {MESSAGE.format(message)}"
        if count > 1:
            found.add(f"the mail {message} arrived {count} times", where)
        if message not in states:
            found.add(f"the mail {message} belongs to no message", where)
        elif states[message] == "failed":
            found.add(f"the mail {message} arrived, and its message counts as failed", where)
    for message, state in states.items():
        if state == "sent" and message not in seen.mails:
            found.add(f"the message {message} counts as sent, and no mail arrived", MESSAGE.format(message))
    counted = {"mails": seen.mails.total(), "sent": sum(state == "sent" for state in states.values())}
    return Check(name, sentence, counted, found.all(), seen.mails.total())


def _states(seen: Evidence) -> dict[str, str]:
    return {message.id: message.state for some in seen.notifications.messages.values() for message in some}
