"""An auditor that knows the system from outside: from SQL, JSON and topics, and from no service's code."""

from __future__ import annotations

from spn_audit.auditing import audit
from spn_audit.ledger import Ledger, LedgerError
from spn_audit.reading.snapshot import CannotAuditError
from spn_audit.result import Audit, Check, Finding
from spn_audit.sources import Sources

__all__ = ["Audit", "CannotAuditError", "Check", "Finding", "Ledger", "LedgerError", "Sources", "audit"]
