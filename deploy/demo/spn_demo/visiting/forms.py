"""A form of a page: what it asks, and what a browser sends of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from spn_demo.answers import NoAnswerError


class PageError(NoAnswerError):
    """A page does not show, or does not take, what somebody came for; the text says what it shows."""


@dataclass
class Field:
    """One question. ``value``: what is in it now, None when nothing of it is sent; ``choices``: all that it takes."""

    name: str
    value: str | None = ""
    choices: list[str] | None = None

    def takes(self, value: str) -> bool:
        """Whether somebody could put this in."""
        return self.choices is None or value in self.choices


@dataclass
class Form:
    """A form as it was shown, with what stood in it."""

    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)

    def filled(self, answers: Mapping[str, str]) -> dict[str, str]:
        """What is sent once these are filled in: they, and whatever else stands in the form.

        :raises PageError: the form does not ask this, or does not offer this choice.
        """
        for name, value in answers.items():
            if name not in self.fields:
                raise PageError(f"The form does not ask for {name}. It asks for {', '.join(self.fields)}")
            if not self.fields[name].takes(value):
                choices = ", ".join(filter(None, self.fields[name].choices or ()))
                raise PageError(f"{name} cannot be {value!r}. The form offers {choices}")
        shown = {name: one.value for name, one in self.fields.items() if one.value is not None}
        sent = {**shown, **answers}
        return {name: sent[name] for name in self.fields if name in sent}
