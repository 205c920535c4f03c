"""Settings come from the environment, and a wrong one is refused by its name."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from spn.entry import entry
from spn.settings import ServiceSettings, SettingsError, read_settings, table
from tests.toy.parts import toy

SECRET = "geheim-7d1f"
GOOD = {
    "DATABASE_URL": f"postgresql://toy:{SECRET}@/toy",
    "KAFKA_BOOTSTRAP_SERVERS": "one:9092, two:9092",
    "KAFKA_USERNAME": "toy",
    "KAFKA_PASSWORD": SECRET,
}
NAMES = [name.upper() for name in ServiceSettings.model_fields]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment in which everything is set that must be, and nothing else."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def refused() -> str:
    with pytest.raises(SettingsError) as caught:
        read_settings(ServiceSettings)
    assert caught.value.__cause__ is None
    return str(caught.value)


def test_what_is_not_set_has_a_safe_default(environment: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    settings = read_settings(ServiceSettings)
    assert settings.bootstrap == ["one:9092", "two:9092"]
    assert (settings.spn_profile, settings.kafka_security_protocol) == ("production", "SASL_SSL")
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("DATABASE_URL", f"mysql://toy:{SECRET}@/toy", "must start with postgresql://"),
        ("DATABASE_URL", "", "is missing"),
        ("KAFKA_BOOTSTRAP_SERVERS", "", "is missing"),
        ("KAFKA_SECURITY_PROTOCOL", SECRET, "Input should be 'PLAINTEXT', 'SASL_PLAINTEXT' or 'SASL_SSL'"),
        ("HTTP_PORT", SECRET, "Input should be a valid integer"),
        ("HTTP_PORT", "70000", "less than or equal to 65535"),
        ("HTTP_JWT_KEYS", "http://keys.example/jwks", "is neither a file nor an https:// address"),
        ("HTTP_JWT_KEYS", "/no/such/file", "names no file"),
        ("REPLICA_SLOT", "a b", "String should match pattern"),
        ("KAFKA_SESSION_TIMEOUT_MS", "5", "greater than or equal to 6000"),
        ("LOG_LEVEL", "loud", "Input should be"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_name_and_the_reason_and_without_its_value(
    environment: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    environment.setenv(name, value)
    said = refused()
    assert said.startswith(f"{name}: ")
    assert reason in said
    assert SECRET not in said
    assert value == "" or value not in said.removeprefix(name)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("KAFKA_PASSWORD", "", "KAFKA_USERNAME and KAFKA_PASSWORD are needed"),
        ("HTTP_JWT_KEYS", "https://keys.example/jwks", "HTTP_JWT_AUDIENCE and HTTP_JWT_KEYS are needed together"),
        ("HTTP_JWT_ISSUER", "https://login.example", "HTTP_JWT_AUDIENCE and HTTP_JWT_KEYS are needed together"),
        ("SPN_CLOCK_FILE", "/some/file", "SPN_CLOCK_FILE drives business time and is refused"),
        ("SPN_FAILPOINTS", "/some/folder", "SPN_FAILPOINTS makes the process die and is refused"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(
    environment: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    environment.setenv(name, value)
    assert sentence in refused()


def test_all_that_is_wrong_is_said_at_once(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("DATABASE_URL")
    environment.setenv("HTTP_PORT", "x")
    assert [line.split(":")[0] for line in refused().splitlines()] == ["DATABASE_URL", "HTTP_PORT"]


@pytest.mark.parametrize("command", ["serve", "migrate", "check"])
def test_a_service_with_a_wrong_setting_ends_before_it_touches_anything(
    environment: pytest.MonkeyPatch, command: str
) -> None:
    environment.setenv("HTTP_PORT", SECRET)
    result = CliRunner().invoke(entry(lambda _: toy("toy"), ServiceSettings), [command])
    assert result.exit_code == 2
    assert "HTTP_PORT: Input should be a valid integer" in result.output
    assert SECRET not in result.output


def test_the_table_of_settings_names_each_with_its_default_and_meaning() -> None:
    lines = table(ServiceSettings).splitlines()
    assert [line.split("|")[1].strip(" `") for line in lines[2:]] == NAMES
    assert "| `DATABASE_URL` | **required** |" in lines[3]
    assert all(line.split("|")[3].strip() for line in lines[2:])
