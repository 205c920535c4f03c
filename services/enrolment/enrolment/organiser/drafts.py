"""An edition as an organiser sends it: the document, typed or as a file, and what is wrong with it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, TypeAlias, TypeVar, cast

from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile

from enrolment.commands.editions import EditionTerms
from enrolment.commands.fields import Paragraph
from enrolment.document.checking import checked
from enrolment.document.mistakes import Mistake, UnreadableError
from enrolment.document.reading import BYTES_MAX, decoded, read
from enrolment.organiser.visit import OfficeVisit, text_in
from enrolment.pages.mistakes import mistakes_of

Step: TypeAlias = Literal["check", "edit", "send"]
_SOME_REASON: Final = "?"

C = TypeVar("C", bound=EditionTerms)


class _Reason(BaseModel):
    """What an amendment asks besides the document."""

    reason: Paragraph


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form holds. ``step``: look it over, go back to it, or put it on the log."""

    text: str
    ticket: str
    reason: str = ""
    step: Step = "check"
    mistakes: tuple[Mistake, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_wrong(self) -> bool:
        return bool(self.mistakes or self.errors)


async def sent(visit: OfficeVisit) -> Draft:
    """What came. A file goes before what stands in the field; one that cannot be read leaves that as it is."""
    form = await visit.sent()
    text, step = text_in(form, "document").replace("\r\n", "\n"), text_in(form, "step")
    known = cast("Step", step) if step in ("check", "edit", "send") else "check"
    draft = Draft(text, text_in(form, "ticket"), text_in(form, "reason"), known)
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return draft
    try:
        return replace(draft, text=decoded(await file.read(BYTES_MAX + 1)).replace("\r\n", "\n"))
    except UnreadableError as error:
        return replace(draft, mistakes=error.mistakes)


async def made_of(draft: Draft, kind: type[C], **given: Any) -> C | Draft:
    """The command in a draft, or the draft with all that is wrong with it."""
    if draft.is_wrong and draft.mistakes:
        return draft
    try:
        # In a thread: what is large takes its time, and others are waiting.
        made = await asyncio.to_thread(lambda: checked(read(draft.text), kind, **given))
    except UnreadableError as error:
        return replace(draft, mistakes=error.mistakes)
    if isinstance(made, tuple):
        return replace(draft, mistakes=made)
    return draft if draft.is_wrong else made


def reasoned(draft: Draft, visit: OfficeVisit) -> tuple[str, Draft]:
    """The reason for an amendment, and the draft with what is wrong with it."""
    try:
        given = {"reason": draft.reason} if draft.reason.strip() else {}
        return _Reason.model_validate(given).reason, draft
    except ValidationError as error:
        reason = next(mistakes_of(error)).reason
        said = visit.words.first(f"field.reason.{reason}", f"error.{reason}", most=1_000)
        return _SOME_REASON, replace(draft, errors={"reason": said})
