"""What a page says of a mistake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from enrolment.pages.form.fields import Field
from enrolment.pages.mistakes import Mistake
from enrolment.pages.words import Words


def said(shown: Iterable[Field], mistakes: Iterable[Mistake], words: Words) -> Mapping[str, str]:
    """What the page says of each mistake, by the name of its field."""
    by_name = {field.name: field for field in shown}
    return {mistake.field: sentence(by_name[mistake.field], mistake, words) for mistake in mistakes}


def sentence(field: Field, mistake: Mistake, words: Words) -> str:
    """The field's own sentence, else that of its kind, else that of the reason."""
    keys = (
        f"field.{field.word}.{mistake.reason}",
        f"error.{field.kind}.{mistake.reason}",
        f"error.{mistake.reason}",
    )
    return words.first(*keys, most=mistake.most, nth=field.nth)
