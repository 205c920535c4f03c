"""Where a key belongs: murmur2 over the key's bytes, as the Java client and aiokafka place it."""

from __future__ import annotations

from functools import lru_cache

from aiokafka.partitioner import murmur2

_hash = lru_cache(maxsize=8_192)(murmur2)
"""It is written in Python, a round for every four bytes, and an edition is the key of most that is told."""


def partition_of(key: bytes, count: int) -> int:
    """The partition of ``key`` on a topic of ``count`` partitions."""
    return int((_hash(key) & 0x7FFFFFFF) % count)
