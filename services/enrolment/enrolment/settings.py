"""What enrolment needs to know besides what every service does."""

from __future__ import annotations

from typing import Any

from pydantic import Field, SecretStr, field_validator, model_validator

from spn.settings import ServiceSettings

SECRET_CHARACTERS_MIN = 24


class Settings(ServiceSettings):
    """Enrolment's settings."""

    enrolment_http_requests_max: int = Field(
        500, ge=10, le=10_000, description="HTTP requests at hand at the same time; one more gets 503."
    )
    enrolment_http_backlog_max: int = Field(
        5_000, ge=1, le=1_000_000, description="HTTP commands without an answer; one more gets 429."
    )
    enrolment_pages_secrets: SecretStr | None = Field(
        None,
        description="Secrets that sign what the pages hand out, newest first, separated by commas, each of 24 "
        "characters or more; without one there are no pages.",
        examples=["a-secret-that-nobody-should-use"],
    )
    enrolment_pages_url: str | None = Field(
        None, pattern=r"^https?://[^/?#]+$", description="Address at which people reach the pages, without a path."
    )
    enrolment_pages_contact: str | None = Field(
        None, pattern=r"^[^@\s<>\"]+@[^@\s<>\"]+$", description="E-mail address for questions, shown on every page."
    )
    enrolment_lapse_grace_minutes: int = Field(
        60,
        ge=0,
        le=10_080,
        description="How long the HTTP edge must have been up after a deadline before an offer lapses.",
    )

    @property
    def pages_secrets(self) -> tuple[str, ...]:
        """The secrets that sign, newest first."""
        return _listed(self.enrolment_pages_secrets)

    @field_validator("enrolment_pages_secrets")
    @classmethod
    def _are_long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if any(len(secret) < SECRET_CHARACTERS_MIN for secret in _listed(value)):
            raise ValueError(f"each secret needs {SECRET_CHARACTERS_MIN} characters or more")
        return value

    @model_validator(mode="before")
    @classmethod
    def _no_grace_locally(cls, values: Any) -> Any:
        """A driven clock jumps over deadlines: locally nobody has to wait an hour to see one."""
        if isinstance(values, dict) and values.get("spn_profile") == "local":
            return {"enrolment_lapse_grace_minutes": 0, **values}
        return values


def _listed(secrets: SecretStr | None) -> tuple[str, ...]:
    parts = secrets.get_secret_value().split(",") if secrets else []
    return tuple(part.strip() for part in parts if part.strip())
