"""Reading a cluster's topics, users and rights, and doing what a plan says. Blocking calls."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import (
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    NewTopic,
    OffsetSpec,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from spn_local.access import KafkaAccess
from spn_local.topics.bindings import binding_of, right_of
from spn_local.topics.plan import ClusterState, ConfigChange, Plan, TopicOnCluster
from spn_local.topics.table import Right

SCRAM_ITERATIONS = 4096
REQUEST_TIMEOUT_S = 20.0


class KafkaAdmin:
    """An administrator's connection. Needs the rights of one: `admin`, or a super user of the cluster."""

    def __init__(self, access: KafkaAccess) -> None:
        self._access = access
        self._client = AdminClient(access.client_config())

    def serves(self, timeout_s: float = 2.0) -> bool:
        """Whether the cluster answers, and serves every partition: after a restart the one comes before the other."""
        try:
            topics = self._client.list_topics(timeout=timeout_s).topics.values()
            partitions = [TopicPartition(topic.topic, number) for topic in topics for number in topic.partitions]
            if partitions:
                asked = dict.fromkeys(partitions, OffsetSpec.latest())
                _done(self._client.list_offsets(asked, request_timeout=timeout_s).values())
        except KafkaException:
            return False
        return True

    def state(self) -> ClusterState:
        """What the cluster has now."""
        found = self._client.list_topics(timeout=REQUEST_TIMEOUT_S).topics
        names = sorted(name for name in found if not name.startswith("__"))
        config = self._config_of(names)
        return ClusterState(
            topics={name: TopicOnCluster(len(found[name].partitions), config[name]) for name in names},
            rights=self._rights(),
            users=self._users(),
        )

    def apply(self, plan: Plan, passwords: Mapping[str, str]) -> None:
        """Do what the plan says; users without a password in `passwords` are left out."""
        for name, topic in plan.create_topics.items():
            self.create_topic(name, topic.partitions, topic.settings, wait=False)
        self._change_config(plan.change_config)
        self.add_users({user: passwords[user] for user in plan.add_users if user in passwords})
        self.add_rights(plan.add_rights)
        self._wait_for_topics(plan.create_topics)

    def create_topic(
        self, name: str, partitions: int, config: Mapping[str, str] | None = None, *, wait: bool = True
    ) -> None:
        """Create a topic with the broker's default replication. Raises KafkaException when it exists."""
        new = NewTopic(name, num_partitions=partitions, replication_factor=-1, config=dict(config or {}))
        _done(self._client.create_topics([new], request_timeout=REQUEST_TIMEOUT_S).values())
        if wait:
            self._wait_for_topics([name])

    def add_users(self, passwords: Mapping[str, str]) -> None:
        """Create users, or give existing ones a new password."""
        if not passwords:
            return
        info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, SCRAM_ITERATIONS)
        changes = [UserScramCredentialUpsertion(user, info, word.encode()) for user, word in passwords.items()]
        _done(self._client.alter_user_scram_credentials(changes).values())
        _until(lambda: passwords.keys() <= (self._users() or set()), "a user")

    def add_rights(self, rights: Iterable[Right]) -> None:
        """Allow; what is allowed already stays so."""
        wanted = frozenset(rights)
        bindings = [binding_of(right) for right in wanted]
        if bindings:
            _done(self._client.create_acls(bindings).values())
            _until(lambda: wanted <= (self._rights() or frozenset()), "a right")

    def _change_config(self, changes: Iterable[ConfigChange]) -> None:
        by_topic: dict[str, list[ConfigEntry]] = {}
        for change in changes:
            entry = ConfigEntry(change.name, change.new, incremental_operation=AlterConfigOpType.SET)
            by_topic.setdefault(change.topic, []).append(entry)
        resources = [
            ConfigResource(ResourceType.TOPIC, topic, incremental_configs=entries)
            for topic, entries in by_topic.items()
        ]
        if resources:
            _done(self._client.incremental_alter_configs(resources).values())

    def _config_of(self, names: list[str]) -> dict[str, dict[str, str]]:
        if not names:
            return {}
        resources = [ConfigResource(ResourceType.TOPIC, name) for name in names]
        answers = self._client.describe_configs(resources)
        own = ConfigSource.DYNAMIC_TOPIC_CONFIG.value
        return {
            resource.name: {key: entry.value for key, entry in answer.result().items() if entry.source == own}
            for resource, answer in answers.items()
        }

    def _rights(self) -> frozenset[Right] | None:
        everything = AclBindingFilter(
            ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ANY
        )
        try:
            found = self._client.describe_acls(everything).result()
        except KafkaException as error:
            if _code(error) == KafkaError.SECURITY_DISABLED:
                return None
            raise
        # Without an authorizer a broker may answer an empty list where it should refuse.
        return frozenset(map(right_of, found)) if found or self._has_authorizer() else None

    def _has_authorizer(self) -> bool:
        brokers = list(self._client.list_topics(timeout=REQUEST_TIMEOUT_S).brokers)
        answers = self._client.describe_configs([ConfigResource(ResourceType.BROKER, str(brokers[0]))])
        (answer,) = answers.values()
        entry = answer.result().get("authorizer.class.name")
        return bool(entry and entry.value)

    def _users(self) -> frozenset[str] | None:
        if not self._access.signs_in:
            return None
        return frozenset(self._client.describe_user_scram_credentials().result())

    def _wait_for_topics(self, names: Iterable[str]) -> None:
        for name in names:
            _until(partial(self._knows, name), name)

    def _knows(self, topic: str) -> bool:
        return self._client.list_topics(topic, timeout=REQUEST_TIMEOUT_S).topics[topic].error is None


def _until(condition: Callable[[], bool], what: str) -> None:
    """A controller says yes before its brokers know; whoever comes next must not find it missing."""
    deadline = time.monotonic() + REQUEST_TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline:
            raise KafkaException(f"{what} was made, and the broker still does not know it")
        time.sleep(0.01)


def _done(answers: Iterable[Future[Any]]) -> None:
    for answer in answers:
        answer.result()


def _code(error: KafkaException) -> int | None:
    cause = error.args[0] if error.args else None
    return cause.code() if isinstance(cause, KafkaError) else None
