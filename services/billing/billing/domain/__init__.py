"""What is owed and what was invoiced: pure rules, on the standard library alone."""

from __future__ import annotations
