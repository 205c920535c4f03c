"""What a page that people open needs against others in the same browser: headers, and where a form comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.requests import Request

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

PAGE_HEADERS: Mapping[str, str] = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "cache-control": "no-store",
}
"""For every page: nothing inline, nothing from elsewhere, in nobody's frame, kept by no cache, no address passed on."""


def is_from_elsewhere(request: Request, public_url: str | None = None) -> bool:
    """Whether the browser says that another site sent this form.

    Since 2023 every browser sends ``Sec-Fetch-Site``, and it decides. Without it ``Origin`` must name our own host.
    A page with ``Referrer-Policy: no-referrer`` makes that ``null``, and a client that is no browser sends neither:
    then nothing is known against the request, and what the form itself carries has to suffice.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None or origin == "null":
        return False
    ours = {request.headers.get("host", ""), urlsplit(public_url or "").netloc}
    return urlsplit(origin).netloc not in ours - {""}
