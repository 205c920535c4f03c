"""The documents people get: PDF/A-3a and PDF/UA-1, made by typst in a process of its own."""

from __future__ import annotations
