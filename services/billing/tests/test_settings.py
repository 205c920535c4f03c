"""What billing must be told before it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from billing.settings import LOCAL_SELLER, Settings
from spn.settings import SettingsError, read_settings

NEEDED = {
    "DATABASE_URL": "postgresql://billing@localhost/billing",
    "KAFKA_BOOTSTRAP_SERVERS": "localhost:9092",
    "KAFKA_SECURITY_PROTOCOL": "PLAINTEXT",
}
SELLER = {name.upper(): str(value) for name, value in LOCAL_SELLER.items()}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("SPN_PROFILE", "BILLING_VAT_TABLE", *SELLER):
        monkeypatch.delenv(name, raising=False)
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_in_production_every_word_about_the_seller_must_be_given(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SPN_PROFILE", "production")
    with pytest.raises(SettingsError) as refused:
        read_settings(Settings)
    assert str(refused.value).splitlines() == [f"{name}: is missing" for name in SELLER]


def test_the_local_profile_has_a_seller_that_is_clearly_nobody(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SPN_PROFILE", "local")
    settings = read_settings(Settings)
    assert settings.seller.legal_name == "Stichting SPN (voorbeeld)"
    assert settings.billing_seller_crkbo is True

    environment.setenv("BILLING_SELLER_NAME", "Een ander")
    assert read_settings(Settings).seller.legal_name == "Een ander"


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("BILLING_SELLER_KVK", "1234567", "pattern"),
        ("BILLING_SELLER_VAT_ID", "NL123456789B01", "is no Dutch VAT id"),
        ("BILLING_SELLER_IBAN", "NL05VOOR0123456789", "is no IBAN"),
        ("BILLING_SELLER_EMAIL", "facturen", "pattern"),
        ("BILLING_SELLER_CRKBO", "perhaps", "boolean"),
        ("BILLING_SERIES", "LN-2", "pattern"),
        ("BILLING_PAYMENT_DAYS", "0", "greater than"),
        ("BILLING_VAT_TABLE", "nowhere.toml", "cannot be read: No such file"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_name_and_the_reason(
    environment: pytest.MonkeyPatch, name: str, value: str, why: str
) -> None:
    for known, good in {**SELLER, name: value}.items():
        environment.setenv(known, good)
    with pytest.raises(SettingsError, match=f"^{name}: .*{why}"):
        read_settings(Settings)


def test_a_vat_table_that_makes_no_sense_is_refused_at_the_start(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "vat.toml"
    file.write_text("[[rule]]\nnature = 'course'\n")
    environment.setenv("SPN_PROFILE", "local")
    environment.setenv("BILLING_VAT_TABLE", str(file))
    with pytest.raises(SettingsError, match=r"^BILLING_VAT_TABLE: makes no sense"):
        read_settings(Settings)


def test_numbers_may_be_given_as_people_write_them(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SPN_PROFILE", "local")
    environment.setenv("BILLING_SELLER_IBAN", "NL04 VOOR 0123 4567 89")
    environment.setenv("BILLING_SELLER_VAT_ID", "NL0000.99998.B57")
    seller = read_settings(Settings).seller
    assert (seller.iban, seller.vat_id) == ("NL04VOOR0123456789", "NL000099998B57")
