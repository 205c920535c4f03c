"""The tables of enrolment, file by file. Files are applied once and never changed."""

from __future__ import annotations
