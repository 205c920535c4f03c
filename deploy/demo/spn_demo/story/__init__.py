"""The story of a season, told from what stands on the topics and from nothing else."""

from __future__ import annotations
