"""People who use the pages: they read, fill in, press and follow, and know of the system what stands on a page."""

from __future__ import annotations
