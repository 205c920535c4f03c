"""The tables of the toy service."""

from __future__ import annotations
