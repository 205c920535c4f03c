"""deploy/topics.yaml: what it says, how it differs from a cluster, and how the cluster is made to agree."""

from __future__ import annotations
