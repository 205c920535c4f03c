"""How a client reaches Kafka: address, protocol, user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

SASL_MECHANISM = "SCRAM-SHA-512"


@dataclass(frozen=True)
class KafkaAccess:
    """One user's way in. The names of the environment are those that every service reads too."""

    bootstrap: str
    protocol: str = "PLAINTEXT"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> KafkaAccess:
        """Read KAFKA_BOOTSTRAP_SERVERS and its companions. Raises KeyError when the address is missing."""
        return cls(
            bootstrap=environment["KAFKA_BOOTSTRAP_SERVERS"],
            protocol=environment.get("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT"),
            username=environment.get("KAFKA_USERNAME"),
            password=environment.get("KAFKA_PASSWORD"),
            ca_file=environment.get("KAFKA_CA_FILE"),
        )

    @property
    def signs_in(self) -> bool:
        """Whether users exist at all on this cluster."""
        return self.protocol.startswith("SASL_")

    def as_user(self, username: str, password: str) -> KafkaAccess:
        """The same cluster for another user."""
        return replace(self, username=username, password=password)

    def environment(self) -> dict[str, str]:
        """The environment of a service process that signs in this way."""
        values = {
            "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
            "KAFKA_SECURITY_PROTOCOL": self.protocol,
            "KAFKA_USERNAME": self.username,
            "KAFKA_PASSWORD": self.password,
            "KAFKA_CA_FILE": self.ca_file,
        }
        return {name: value for name, value in values.items() if value is not None}

    def client_config(self) -> dict[str, str | int | float | bool]:
        """Settings for a client of confluent-kafka (librdkafka)."""
        config: dict[str, str | int | float | bool] = {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": self.protocol,
            "reconnect.backoff.ms": 50,
            "reconnect.backoff.max.ms": 500,
            "log_level": 0,
        }
        if self.signs_in:
            config |= {
                "sasl.mechanism": SASL_MECHANISM,
                "sasl.username": self.username or "",
                "sasl.password": self.password or "",
            }
        if self.ca_file:
            config["ssl.ca.location"] = self.ca_file
        return config
