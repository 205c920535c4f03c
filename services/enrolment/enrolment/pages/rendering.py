"""From a template and words to a page, with the headers that every page has."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from enrolment.needs import deleted_on
from enrolment.pages import conditions
from enrolment.pages.addresses import ASSETS, address, other
from enrolment.pages.words import Words, words_in
from spn.browsers import PAGE_HEADERS

_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOR_A_YEAR: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages refer to. Its address holds its hash, so that browsers may keep it."""

    content: bytes
    media_type: str
    address: str


class Pages:
    """The templates, each read when it is first needed, and the files they refer to."""

    def __init__(self, contact: str | None = None) -> None:
        self.assets = {asset.address: asset for asset in _assets()}
        self._templates = Environment(
            loader=PackageLoader("enrolment.pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.globals |= {
            "asset": {asset.address.split("-", 1)[1]: asset.address for asset in self.assets.values()},
            "contact": contact,
            "address": address,
            "conditions": conditions,
            "deleted_on": deleted_on,
        }

    def page(
        self,
        template: str,
        words: Words,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        switch: str | None = None,
        **context: Any,
    ) -> HTMLResponse:
        """A page. ``switch`` is its address in the other language, if it has one."""
        language = other(words.language)
        text = self._templates.get_template(f"{template}.html.j2").render(
            t=words, language=words.language, switch=switch, other=language, other_words=words_in(language), **context
        )
        own = {"content-language": words.language}
        return HTMLResponse(text, status, headers={**PAGE_HEADERS, **own, **(headers or {})})

    def asset(self, name: str) -> Response:
        """A file that pages refer to."""
        asset = self.assets.get(ASSETS.format(name=name))
        if asset is None:
            return Response(status_code=404, headers=dict(PAGE_HEADERS))
        headers = {**PAGE_HEADERS, "cache-control": _FOR_A_YEAR}
        return Response(asset.content, media_type=asset.media_type, headers=headers)


def _assets() -> list[Asset]:
    found = []
    for file in resources.files("enrolment.pages").joinpath("assets").iterdir():
        stem, dot, ending = file.name.rpartition(".")
        content = file.read_bytes()
        name = f"{hashlib.sha256(content).hexdigest()[:12]}-{stem}{dot}{ending}"
        found.append(Asset(content, _TYPES[dot + ending], ASSETS.format(name=name)))
    return found
