"""The line to the mail server: encryption, signing in, and settings that would give a password away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from notifications.domain import Delivered
from notifications.mailing.line import Line, LineDownError, MailServer
from notifications.settings import Settings
from services.notifications.tests.post_office import CERTIFICATE, PostOffice
from spn.settings import SettingsError, read_settings

SENDER = "lerendnetwerk@spn.example"
MAIL = b"Subject: x\r\n\r\nx\r\n"


async def send(server: MailServer) -> object:
    line = Line(server, SENDER)
    try:
        return await line.send("someone@bieb.example", MAIL)
    finally:
        await line.close()


async def test_a_line_is_encrypted_when_the_server_offers_it() -> None:
    office = PostOffice(tls=True)
    async with office.open():
        assert await send(office.server) == Delivered()
    assert office.secured == [True]


async def test_a_server_that_offers_no_encryption_gets_the_mail_in_the_clear_unless_it_is_required() -> None:
    office = PostOffice()
    async with office.open():
        assert await send(office.server) == Delivered()
        with pytest.raises(LineDownError):
            await send(replace(office.server, security="required"))
    assert office.secured == [False]
    assert len(office.taken) == 1


async def test_a_required_line_asks_who_the_server_is() -> None:
    office = PostOffice(tls=True)
    async with office.open():
        with pytest.raises(LineDownError):
            await send(replace(office.server, security="required"))
        assert await send(replace(office.server, security="required", ca_file=CERTIFICATE)) == Delivered()
    assert office.secured == [True]


async def test_whom_to_believe_is_read_once_and_again_when_the_server_was_not_believed(tmp_path: Path) -> None:
    """To read a system's authorities takes longer than to hand a mail over; a renewed file needs no restart."""
    office, authority = PostOffice(tls=True), tmp_path / "ca.pem"
    async with office.open():
        line = Line(replace(office.server, security="required", ca_file=authority), SENDER)
        with pytest.raises(LineDownError, match="FileNotFoundError"):
            await line.send("someone@bieb.example", MAIL)
        authority.write_bytes(CERTIFICATE.read_bytes())
        assert await line.send("someone@bieb.example", MAIL) == Delivered()
        await line.close()
        authority.unlink()
        assert await line.send("someone@bieb.example", MAIL) == Delivered()
        await line.close()
    assert office.connections == 2


async def test_a_server_that_asks_who_we_are_is_told_on_an_encrypted_line() -> None:
    office = PostOffice(tls=True, login=("spn", "secret"))
    async with office.open():
        safe = replace(office.server, security="required", ca_file=CERTIFICATE)
        assert await send(replace(safe, username="spn", password="secret")) == Delivered()
        with pytest.raises(LineDownError):
            await send(replace(safe, username="spn", password="wrong"))


async def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(MailServer("mail.example", 587, username="spn", password="secret"))


def settings(monkeypatch: pytest.MonkeyPatch, **changes: str) -> Settings:
    given = {
        "DATABASE_URL": "postgresql://x:y@db.example/x",
        "KAFKA_BOOTSTRAP_SERVERS": "kafka.example:9092",
        "KAFKA_SECURITY_PROTOCOL": "PLAINTEXT",
        "SMTP_HOST": "mail.example",
        "MAIL_FROM": SENDER,
        **changes,
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return read_settings(Settings)


def test_the_settings_say_where_mails_go_and_from_whom_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    read = settings(monkeypatch, SMTP_PORT="2525", MAIL_WEBSITE="https://spn.example/mijn")
    assert (read.mail_server.host, read.mail_server.port, read.mail_server.security) == (
        "mail.example",
        2525,
        "offered",
    )
    assert (read.sender.address, read.sender.domain, read.sender.website) == (
        SENDER,
        "spn.example",
        "https://spn.example/mijn",
    )
    assert read.mail_age_max.days == 7


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"MAIL_FROM": "Lerend netwerk <x@y>"}, "mail_from"),
        ({"SMTP_SECURITY": "maybe"}, "smtp_security"),
        ({"SMTP_USERNAME": "spn"}, "SMTP_PASSWORD"),
        ({"SMTP_USERNAME": "spn", "SMTP_PASSWORD": "secret"}, "SMTP_SECURITY=required"),
        ({"MAIL_WEBSITE": 'javascript:alert("x")'}, "mail_website"),
    ],
)
def test_a_setting_that_is_wrong_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(monkeypatch, **changes)
    assert said.lower() in str(caught.value).lower()
    assert "secret" not in str(caught.value)
