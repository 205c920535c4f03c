"""The report of a season: a folder of pages, mails and documents that a browser opens from disk."""

from __future__ import annotations

from spn_demo.report.pages import write_report

__all__ = ["write_report"]
