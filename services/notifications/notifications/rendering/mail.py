"""The bytes of a mail. They are made once: a retry sends the same ones."""

from __future__ import annotations

import re
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from typing import Final

from notifications.rendering import mime
from notifications.rendering.calendar import calendar_of, method_of
from notifications.rendering.catalogue import Catalogue, Letter, language_of
from notifications.rendering.draft import Draft, Sender
from notifications.rendering.mime import CRLF, Part
from notifications.rendering.words import words_of

SUBJECT_LENGTH_MAX: Final = 200
NAME_LENGTH_MAX: Final = 120
# Headers and text never hold what could end a line: C0, DEL, C1 and the two separators of Unicode.
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Addresses as mail servers without SMTPUTF8 take them (RFC 5321, 4.1.2: Dot-string), of at most 254 characters.
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS: Final = re.compile(rf"(?=.{{3,254}}\Z){_ATOM}(\.{_ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_UNSAFE_IN_FILE_NAMES: Final = re.compile(r"[^A-Za-z0-9._-]+")
_FILE_NAMES: Final = {
    ("invoice", "nl"): "factuur-{}.pdf",
    ("invoice", "en"): "invoice-{}.pdf",
    ("credit-note", "nl"): "creditnota-{}.pdf",
    ("credit-note", "en"): "credit-note-{}.pdf",
}
DOCUMENTS: Final = frozenset(purpose for purpose, _ in _FILE_NAMES)


class UnwritableError(Exception):
    """No mail can be made of this draft; ``code`` says why in a word, without what is personal."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def write(catalogue: Catalogue, draft: Draft, sender: Sender, now: datetime) -> bytes:
    """The mail, in lines that end in CRLF and hold ASCII only.

    :raises UnwritableError: the address is none that a mail server takes, or a template misses what it needs.
    """
    if not is_address(draft.email):
        raise UnwritableError("unusable-address")
    if draft.purpose in DOCUMENTS and draft.pdf is None:
        raise UnwritableError("without-its-document")
    language = language_of(draft.language)
    try:
        letter = catalogue.write(draft.purpose, language, words_of(draft, sender, language))
    except (KeyError, TypeError, ValueError) as error:
        raise UnwritableError(f"unwritable-{type(error).__name__}") from None
    body = _with_document(_body(draft, letter, sender, now), draft, language)
    return bytes(Part((*_headers(draft, letter, sender, language, now), *body.headers), body.body))


def is_address(text: str) -> bool:
    """Whether this can stand between the angle brackets of SMTP as it is."""
    return _ADDRESS.fullmatch(text) is not None


def mail_id(draft: Draft, sender: Sender) -> str:
    """The Message-ID: made from the message's key, so that even a mail sent twice is recognised as one."""
    return f"<{draft.message_id}@{sender.domain}>"


def _headers(draft: Draft, letter: Letter, sender: Sender, language: str, now: datetime) -> tuple[tuple[str, str], ...]:
    return (
        ("From", _mailbox("From", sender.name, sender.address)),
        ("To", _mailbox("To", draft.name, draft.email)),
        ("Subject", _words("Subject", letter.subject, SUBJECT_LENGTH_MAX)),
        ("Date", format_datetime(now)),
        ("Message-ID", mail_id(draft, sender)),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", language),
        ("MIME-Version", "1.0"),
    )


def _words(header: str, text: str, length_max: int) -> str:
    clean = _CONTROLS.sub(" ", text).strip()[:length_max]
    words = Header(clean, "us-ascii" if _is_plain(clean) else "utf-8", header_name=header)
    return words.encode(linesep=CRLF)


def _is_plain(text: str) -> bool:
    """Whether it can stand in a header as it is: ASCII, and nothing a lenient reader could take for an encoded word."""
    return text.isascii() and "=?" not in text


def _mailbox(header: str, name: str, address: str) -> str:
    """``"Name" <address>``: quoted when ASCII, else an encoded word, so that no name can be taken for an address."""
    clean = _CONTROLS.sub(" ", name).strip()[:NAME_LENGTH_MAX]
    mailbox = Header(header_name=header)
    if _is_plain(clean):
        quoted = clean.replace("\\", "\\\\").replace('"', '\\"')
        mailbox.append(f'"{quoted}"', "us-ascii")
    else:
        mailbox.append(clean, "utf-8")
    mailbox.append(f"<{address}>", "us-ascii")
    return mailbox.encode(linesep=CRLF)


def _body(draft: Draft, letter: Letter, sender: Sender, now: datetime) -> Part:
    """Text, HTML and, for a session, the calendar: last, because mail programs show the last part they know."""
    parts = [mime.text("text/plain; charset=UTF-8", letter.text), mime.text("text/html; charset=UTF-8", letter.html)]
    if draft.entry:
        calendar = calendar_of(
            draft.purpose,
            draft.details,
            uid=draft.entry.uid,
            sequence=draft.entry.sequence,
            summary=draft.details[f"title_{language_of(draft.language)}"],
            organizer=sender.address,
            attendee=draft.email,
            stamp=now,
        )
        type_ = f"text/calendar; method={method_of(draft.purpose)}; charset=UTF-8"
        parts.append(mime.encoded(type_, calendar))
    return mime.multipart("alternative", f"alternative-{draft.message_id.hex}", parts)


def _with_document(body: Part, draft: Draft, language: str) -> Part:
    """The body, and beside it the PDF."""
    pattern = _FILE_NAMES.get((draft.purpose, language))
    if draft.pdf is None or pattern is None:
        return body
    name = pattern.format(_UNSAFE_IN_FILE_NAMES.sub("-", str(draft.details["number"])))
    attachment = ("Content-Disposition", f'attachment; filename="{name}"')
    file = mime.encoded("application/pdf", draft.pdf, attachment)
    return mime.multipart("mixed", f"mixed-{draft.message_id.hex}", [body, file])
