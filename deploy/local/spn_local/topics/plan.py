"""How a cluster differs from topics.yaml, and what would be done about it. Pure: no cluster is touched here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from spn_local.topics.table import Right, Topic, TopicTable, UserKind


@dataclass(frozen=True)
class TopicOnCluster:
    """A topic as the cluster has it. `config` holds what was set on the topic itself, not the broker's defaults."""

    partitions: int
    config: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ClusterState:
    """What a cluster has.

    `rights` is None when it has no authorizer: then nothing is enforced there. `users` is None when it knows
    none (no SASL), or keeps them elsewhere.
    """

    topics: Mapping[str, TopicOnCluster]
    rights: frozenset[Right] | None
    users: frozenset[str] | None


@dataclass(frozen=True)
class ConfigChange:
    """One setting of one topic; `old` is None when the broker's default ruled until now."""

    topic: str
    name: str
    old: str | None
    new: str


@dataclass(frozen=True)
class PartitionsDiffer:
    """A difference that is told and never made good: more partitions would move keys out of their order."""

    topic: str
    on_cluster: int
    in_file: int


@dataclass(frozen=True)
class Plan:
    """What to create and alter, and what is only told: nothing is ever deleted."""

    create_topics: Mapping[str, Topic]
    change_config: tuple[ConfigChange, ...]
    add_users: tuple[str, ...]
    add_rights: tuple[Right, ...]
    partitions_differ: tuple[PartitionsDiffer, ...]
    unlisted_topics: tuple[str, ...]
    unlisted_config: tuple[tuple[str, str, str], ...]
    unlisted_rights: tuple[Right, ...]
    no_authorizer: bool

    @property
    def has_work(self) -> bool:
        """Whether applying would change something."""
        return bool(self.create_topics or self.change_config or self.add_users or self.add_rights)

    @property
    def agrees(self) -> bool:
        """Whether the cluster is as the file says, in what is made good and in what is only told."""
        told = self.partitions_differ or self.unlisted_topics or self.unlisted_config or self.unlisted_rights
        return not (self.has_work or told or self.no_authorizer)


def compare(table: TopicTable, cluster: ClusterState) -> Plan:
    """The plan that makes `cluster` agree with `table` as far as that may be done."""
    both = {name: topic for name, topic in table.topics.items() if name in cluster.topics}
    on_cluster = cluster.rights if cluster.rights is not None else frozenset()
    wanted = table.rights() if cluster.rights is not None else frozenset()
    return Plan(
        create_topics={name: topic for name, topic in table.topics.items() if name not in cluster.topics},
        change_config=tuple(change for name, topic in both.items() for change in _changes(name, topic, cluster)),
        add_users=_missing_users(table, cluster),
        add_rights=tuple(sorted(wanted - on_cluster)),
        partitions_differ=tuple(
            PartitionsDiffer(name, cluster.topics[name].partitions, topic.partitions)
            for name, topic in both.items()
            if cluster.topics[name].partitions != topic.partitions
        ),
        unlisted_topics=tuple(sorted(n for n in cluster.topics if n.startswith("spn.") and n not in table.topics)),
        unlisted_config=tuple(
            (name, setting, value)
            for name, topic in both.items()
            for setting, value in sorted(cluster.topics[name].config.items())
            if setting not in topic.config
        ),
        unlisted_rights=tuple(sorted(right for right in on_cluster - wanted if _concerns(table, right))),
        no_authorizer=cluster.rights is None,
    )


def _changes(name: str, topic: Topic, cluster: ClusterState) -> list[ConfigChange]:
    now = cluster.topics[name].config
    return [
        ConfigChange(name, setting, now.get(setting), value)
        for setting, value in topic.settings.items()
        if now.get(setting) != value
    ]


def _missing_users(table: TopicTable, cluster: ClusterState) -> tuple[str, ...]:
    if cluster.users is None:
        return ()
    signs_in = table.users_of(UserKind.SERVICE, UserKind.CLIENT, UserKind.AUDITOR)
    return tuple(user for user in signs_in if user not in cluster.users)


def _concerns(table: TopicTable, right: Right) -> bool:
    """A cluster may serve others too: their rights on their things are not ours to remark on."""
    return right.user in table.users or right.name == "*" or right.name.startswith("spn.")
