"""Tokens of a test's own making, and why each is refused."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from spn.rights.tokens import TokenError, Tokens
from spn_local.issuer import Issuer

Claims: TypeAlias = dict[str, Any]


def claims(issuer: Issuer, **more: Any) -> Claims:
    """Good ones, but for what a test puts in their place; None leaves one out."""
    all_of_them = {**issuer.claims(600), "sub": "u-1", "roles": ["organiser"], **more}
    return {name: value for name, value in all_of_them.items() if value is not None}


async def flaw(tokens: Tokens, token: str) -> str:
    """Why it is refused; and that neither the error nor what it comes from repeats it."""
    with pytest.raises(TokenError) as caught:
        await tokens.check(token)
    assert (caught.value.__cause__, str(caught.value)) == (None, caught.value.flaw)
    return caught.value.flaw
