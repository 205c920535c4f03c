"""What enrolment needs to know besides what every service does."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from spn.settings import ServiceSettings


class Settings(ServiceSettings):
    """Enrolment's settings."""

    enrolment_http_requests_max: int = Field(
        500, ge=10, le=10_000, description="HTTP requests at hand at the same time; one more gets 503."
    )
    enrolment_http_backlog_max: int = Field(
        5_000, ge=1, le=1_000_000, description="HTTP commands without an answer; one more gets 429."
    )
    enrolment_lapse_grace_minutes: int = Field(
        60,
        ge=0,
        le=10_080,
        description="How long the HTTP edge must have been up after a deadline before an offer lapses.",
    )

    @model_validator(mode="before")
    @classmethod
    def _no_grace_locally(cls, values: Any) -> Any:
        """A driven clock jumps over deadlines: locally nobody has to wait an hour to see one."""
        if isinstance(values, dict) and values.get("spn_profile") == "local":
            return {"enrolment_lapse_grace_minutes": 0, **values}
        return values
