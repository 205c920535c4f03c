"""All SQL of billing. Every function works on many rows with a constant number of statements."""

from __future__ import annotations

from billing.store.accounts import ACCOUNTS
from billing.store.parties import BUYERS, CONTACTS

__all__ = ["ACCOUNTS", "BUYERS", "CONTACTS"]
