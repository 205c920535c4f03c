"""Whether something answers. None of these raises."""

from __future__ import annotations

import asyncio
import contextlib

import asyncpg

from spn_local.ports import LOOPBACK
from spn_local.topics.cluster import KafkaAdmin

PATIENCE_S = 2.0


async def tcp_accepts(port: int) -> bool:
    """Whether someone listens on this loopback port."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            _, writer = await asyncio.open_connection(LOOPBACK, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


async def http_is_ok(port: int, path: str) -> bool:
    """Whether GET answers 200."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\nConnection: close\r\n\r\n".encode())
            status = await reader.readline()
    except (OSError, TimeoutError):
        return False
    writer.close()
    return b" 200 " in status


async def postgres_answers(url: str) -> bool:
    """Whether a query can be run."""
    try:
        connection = await asyncpg.connect(url, timeout=PATIENCE_S)
    except (OSError, TimeoutError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True


async def kafka_serves(admin: KafkaAdmin) -> bool:
    """Whether the broker serves every partition."""
    return await asyncio.to_thread(admin.serves)
