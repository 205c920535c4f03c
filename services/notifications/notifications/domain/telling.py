"""What is to be sent: the difference between what is wanted and what was told.

It is worked out anew whenever one of the two changes, from both as they are. So it does not matter which is heard
first: a new state of the subject, or, after the database was emptied, that something was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from notifications.domain.contact import Contact, Message, State, Thread, Wish, cause_of, message_id
from spn.decision import Moment

AGE_MAX = timedelta(days=7)

INVITED = "session-invited"
MOVED = "session-moved"
WITHDRAWN = "session-withdrawn"
CANCELLED = "session-cancelled"
HAS_THE_PLACE = frozenset({"accepted", "substituted-in"})
EXTENDED = "offer-extended"
HAS_AN_OFFER = frozenset({"seat-offered", EXTENDED})
ADDRESS_CHANGED = "address-changed"
NEWS_EACH_TIME = frozenset({ADDRESS_CHANGED})
"""Each change is another one, also right after the last."""
SAME = (HAS_THE_PLACE, HAS_AN_OFFER)
"""Words for one thing: whoever was told the one is not told the other."""


def newest(contact: Contact, about: str, wanted: Wish | None, at: Moment, age_max: timedelta) -> Contact:
    """The contact after the newest state of a subject: it wants this to be told, and nothing else."""
    old = at.told_at is not None and at.now - at.told_at > age_max
    return settled(contact, Thread(about, at.sequence, wanted, old, contact.thread(about).messages), at)


def settled(contact: Contact, thread: Thread, at: Moment) -> Contact:
    """The contact with this thread, in which exactly that waits which is to be sent.

    What waited and is no longer wanted is superseded; what still waits says what the newest state says. What was sent
    stays, and what the mail server has now is only marked.
    """
    wish = _wish(thread)
    key = (wish.purpose, wish.version) if wish else None
    kept = [
        _kept(m, wish if m.key == key else None, at) for m in thread.messages if m.state != "waiting" or m.key == key
    ]
    if wish and thread.message((wish.purpose, wish.version)) is None:
        kept.append(_message(contact, thread, wish, at))
    return contact.put(thread.with_messages(kept))


def _wish(thread: Thread) -> Wish | None:
    """What is to be sent, or was and would have to be again if it comes back; one thing at most."""
    if thread.wanted is None:
        return None
    return _calendar(thread, thread.wanted) if thread.wanted.entry else _plain(thread, thread.wanted)


def _plain(thread: Thread, wanted: Wish) -> Wish | None:
    """A mail that says how things stand, unless it was the last that was told."""
    last = thread.told[-1] if thread.told else None
    if last is None:
        return wanted
    if wanted.purpose in NEWS_EACH_TIME:
        return wanted if wanted.version > last.version else last.again()
    if _has_other_deadline(last, wanted):
        wanted = replace(wanted, purpose=EXTENDED)
    elif last.purpose == wanted.purpose or any({last.purpose, wanted.purpose} <= same for same in SAME):
        return last.again()
    return wanted if wanted.version > last.version else None


def _has_other_deadline(last: Message, wanted: Wish) -> bool:
    """Whether an offer was told with a deadline that no longer holds. Of what our own topic tells it is not known."""
    both = {last.purpose, wanted.purpose} <= HAS_AN_OFFER and "deadline" in last.details
    return both and last.details["deadline"] != wanted.details.get("deadline")


def _calendar(thread: Thread, wanted: Wish) -> Wish | None:
    """A mail that makes the calendar say what is wanted, unless it does."""
    told = thread.told
    last = told[-1] if told else None
    says = wanted.entry.says if wanted.entry else ""
    if last and last.entry and last.entry.says == says:
        return last.again()
    if last and wanted.version <= last.version:
        return None  # a calendar that was told of a later SEQUENCE would drop this one or, worse, obey it
    if _has_entry(told):
        return _as_it_waits(thread, _moved(wanted, last) if says else wanted)
    return _as_it_waits(thread, wanted) if says else None


def _as_it_waits(thread: Thread, wish: Wish) -> Wish:
    """The wish, with the SEQUENCE of the mail that waits and says the same already.

    The SEQUENCE rises with every place that others get or lose. A mail on its way is not made anew for that: what it
    says is right, and whatever comes after it has a higher one.
    """
    for message in thread.messages:
        if message.state == "waiting" and message.purpose == wish.purpose and message.details == wish.details:
            return message.again()
    return wish


def _has_entry(told: Sequence[Message]) -> bool:
    """Whether the entry may be in the calendar: an invitation may have arrived since the last cancellation."""
    here = False
    for message in told:
        cancels = message.entry is not None and message.entry.cancels
        here = False if cancels else here or message.may_have_arrived
    return here


def _moved(wanted: Wish, before: Message | None) -> Wish:
    details = dict(wanted.details)
    if before and "starts_at" in before.details:
        details["before"] = {name: before.details[name] for name in ("starts_at", "ends_at", "venue")}
    return replace(wanted, purpose=MOVED, details=details)


def _kept(message: Message, wish: Wish | None, at: Moment) -> Message:
    if message.state == "sending":
        return replace(message, unwanted=wish is None)
    if message.state != "waiting" or wish is None:
        return message
    if message.again() == wish:
        return message
    return replace(
        message,
        details=wish.details,
        entry=wish.entry,
        document=wish.document,
        edition_id=wish.edition_id,
        cause=cause_of(at),
    )


def _message(contact: Contact, thread: Thread, wish: Wish, at: Moment) -> Message:
    state: State = "outdated" if thread.old else "waiting"
    return Message(
        id=message_id(contact.person_id, wish.purpose, thread.about, wish.version),
        purpose=wish.purpose,
        about=thread.about,
        version=wish.version,
        state=state,
        details=wish.details,
        entry=wish.entry,
        document=wish.document,
        edition_id=wish.edition_id,
        cause=cause_of(at),
    )
