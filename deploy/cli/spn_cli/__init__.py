"""The command `spn`: the tools of whoever looks after the system, or first tries it."""

from __future__ import annotations
