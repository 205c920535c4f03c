"""Settings of a service process: from the environment only, checked before anything starts."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(Exception):
    """A setting is missing or wrong; the text names each one and the reason, never its value."""


class ServiceSettings(BaseSettings):
    """What every service needs to know. A service adds its own in a class derived from this one."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    spn_profile: Literal["production", "local"] = Field(
        "production", description="`local` allows what only a demo or a test may do, such as a driven clock."
    )
    database_url: SecretStr = Field(
        description="PostgreSQL of this service: `postgresql://role:password@host/database`.",
        examples=["postgresql://role:password@host/database"],
    )
    database_connections_max: int = Field(10, ge=4, le=100, description="Connections of one replica, at most.")
    kafka_bootstrap_servers: str = Field(
        description="Kafka brokers, `host:port`, separated by commas.", examples=["kafka:9092"]
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "SASL_SSL", description="How to reach Kafka; SASL uses SCRAM-SHA-512."
    )
    kafka_username: str | None = Field(None, description="SCRAM user of this service.")
    kafka_password: SecretStr | None = Field(None, description="Its password.")
    kafka_ca_file: Path | None = Field(None, description="Authority that signed the brokers' certificates (PEM).")
    kafka_session_timeout_ms: int = Field(
        30_000, ge=6_000, le=1_800_000, description="How long the group waits for a silent replica."
    )
    http_host: str = Field("127.0.0.1", description="Address of the HTTP side (health, metrics, edge).")
    http_port: int = Field(8080, ge=0, le=65_535, description="Its port.")
    http_jwt_issuer: str | None = Field(
        None,
        min_length=1,
        max_length=500,
        description="Identity provider whose tokens count (`iss`); docs/rights.md.",
    )
    http_jwt_audience: str | None = Field(
        None, min_length=1, max_length=500, description="What its tokens must be for (claim `aud`)."
    )
    http_jwt_keys: str | None = Field(
        None,
        min_length=1,
        max_length=2_000,
        description="Its public keys: a JWK Set in a file, or behind an `https://` address. Without these three nobody "
        "comes in where a role is asked for.",
    )
    replica_slot: str = Field(
        "0", pattern=r"^[a-z0-9-]{1,40}$", description="Stable name of this replica: no two live ones may share it."
    )
    log_format: Literal["json", "console"] = Field(
        "json", description="One JSON object a line, or text for a terminal."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    batch_records_max: int = Field(500, ge=1, le=5_000, description="Messages handled in one transaction, at most.")
    inbox_days: int = Field(
        30, ge=15, le=400, description="How long handled message ids are remembered: longer than topics keep messages."
    )
    watchdog_seconds: float = Field(
        30.0, ge=1, le=600, description="How long a consumer may look stuck before the process ends itself."
    )
    stop_seconds_max: float = Field(20.0, gt=0, le=120, description="A stop takes no longer than this.")
    spn_clock_file: Path | None = Field(None, description="A driven clock; refused in production.")
    spn_failpoints: Path | None = Field(
        None, description="Folder in which a test arms places to die at; refused in production."
    )

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("must start with postgresql://")
        return value

    @field_validator("http_jwt_keys")
    @classmethod
    def _are_somewhere(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith("https://"):
            if "://" in value:
                raise ValueError("is neither a file nor an https:// address")
            if not Path(value).is_file():
                raise ValueError("names no file")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.kafka_security_protocol != "PLAINTEXT" and not (self.kafka_username and self.kafka_password):
            raise ValueError("KAFKA_USERNAME and KAFKA_PASSWORD are needed with KAFKA_SECURITY_PROTOCOL=SASL_*")
        if len({self.http_jwt_issuer is None, self.http_jwt_audience is None, self.http_jwt_keys is None}) > 1:
            raise ValueError("HTTP_JWT_ISSUER, HTTP_JWT_AUDIENCE and HTTP_JWT_KEYS are needed together")
        if self.spn_profile == "production" and self.spn_clock_file:
            raise ValueError("SPN_CLOCK_FILE drives business time and is refused when SPN_PROFILE is production")
        if self.spn_profile == "production" and self.spn_failpoints:
            raise ValueError("SPN_FAILPOINTS makes the process die and is refused when SPN_PROFILE is production")
        return self

    @property
    def bootstrap(self) -> list[str]:
        """The brokers as a list: the client library does not split the text."""
        return [part.strip() for part in self.kafka_bootstrap_servers.split(",") if part.strip()]


T = TypeVar("T", bound=ServiceSettings)


def read_settings(kind: type[T]) -> T:
    """The settings from the environment.

    :raises SettingsError: with one line per setting that is missing or wrong.
    """
    try:
        return kind()
    except ValidationError as error:
        lines = []
        for one in error.errors(include_url=False, include_input=False, include_context=False):
            name = "_".join(str(part) for part in one["loc"]).upper() or "settings"
            reason = "is missing" if one["type"] == "missing" else one["msg"].removeprefix("Value error, ")
            lines.append(f"{name}: {reason}")
        raise SettingsError("\n".join(lines)) from None


def table(kind: type[ServiceSettings]) -> str:
    """The settings as a Markdown table, for the README of a service."""
    rows = ["| Variable | Default | Meaning |", "|---|---|---|"]
    for name, field in kind.model_fields.items():
        default = "**required**" if field.is_required() else "" if field.default is None else f"`{field.default}`"
        rows.append(f"| `{name.upper()}` | {default} | {field.description or ''} |")
    return "\n".join(rows) + "\n"
