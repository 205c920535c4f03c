"""What mails refer to and others own: editions by id, documents by the SHA-256 of their bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from spn.decision import Deadline, Decision, DomainError, Moment, unchanged

if TYPE_CHECKING:
    from notifications.events_in import EditionTold, StoredDocument
    from spn.messaging.policies import DueData

DOCUMENT_EXPIRED = "document.expired"
DOCUMENT_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Edition:
    """The titles of an edition and its themes, in Dutch and English."""

    edition_id: str
    sequence: int = 0
    title_nl: str | None = None
    title_en: str | None = None
    themes: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF. Loaded states leave the bytes where they are: ``stored`` says that they are there.

    ``needed``: a mail that is not yet sent waits for it.
    """

    sha256: str
    stored: bool = False
    needed: bool = False
    content: bytes | None = field(default=None, repr=False)


def keep_edition(edition: Edition, told: EditionTold, at: Moment) -> Decision[Edition]:
    """Keep the newest titles."""
    if at.sequence <= edition.sequence:
        return unchanged(edition)
    themes = {theme.theme_id: (theme.title_nl, theme.title_en) for theme in told.themes}
    return Decision(
        replace(edition, sequence=at.sequence, title_nl=told.title_nl, title_en=told.title_en, themes=themes)
    )


def keep_document(document: Document, told: StoredDocument, at: Moment) -> Decision[Document]:
    """Keep the bytes until the mails that need them are sent, and a month for a mail to be made again.

    :raises DomainError: the bytes are not what their name says.
    """
    if hashlib.sha256(told.content).hexdigest() != document.sha256:
        raise DomainError("the document's bytes do not have the SHA-256 that is its key")
    deadline = Deadline(DOCUMENT_EXPIRED, document.sha256, "", at.now + DOCUMENT_KEPT)
    if document.stored:
        return Decision(document, deadlines=(deadline,))
    return Decision(replace(document, stored=True, content=told.content), deadlines=(deadline,))


def forget_document(document: Document, due: DueData, at: Moment) -> Decision[Document]:
    """Let the bytes go; billing keeps them for as long as the law asks."""
    if document.needed:
        return Decision(document, deadlines=(Deadline(due.kind, due.root, due.subject, at.now + DOCUMENT_KEPT),))
    return Decision(replace(document, stored=False, content=None))
