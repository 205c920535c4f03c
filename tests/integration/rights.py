"""Rights of a toy's own Kafka user, given and taken away while it runs."""

from __future__ import annotations

from typing import Any

from confluent_kafka.admin import AclBindingFilter, AdminClient

from spn.testing.waiting import eventually
from spn_local.topics.bindings import binding_of
from spn_local.topics.cluster import KafkaAdmin
from spn_local.topics.table import Right
from tests.integration.toys import Toy

PASSWORD = "toy"


class Rights:
    """A user named as the toy, with what the table of topics would give it."""

    def __init__(self, service: Toy) -> None:
        access = service.stack.kafka("admin")
        self._user = service.name
        self._admin = KafkaAdmin(access)
        self.client = AdminClient(access.client_config())
        self.group = Right(self._user, "READ", "group", f"{service.name}.", "prefixed")
        self.read_notes = Right(self._user, "READ", "topic", service.topic("notes"))
        self.write_events = Right(self._user, "WRITE", "topic", service.topic("events"))
        commands = service.topic("commands")
        self._others = [
            Right(self._user, "READ", "topic", commands),
            Right(self._user, "WRITE", "topic", commands),
            Right(self._user, "WRITE", "topic", f"spn.{service.name}.dead-letters"),
        ]

    def environment(self) -> dict[str, str]:
        """With which a process signs in as this user."""
        return {"KAFKA_USERNAME": self._user, "KAFKA_PASSWORD": PASSWORD}

    def settings(self) -> dict[str, Any]:
        """With which a replica in this process does."""
        return {name.lower(): value for name, value in self.environment().items()}

    def begin(self) -> None:
        """Make the user."""
        self._admin.add_users({self._user: PASSWORD})
        self.give(self.group, self.read_notes, self.write_events, *self._others)

    def give(self, *rights: Right) -> None:
        """It may."""
        self._admin.add_rights(rights)

    async def take(self, right: Right) -> None:
        """It may no longer, and the broker knows."""
        of = binding_of(right)
        matching = AclBindingFilter(
            of.restype, of.name, of.resource_pattern_type, of.principal, of.host, of.operation, of.permission_type
        )
        for taken in self.client.delete_acls([matching]).values():
            assert taken.result(20), f"there was no {right}"
        await eventually(lambda: not self.client.describe_acls(matching).result(20), f"{right} is gone", every=0.1)
