"""A page as its reader takes it in: the forms on it, where it leads, what it says, and whether it is an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TypeAlias

from spn_demo.answers import Answer
from spn_demo.visiting.forms import Field, Form, PageError

Attributes: TypeAlias = Mapping[str, str | None]
Ending: TypeAlias = str | tuple[str, ...]
ANSWER = "answer"


@dataclass
class Page:
    """``title``, ``lead`` and ``alerts`` are what it says; ``outcome``: of the command that it is the answer to."""

    title: str = ""
    lead: str = ""
    alerts: list[str] = field(default_factory=list)
    outcome: str = ""
    forms: list[Form] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    @property
    def answer(self) -> Answer | None:
        """What it says became of a command; None while that is not known, and on any other page."""
        return Answer(self.outcome, self.lead) if self.outcome else None

    def form(self, ending: Ending) -> Form:
        """The form that is sent to an address with this ending.

        :raises PageError: there is none.
        """
        found = next((one for one in self.forms if one.action.endswith(ending)), None)
        if found is None:
            raise PageError(f"There is no form for {_either(ending)} on the page. It says: {self.text}")
        return found

    def link(self, ending: Ending) -> str:
        """The link to an address with this ending.

        :raises PageError: there is none.
        """
        found = next((one for one in self.links if one.endswith(ending)), None)
        if found is None:
            raise PageError(f"No link leads to {_either(ending)} from the page. It says: {self.text}")
        return found

    @property
    def text(self) -> str:
        """What it says, for whoever has to know why it went no further."""
        return " ".join(filter(None, (self.title, *self.alerts, self.lead)))


def read_page(html: str) -> Page:
    """Take in a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


def _either(ending: Ending) -> str:
    return ending if isinstance(ending, str) else " or ".join(ending)


class _Reader(HTMLParser):
    """Takes in a page, one tag after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._form: Form | None = None
        self._field: Field | None = None
        self._until: str | None = None
        self._heard: list[str] = []
        self._kind = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self._form = Form(found.get("action") or "", found.get("method") or "get")
            self.page.forms.append(self._form)
        elif tag == "a" and found.get("href"):
            self.page.links.append(found["href"] or "")
        elif self._form is not None and tag in ("input", "select", "textarea", "option"):
            self._ask(self._form, tag, found)
        self._notice(tag, found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._field is not None:
            # The first end of line belongs to the tag (HTML, 13.1.2.5).
            self._field.value = "".join(self._heard).removeprefix("\n")
        if tag == self._until:
            self._say(" ".join(" ".join(self._heard).split()))
            self._until = None

    def handle_data(self, data: str) -> None:
        if self._until is not None:
            self._heard.append(data)

    def _ask(self, form: Form, tag: str, found: Attributes) -> None:
        """A question of the form, or one more choice of it."""
        kind, value = found.get("type") or "text", found.get("value") or ""
        if tag == "option" and self._field is not None:
            # A browser begins with the first one.
            self._offer(self._field, value, chosen="selected" in found or not self._field.choices)
            return
        name = found.get("name") or ""
        if tag == "input" and kind in ("radio", "checkbox"):
            one = form.fields.setdefault(name, Field(name, None, []))
            self._offer(one, value, chosen="checked" in found)
        elif name and kind not in ("submit", "button"):
            self._field = form.fields[name] = Field(name, value, [] if tag == "select" else None)

    def _offer(self, one: Field, value: str, *, chosen: bool) -> None:
        if one.choices is not None:
            one.choices.append(value)
            one.value = value if chosen else one.value

    def _notice(self, tag: str, found: Attributes) -> None:
        """Begin to listen where a page says something that matters here."""
        classes = (found.get("class") or "").split()
        if tag == "div" and ANSWER in classes:
            self.page.outcome = next((one for one in classes if one != ANSWER), "")
        kinds = {"h1": "title", "textarea": "typed", "p": "lead" if "lead" in classes else ""}
        kind = "alert" if found.get("role") == "alert" else kinds.get(tag, "")
        if kind and self._until is None:
            self._until, self._kind, self._heard = tag, kind, []

    def _say(self, text: str) -> None:
        if self._kind == "alert":
            self.page.alerts.append(text)
        elif self._kind == "title":
            self.page.title = self.page.title or text
        elif self._kind == "lead":
            self.page.lead = self.page.lead or text
