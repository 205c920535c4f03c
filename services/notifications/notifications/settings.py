"""What notifications needs to know besides what every service does: the mail server, and from whom mails come."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator

from notifications.mailing.line import MailServer, Security
from notifications.rendering import Sender
from notifications.rendering.mail import is_address
from spn.settings import ServiceSettings


class Settings(ServiceSettings):
    """Notifications' settings."""

    smtp_host: str = Field(description="Mail server that takes our mails.", examples=["mail.spn.example"])
    smtp_port: int = Field(587, ge=1, le=65_535, description="Its port.")
    smtp_security: Security = Field(
        "offered",
        description="`offered`: STARTTLS when the server has it; `required`: STARTTLS and a certificate that can be "
        "trusted; `implicit`: TLS from the first byte; `none`.",
    )
    smtp_ca_file: Path | None = Field(None, description="Authority that signed the server's certificate (PEM).")
    smtp_username: str | None = Field(None, description="User, if the server asks for one.")
    smtp_password: SecretStr | None = Field(None, description="Its password.")
    smtp_timeout_seconds: float = Field(60.0, gt=0, le=600, description="The longest wait for one reply.")
    mail_from: str = Field(
        description="Address that mails come from; the organizer of every calendar entry.",
        examples=["lerendnetwerk@spn.example"],
    )
    mail_from_name: str = Field("Lerend netwerk SPN", min_length=1, max_length=100, description="Its name.")
    mail_website: str | None = Field(
        None, pattern=r"^https?://[^\s\"<>]+$", description="Page where people handle their own enrolment."
    )
    mail_age_days_max: int = Field(7, ge=0, le=3_650, description="Facts older than this are not told by mail.")

    @field_validator("mail_from")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if not is_address(value):
            raise ValueError("is not an e-mail address, such as lerendnetwerk@spn.example")
        return value

    @model_validator(mode="after")
    def _keeps_the_password_safe(self) -> Self:
        if (self.smtp_username is None) != (self.smtp_password is None):
            raise ValueError("SMTP_USERNAME and SMTP_PASSWORD are needed together")
        if self.smtp_username and self.smtp_security not in ("required", "implicit"):
            raise ValueError("SMTP_PASSWORD would travel to a server nobody has checked: set SMTP_SECURITY=required")
        return self

    @property
    def mail_server(self) -> MailServer:
        """Where mails go."""
        return MailServer(
            host=self.smtp_host,
            port=self.smtp_port,
            security=self.smtp_security,
            ca_file=self.smtp_ca_file,
            username=self.smtp_username,
            password=self.smtp_password.get_secret_value() if self.smtp_password else None,
            timeout_seconds=self.smtp_timeout_seconds,
        )

    @property
    def sender(self) -> Sender:
        """From whom mails come."""
        return Sender(self.mail_from, self.mail_from_name, self.mail_website)

    @property
    def mail_age_max(self) -> timedelta:
        """How old a fact may be and still be told by mail."""
        return timedelta(days=self.mail_age_days_max)
