"""Kafka for one stack: its own broker or an existing one, with topics, users and rights as topics.yaml says."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import cached_property

from confluent_kafka import KafkaException

from spn_local import probes
from spn_local.access import KafkaAccess
from spn_local.config import StackConfig
from spn_local.existing import Existing
from spn_local.kafka import ADMIN, KafkaServer
from spn_local.managed import ManagedProcess
from spn_local.state import StackState
from spn_local.topics.cluster import KafkaAdmin
from spn_local.topics.plan import compare
from spn_local.topics.table import TopicTable, load_topics

# A clean stop hands over and writes down every partition.
STOP_PATIENCE_S = 15.0


class StackKafkaError(Exception):
    """Kafka cannot serve this stack; the text says why."""


@dataclass
class StackKafka:
    """The Kafka of one stack."""

    config: StackConfig
    state: StackState
    existing: Existing
    process: ManagedProcess | None = field(default=None, init=False)

    @cached_property
    def table(self) -> TopicTable:
        """The table of topics."""
        return load_topics(self.config.topics)

    @property
    def admin(self) -> KafkaAccess:
        """The administrator's way in."""
        return self.existing.kafka or KafkaServer(self.config.paths, self.state).access

    def access(self, user: str) -> KafkaAccess:
        """A user's way in; nobody signs in on an existing cluster without SASL."""
        if not self.admin.signs_in or user == ADMIN:
            return self.admin
        return self.admin.as_user(user, self._password(user))

    async def start(self) -> None:
        """Start the broker unless there is one, and make topics, users and rights. Raises StackKafkaError."""
        if self.existing.kafka is None:
            self.process = await self._own_process()
            await self.process.start()
        try:
            await asyncio.to_thread(self._apply_table)
        except KafkaException as error:
            raise StackKafkaError(f"Kafka at {self.admin.bootstrap} does not do as asked: {error.args[0]}") from error

    async def _own_process(self) -> ManagedProcess:
        server = KafkaServer(self.config.paths, self.state)
        await server.prepare()
        admin = KafkaAdmin(server.access)

        async def is_ready() -> bool:
            # A client that finds nobody waits longer each time; a look at the port does not.
            return await probes.tcp_accepts(self.state.ports["kafka"]) and await probes.kafka_serves(admin)

        return ManagedProcess("kafka", server.program, is_ready, stop_patience_s=STOP_PATIENCE_S)

    def _apply_table(self) -> None:
        admin = KafkaAdmin(self.admin)
        plan = compare(self.table, admin.state())
        for differ in plan.partitions_differ:
            raise StackKafkaError(
                f"{differ.topic} has {differ.on_cluster} partitions and topics.yaml says {differ.in_file}. That is "
                "never changed, as it would break the order of keys. On the local stack: spn down --wipe, then spn up."
            )
        admin.apply(plan, {user: self._password(user) for user in plan.add_users})

    def _password(self, user: str) -> str:
        return self.existing.kafka_passwords.get(user) or self.state.password(f"kafka:{user}")
