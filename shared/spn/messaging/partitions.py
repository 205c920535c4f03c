"""Where a key belongs: murmur2 over the key's bytes, as the Java client and aiokafka place it."""

from __future__ import annotations

from aiokafka.partitioner import murmur2


def partition_of(key: bytes, count: int) -> int:
    """The partition of ``key`` on a topic of ``count`` partitions."""
    return int((murmur2(key) & 0x7FFFFFFF) % count)
