"""Every pair of user and topic, tried on the real broker and compared with deploy/topics.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import pytest
from confluent_kafka import (
    Consumer,
    ConsumerGroupTopicPartitions,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient

from spn_local.config import SERVICE_NAMES
from spn_local.paths import checkout_root
from spn_local.stack import Stack
from spn_local.topics.table import TopicTable, UserKind, load_topics

pytestmark = pytest.mark.stack

TABLE: TopicTable = load_topics(checkout_root() / "deploy" / "topics.yaml")
USERS = TABLE.users_of(UserKind.SERVICE, UserKind.CLIENT, UserKind.AUDITOR)
# Larger than a topic takes: who may write is told so, and nothing is left on topics that other tests read.
TOO_LARGE = b"x" * 1_100_000
DENIED = KafkaError.TOPIC_AUTHORIZATION_FAILED
PATIENCE_S = 20.0


def pairs(operation: str) -> set[tuple[str, str]]:
    """The allowed pairs of the table, written out from its columns and not by the code that makes the rights."""
    if operation == "WRITE":
        return {(user, name) for name, topic in TABLE.topics.items() for user in topic.writers}
    return {(user, name) for name, topic in TABLE.topics.items() for user in (*topic.readers, "operator")}


def try_all_writes(stack: Stack, user: str) -> Iterator[tuple[str, str]]:
    """The pairs of this user that the broker let through."""
    codes: dict[str, int] = {}

    def placed(error: KafkaError | None, message: Message) -> None:
        codes[message.topic() or ""] = KafkaError.NO_ERROR if error is None else error.code()

    limits = {"message.max.bytes": 2_000_000, "compression.type": "none"}
    producer = Producer({**stack.kafka(user).client_config(), **limits, "enable.idempotence": False})
    for topic in TABLE.topics:
        try:
            producer.produce(topic, TOO_LARGE, on_delivery=placed)
        except KafkaException as refusal:
            # Told before it is sent, when the client has learned so much in the meantime.
            codes[topic] = refusal.args[0].code()
        producer.flush(PATIENCE_S)
    assert codes.keys() == TABLE.topics.keys()
    assert set(codes.values()) <= {DENIED, KafkaError.MSG_SIZE_TOO_LARGE}
    yield from ((user, topic) for topic, code in codes.items() if code != DENIED)


def try_all_reads(stack: Stack, user: str) -> Iterator[tuple[str, str]]:
    """The pairs of this user that the broker let through."""
    config = {"group.id": f"{user}.rights", "enable.partition.eof": True, "enable.auto.commit": False}
    consumer = Consumer({**stack.kafka(user).client_config(), **config, "auto.offset.reset": "earliest"})
    try:
        # Who may not even know a topic is told so here; a consumer would wait for it for ever.
        errors = {topic: consumer.list_topics(topic, PATIENCE_S).topics[topic].error for topic in TABLE.topics}
        assert {error.code() for error in errors.values() if error is not None} <= {DENIED}
        known = {topic for topic, error in errors.items() if error is None}
        consumer.assign([TopicPartition(topic, 0, 0) for topic in known])
        yield from ((user, topic) for topic in readable(consumer, known))
    finally:
        consumer.close()


def readable(consumer: Consumer, topics: set[str]) -> set[str]:
    """The topics that give data or their end; each of them must give that or a refusal."""
    found: dict[str, bool] = {}
    while found.keys() != topics:
        message = consumer.poll(PATIENCE_S)
        assert message is not None, f"neither data nor a refusal from {topics - found.keys()}"
        error = message.error()
        assert error is None or error.code() in (DENIED, KafkaError._PARTITION_EOF), error
        found[message.topic() or ""] = error is None or error.code() != DENIED
    return {topic for topic, yes in found.items() if yes}


def test_a_user_writes_exactly_where_the_table_names_it_as_a_writer(stack: Stack) -> None:
    with ThreadPoolExecutor(len(USERS)) as pool:
        allowed = {pair for found in pool.map(lambda user: list(try_all_writes(stack, user)), USERS) for pair in found}
    assert allowed == pairs("WRITE")


def test_a_user_reads_exactly_where_the_table_names_it_as_a_reader(stack: Stack) -> None:
    with ThreadPoolExecutor(len(USERS)) as pool:
        allowed = {pair for found in pool.map(lambda user: list(try_all_reads(stack, user)), USERS) for pair in found}
    assert allowed == pairs("READ")


def test_a_user_has_the_consumer_groups_of_its_own_name_and_no_others(stack: Stack) -> None:
    def allowed_groups(user: str) -> set[tuple[str, str]]:
        admin = AdminClient(stack.kafka(user).client_config())
        return {(user, owner) for owner in USERS if sees_group(admin, f"{owner}.spn.some.topic")}

    with ThreadPoolExecutor(len(USERS)) as pool:
        allowed = set().union(*pool.map(allowed_groups, USERS))
    assert allowed == {(user, user) for user in USERS}


def sees_group(admin: AdminClient, group: str) -> bool:
    answers = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])
    refusal = answers[group].exception(PATIENCE_S)
    if refusal is None:
        return True
    assert "GROUP_AUTHORIZATION_FAILED" in str(refusal)
    return False


def test_no_service_may_create_a_topic_or_give_a_right(stack: Stack) -> None:
    from spn_local.topics.cluster import KafkaAdmin
    from spn_local.topics.table import Right

    for user in USERS:
        admin = KafkaAdmin(stack.kafka(user))
        with pytest.raises(KafkaException, match="AUTHORIZATION_FAILED"):
            admin.create_topic(f"spn.{user}.own", 1)
        with pytest.raises(KafkaException, match="AUTHORIZATION_FAILED"):
            admin.add_rights([Right(user, "READ", "topic", "spn.enrolment.people")])


def test_a_wrong_password_opens_nothing(stack: Stack) -> None:
    config = stack.kafka("billing").as_user("billing", "wrong").client_config()
    with pytest.raises(KafkaException):
        AdminClient({**config, "log_level": 0}).list_topics(timeout=3)


@pytest.mark.parametrize("owner", SERVICE_NAMES)
async def test_a_role_opens_its_own_database_and_no_other(owner: str, stack: Stack) -> None:
    for database in SERVICE_NAMES:
        url = stack.database_url(owner).replace(f"/spn_{owner}?", f"/spn_{database}?")
        if database == owner:
            await (await asyncpg.connect(url)).close()
        else:
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for database"):
                await asyncpg.connect(url)
    for database in ("postgres", "template1"):
        url = stack.database_url(owner).replace(f"/spn_{owner}?", f"/{database}?")
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for database"):
            await asyncpg.connect(url)


async def test_nobody_gets_in_without_the_right_password(stack: Stack) -> None:
    right, _, rest = stack.database_url("billing").rpartition("@")
    for credentials in (f"{right}x", right.rpartition(":")[0]):
        with pytest.raises(asyncpg.PostgresError, match="password"):
            await asyncpg.connect(f"{credentials}@{rest}", passfile="none")


async def test_the_auditor_reads_every_table_and_writes_none(stack: Stack) -> None:
    owner = await asyncpg.connect(stack.database_url("billing"))
    await owner.execute("CREATE TABLE audited (n int); INSERT INTO audited VALUES (1)")
    auditor = await asyncpg.connect(stack.addresses.auditor_database_url("billing"))
    try:
        assert await auditor.fetchval("SELECT n FROM audited") == 1
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await auditor.execute("DELETE FROM audited")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await auditor.execute("CREATE TABLE own (n int)")
    finally:
        await owner.execute("DROP TABLE audited")
        await owner.close()
        await auditor.close()
