"""The places of running code in which something else can be put."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any


def put(owner: Any, name: str, new: Any) -> Any:
    """Put something else in a place that must be there; what was there before."""
    old = owner.__dict__[name]
    setattr(owner, name, new)
    return old


def module(name: str) -> ModuleType:
    """A module, imported now: before that nothing of it can be broken."""
    return import_module(name)
