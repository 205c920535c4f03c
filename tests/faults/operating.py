"""What an operator does to a stack: run a service's commands, lose a database, let retention take what was read."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient

from spn_local.config import SERVICE_NAMES
from spn_local.existing import without_addresses
from spn_local.stack import Stack

COMMAND_SECONDS_MAX = 120.0
KEPT = ("spn.notifications.events", "spn.enrolment.editions", "spn.enrolment.organisations", "spn.billing.documents")
"""Topics that are kept for ever; and documents, which are there for twice as long as a mail may wait for one."""


async def run_command(stack: Stack, service: str, *words: str) -> str:
    """Run a command of a service beside it; what it said."""
    found = stack.addresses.environment
    environment = {
        **without_addresses(os.environ),
        **stack.kafka(service).environment(),
        "DATABASE_URL": stack.database_url(service),
        "SMTP_HOST": found["SMTP_HOST"],
        "SMTP_PORT": found["SMTP_PORT"],
        "MAIL_FROM": "lerend-netwerk@spn.example",
        "SPN_PROFILE": "local",
    }
    script = Path(sys.executable).with_name(f"spn-{service}")
    process = await asyncio.create_subprocess_exec(
        str(script), *words, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await asyncio.wait_for(process.communicate(), COMMAND_SECONDS_MAX)
    assert process.returncode == 0, said.decode()
    return said.decode().strip()


async def recreate(stack: Stack, service: str) -> None:
    """Drop a service's database under its feet, and make an empty one of the same name."""
    name = urlsplit(stack.database_url(service)).path.removeprefix("/")
    admin = await asyncpg.connect(stack.admin_database_url)
    try:
        owner = await admin.fetchval("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = $1", name)
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.execute(f'CREATE DATABASE "{name}" OWNER "{owner}"')
    finally:
        await admin.close()


def cut_what_was_read(stack: Stack, topics: Sequence[str]) -> None:
    """As retention does in time: what every reader has handled is gone from the topics that keep it for days."""
    admin = AdminClient(stack.kafka("admin").client_config())
    cut: dict[tuple[str, int], int] = {}
    for topic in set(topics) - set(KEPT):
        for service in SERVICE_NAMES:
            group = f"{service}.{topic}"
            asked = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group]
            for place in asked.result(20).topic_partitions:
                key = (topic, place.partition)
                cut[key] = min(cut.get(key, place.offset), place.offset)
    places = [TopicPartition(topic, partition, offset) for (topic, partition), offset in cut.items() if offset > 0]
    for done in admin.delete_records(places).values():
        done.result(20)


async def is_ready(url: str) -> bool:
    """Whether a service says so."""
    try:
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.get(url, timeout=5)).status_code == 200
    except httpx.HTTPError:
        return False
