from __future__ import annotations

from pathlib import Path

import pytest

from spn_local.paths import checkout_root
from spn_local.topics.table import Right, TopicsFileError, TopicTable, UserKind, load_topics

GOOD = """
users:
  billing: {kind: service, about: money}
  partner: {kind: client, about: reads}
  operator: {kind: auditor, about: looks}
  admin: {kind: admin, about: applies}
topics:
  spn.billing.events:
    about: accounts
    owner: billing
    key: enrolment
    partitions: 12
    writers: [billing]
    readers: [partner]
    config: {retention.ms: 1_000, cleanup.policy: delete}
"""


def load(text: str, folder: Path) -> TopicTable:
    file = folder / "topics.yaml"
    file.write_text(text)
    return load_topics(file)


def test_the_file_of_this_repository_can_be_read_and_names_the_dead_letters_of_every_service() -> None:
    table = load_topics(checkout_root() / "deploy" / "topics.yaml")
    services = table.users_of(UserKind.SERVICE)
    assert len(services) == 4
    for service in services:
        letters = table.topics[f"spn.{service}.dead-letters"]
        assert letters.writers == letters.readers == (service,)


def test_every_topic_of_this_repository_stands_under_the_name_of_its_owner_or_is_for_partners() -> None:
    table = load_topics(checkout_root() / "deploy" / "topics.yaml")
    for name, topic in table.topics.items():
        assert name.startswith((f"spn.{topic.owner}.", "spn.partner."))


def test_settings_are_kafkas_own_text(tmp_path: Path) -> None:
    table = load(GOOD, tmp_path)
    assert table.topics["spn.billing.events"].settings == {"retention.ms": "1000", "cleanup.policy": "delete"}


def test_rights_follow_from_writers_readers_and_auditors_and_from_nothing_else(tmp_path: Path) -> None:
    assert load(GOOD, tmp_path).rights() == {
        Right("billing", "WRITE", "topic", "spn.billing.events"),
        Right("partner", "READ", "topic", "spn.billing.events"),
        Right("operator", "READ", "topic", "spn.billing.events"),
        Right("billing", "READ", "group", "billing.", "prefixed"),
        Right("partner", "READ", "group", "partner.", "prefixed"),
        Right("operator", "READ", "group", "operator.", "prefixed"),
    }


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("readers: [partner]", "readers: [partnr]"), "'partnr' is not a user of kind service or client"),
        (("readers: [partner]", "readers: [operator]"), "'operator' is not a user of kind service or client"),
        (("writers: [billing]", "writers: [partner]"), "its owner 'billing' is not among its writers"),
        (("owner: billing", "owner: partner"), "the owner 'partner' is not a user of kind service"),
        (("retention.ms: 1_000, ", ""), "config has no retention.ms"),
        (("partitions: 12", "partitions: 0"), "topics > spn.billing.events > partitions: Input should be greater"),
        (("key: enrolment", "kee: enrolment"), "topics > spn.billing.events > kee: Extra inputs are not permitted"),
        (("  spn.billing.events:", "  Billing_Events:"), "'Billing_Events' is no topic name"),
        (("kind: auditor", "kind: king"), "users > operator > kind: Input should be"),
        (("  partner: {kind", "  billing: {kind"), "line 4: 'billing' stands twice"),
        (("writers: [billing]", "writers: []"), "topics > spn.billing.events > writers"),
        (("topics:", "topics: ["), "not YAML"),
    ],
)
def test_a_mistake_is_told_with_its_place(change: tuple[str, str], sentence: str, tmp_path: Path) -> None:
    assert change[0] in GOOD
    with pytest.raises(TopicsFileError) as told:
        load(GOOD.replace(*change, 1), tmp_path)
    assert sentence in str(told.value)
    assert str(tmp_path / "topics.yaml") in str(told.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(TopicsFileError) as told:
        load(GOOD.replace("readers: [partner]", "readers: [x, y]").replace("retention.ms: 1_000, ", ""), tmp_path)
    assert str(told.value).count("\n") == 3


def test_a_missing_file_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(TopicsFileError, match=r"none\.yaml: cannot be read: No such file"):
        load_topics(tmp_path / "none.yaml")
