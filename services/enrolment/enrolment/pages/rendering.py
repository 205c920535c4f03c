"""From a template and words to a page, with the headers that every page has."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from fastapi.responses import HTMLResponse, Response
from jinja2 import BytecodeCache, ChoiceLoader, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket

from enrolment.needs import deleted_on
from enrolment.pages import conditions
from enrolment.pages.addresses import ASSETS, PUBLIC, Addresses, other
from enrolment.pages.words import LANGUAGES, Words, words_in
from spn.browsers import PAGE_HEADERS

PAGES: Final = "enrolment.pages"

_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOR_A_YEAR: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages refer to. Its address holds its hash, so that browsers may keep it."""

    name: str
    content: bytes
    media_type: str
    address: str


class _Compiled(BytecodeCache):
    """Templates in compiled form, in memory: what public and organisers' pages have in common is compiled once."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if (code := self._code.get(bucket.key)) is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


_COMPILED: Final = _Compiled()


class Pages:
    """The templates, each read when it is first needed, and the files they refer to."""

    def __init__(
        self,
        contact: str | None = None,
        *,
        more: str | None = None,
        assets: str = ASSETS,
        addresses: Addresses = PUBLIC,
    ) -> None:
        """``more``: a package with templates, words and files of its own, which go before those of the public pages.

        ``assets`` is where its files are.
        """
        packages = (more,) if more else ()
        self.words = {language: words_in(language, *packages) for language in LANGUAGES}
        given = [*_assets(PAGES, ASSETS), *(asset for package in packages for asset in _assets(package, assets))]
        self.assets = {asset.address: asset for asset in given}
        self._own = assets
        self.contact = contact
        self._templates = Environment(
            loader=ChoiceLoader([PackageLoader(package) for package in (*packages, PAGES)]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=_COMPILED,
        )
        self._templates.globals |= {
            "asset": {asset.name: asset.address for asset in given},
            "contact": contact,
            "address": addresses.to,
            "conditions": conditions,
            "deleted_on": deleted_on,
        }

    def knows(self, **more: Any) -> None:
        """What every template may ask for besides."""
        self._templates.globals |= more

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
        text = self._templates.get_template(f"{template}.html.j2").render(
            t=words, language=words.language, switch=switch, other=other(words.language), **context
        )
        return self.made(text, words, status=status, headers=headers)

    def made(
        self, text: str | bytes, words: Words, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> HTMLResponse:
        """What is rendered already, as a page."""
        own = {"content-language": words.language}
        return HTMLResponse(text, status, headers={**PAGE_HEADERS, **own, **(headers or {})})

    def asset(self, name: str) -> Response:
        """A file that pages refer to."""
        asset = self.assets.get(self._own.format(name=name))
        if asset is None:
            return Response(status_code=404, headers=dict(PAGE_HEADERS))
        headers = {**PAGE_HEADERS, "cache-control": _FOR_A_YEAR}
        return Response(asset.content, media_type=asset.media_type, headers=headers)


def _assets(package: str, place: str) -> list[Asset]:
    found = []
    for file in resources.files(package).joinpath("assets").iterdir():
        content = file.read_bytes()
        kind = _TYPES[file.name[file.name.rindex(".") :]]
        name = f"{hashlib.sha256(content).hexdigest()[:12]}-{file.name}"
        found.append(Asset(file.name, content, kind, place.format(name=name)))
    return found
