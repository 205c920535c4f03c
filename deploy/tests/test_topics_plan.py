from __future__ import annotations

from dataclasses import replace

from spn_cli.topics_command import describe
from spn_local.topics.plan import ClusterState, ConfigChange, TopicOnCluster, compare
from spn_local.topics.table import Right, Topic, TopicTable, User, UserKind

TOPIC = Topic(
    about="accounts",
    owner="billing",
    key="enrolment",
    partitions=12,
    writers=("billing",),
    readers=(),
    config={"retention.ms": 1000},
)
TABLE = TopicTable(
    users={
        "billing": User(kind=UserKind.SERVICE, about="money"),
        "admin": User(kind=UserKind.ADMIN, about="applies"),
    },
    topics={"spn.billing.events": TOPIC},
)
AGREEING = ClusterState(
    topics={"spn.billing.events": TopicOnCluster(12, {"retention.ms": "1000"})},
    rights=TABLE.rights(),
    users=frozenset({"billing", "admin"}),
)
EMPTY = ClusterState(topics={}, rights=frozenset(), users=frozenset({"admin"}))


def lines(cluster: ClusterState) -> str:
    return "\n".join(describe(compare(TABLE, cluster)))


def test_a_cluster_that_agrees_needs_nothing_and_nothing_is_said() -> None:
    plan = compare(TABLE, AGREEING)
    assert plan.agrees
    assert not plan.has_work
    assert lines(AGREEING) == ""


def test_an_empty_cluster_gets_every_topic_user_and_right() -> None:
    plan = compare(TABLE, EMPTY)
    assert plan.create_topics == TABLE.topics
    assert plan.add_users == ("billing",)
    assert set(plan.add_rights) == TABLE.rights()


def test_what_a_plan_creates_makes_the_cluster_agree() -> None:
    plan = compare(TABLE, EMPTY)
    after = ClusterState(
        topics={name: TopicOnCluster(t.partitions, t.settings) for name, t in plan.create_topics.items()},
        rights=frozenset(plan.add_rights),
        users=frozenset({*plan.add_users, "admin"}),
    )
    assert compare(TABLE, after).agrees


def test_a_setting_that_differs_or_was_never_set_is_altered() -> None:
    for before in ({"retention.ms": "5"}, {}):
        cluster = replace(AGREEING, topics={"spn.billing.events": TopicOnCluster(12, before)})
        change = ConfigChange("spn.billing.events", "retention.ms", before.get("retention.ms"), "1000")
        assert compare(TABLE, cluster).change_config == (change,)


def test_another_number_of_partitions_is_told_loudly_and_is_no_work() -> None:
    cluster = replace(AGREEING, topics={"spn.billing.events": TopicOnCluster(6, {"retention.ms": "1000"})})
    plan = compare(TABLE, cluster)
    assert not plan.has_work
    assert not plan.agrees
    assert "has 6 partitions, the file says 12. NOT CHANGED" in lines(cluster)


def test_what_the_file_does_not_name_is_told_and_left_alone() -> None:
    stray = Right("partner", "READ", "topic", "spn.billing.events")
    cluster = ClusterState(
        topics={
            "spn.billing.events": TopicOnCluster(12, {"retention.ms": "1000", "max.message.bytes": "9"}),
            "spn.old": TopicOnCluster(1),
        },
        rights=AGREEING.rights | {stray} if AGREEING.rights else frozenset(),
        users=AGREEING.users,
    )
    plan = compare(TABLE, cluster)
    assert not plan.has_work
    assert plan.unlisted_topics == ("spn.old",)
    assert plan.unlisted_config == (("spn.billing.events", "max.message.bytes", "9"),)
    assert plan.unlisted_rights == (stray,)


def test_topics_users_and_rights_of_others_on_a_shared_cluster_are_not_remarked_on() -> None:
    others = {Right("shop", "WRITE", "topic", "orders"), Right("shop", "READ", "group", "shop.", "prefixed")}
    cluster = ClusterState(
        topics={**AGREEING.topics, "orders": TopicOnCluster(3)},
        rights=(AGREEING.rights or frozenset()) | others,
        users=frozenset({"billing", "admin", "shop"}),
    )
    assert compare(TABLE, cluster).agrees


def test_a_right_of_everybody_on_everything_is_remarked_on() -> None:
    everybody = Right("*", "READ", "topic", "*")
    cluster = replace(AGREEING, rights=(AGREEING.rights or frozenset()) | {everybody})
    assert compare(TABLE, cluster).unlisted_rights == (everybody,)


def test_without_an_authorizer_no_right_is_planned_and_it_is_said() -> None:
    cluster = replace(AGREEING, rights=None)
    plan = compare(TABLE, cluster)
    assert plan.add_rights == ()
    assert not plan.agrees
    assert "The cluster has no authorizer" in lines(cluster)


def test_on_a_cluster_where_nobody_signs_in_no_user_is_planned() -> None:
    assert compare(TABLE, replace(EMPTY, users=None)).add_users == ()
