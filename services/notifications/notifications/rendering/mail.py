"""The bytes of a mail. They are made once: a retry sends the same ones.

The classic ``email`` classes with base64 bodies are six times as fast here as ``EmailMessage``, which spends 14 ms a
mail on folding headers. What they do not check, headers made from strangers' names, is checked here.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import Compat32, compat32
from email.utils import format_datetime
from typing import Final

from notifications.rendering.calendar import calendar_of, method_of
from notifications.rendering.catalogue import Catalogue, Letter, language_of
from notifications.rendering.draft import Draft, Sender
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
_POLICY: Final[Compat32] = compat32.clone(linesep="\r\n")


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
    mail = _with_document(_body(draft, letter, sender, now), draft, language)
    for name, value in _headers(draft, letter, sender, language, now):
        mail[name] = value  # type: ignore[assignment] # a Header is as good as its text, and folds itself
    return mail.as_bytes(policy=_POLICY)


def is_address(text: str) -> bool:
    """Whether this can stand between the angle brackets of SMTP as it is."""
    return _ADDRESS.fullmatch(text) is not None


def mail_id(draft: Draft, sender: Sender) -> str:
    """The Message-ID: made from the message's key, so that even a mail sent twice is recognised as one."""
    return f"<{draft.message_id}@{sender.domain}>"


def _headers(
    draft: Draft, letter: Letter, sender: Sender, language: str, now: datetime
) -> tuple[tuple[str, str | Header], ...]:
    return (
        ("From", _mailbox("From", sender.name, sender.address)),
        ("To", _mailbox("To", draft.name, draft.email)),
        ("Subject", _words("Subject", letter.subject, SUBJECT_LENGTH_MAX)),
        ("Date", format_datetime(now)),
        ("Message-ID", mail_id(draft, sender)),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", language),
    )


def _words(header: str, text: str, length_max: int) -> Header:
    clean = _CONTROLS.sub(" ", text).strip()[:length_max]
    return Header(clean, "us-ascii" if _is_plain(clean) else "utf-8", header_name=header)


def _is_plain(text: str) -> bool:
    """Whether it can stand in a header as it is: ASCII, and nothing a lenient reader could take for an encoded word."""
    return text.isascii() and "=?" not in text


def _mailbox(header: str, name: str, address: str) -> Header:
    """``"Name" <address>``: quoted when ASCII, else an encoded word, so that no name can be taken for an address."""
    clean = _CONTROLS.sub(" ", name).strip()[:NAME_LENGTH_MAX]
    mailbox = Header(header_name=header)
    if _is_plain(clean):
        quoted = clean.replace("\\", "\\\\").replace('"', '\\"')
        mailbox.append(f'"{quoted}"', "us-ascii")
    else:
        mailbox.append(clean, "utf-8")
    mailbox.append(f"<{address}>", "us-ascii")
    return mailbox


def _body(draft: Draft, letter: Letter, sender: Sender, now: datetime) -> MIMEBase:
    """Text, HTML and, for a session, the calendar: last, because mail programs show the last part they know."""
    body = MIMEMultipart("alternative", policy=_POLICY)
    body.attach(_text(letter.text, "plain"))
    body.attach(_text(letter.html, "html"))
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
        part = _text(calendar.decode(), "calendar")
        part.replace_header("Content-Type", f"text/calendar; method={method_of(draft.purpose)}; charset=UTF-8")
        body.attach(part)
    return body


def _text(text: str, subtype: str) -> MIMEText:
    return MIMEText(text.replace("\r\n", "\n").replace("\n", "\r\n"), subtype, "utf-8", policy=_POLICY)


def _with_document(body: MIMEBase, draft: Draft, language: str) -> MIMEBase:
    """The body, and beside it the PDF."""
    pattern = _FILE_NAMES.get((draft.purpose, language))
    if draft.pdf is None or pattern is None:
        return body
    whole = MIMEMultipart("mixed", policy=_POLICY)
    whole.attach(body)
    file = MIMEApplication(draft.pdf, "pdf", policy=_POLICY)
    name = pattern.format(_UNSAFE_IN_FILE_NAMES.sub("-", str(draft.details["number"])))
    file.add_header("Content-Disposition", "attachment", filename=name)
    whole.attach(file)
    return whole
