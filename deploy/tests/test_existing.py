from __future__ import annotations

from spn_local.access import KafkaAccess
from spn_local.existing import Existing, without_addresses

CLUSTER = {
    "KAFKA_BOOTSTRAP_SERVERS": "kafka:9092",
    "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
    "KAFKA_USERNAME": "root",
    "KAFKA_PASSWORD": "secret",
    "KAFKA_PASSWORD_BILLING": "b",
    "DATABASE_URL": "postgresql://admin@db/postgres",
    "DATABASE_URL_BILLING": "postgresql://billing@db/billing",
}


def test_an_empty_environment_names_no_cluster() -> None:
    existing = Existing.from_environment({"KAFKA_BOOTSTRAP_SERVERS": "", "DATABASE_URL": ""})
    assert existing.kafka is None
    assert existing.database_url is None


def test_a_named_cluster_is_taken_with_its_users_and_databases() -> None:
    existing = Existing.from_environment(CLUSTER)
    assert existing.kafka == KafkaAccess("kafka:9092", "SASL_SSL", "root", "secret")
    assert existing.kafka_passwords == {"billing": "b"}
    assert existing.database_url == "postgresql://admin@db/postgres"
    assert existing.database_urls == {"billing": "postgresql://billing@db/billing"}


def test_the_addresses_of_a_local_stack_name_no_existing_cluster() -> None:
    assert Existing.from_environment({**CLUSTER, "SPN_STACK_ENV": "default"}) == Existing()


def test_no_password_stands_in_what_is_shown_of_a_cluster() -> None:
    shown = repr(Existing.from_environment(CLUSTER))
    assert "secret" not in shown
    assert "postgresql://" not in shown


def test_a_child_does_not_inherit_the_addresses_of_another_cluster() -> None:
    assert without_addresses({**CLUSTER, "PATH": "/bin", "SMTP_HOST": "x"}) == {"PATH": "/bin"}
