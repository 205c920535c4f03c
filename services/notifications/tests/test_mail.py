"""The mail itself: headers that nobody can bend, parts that every program reads."""

from __future__ import annotations

from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP as STRICT
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.rendering import UnwritableError, write
from notifications.rendering.catalogue import catalogue
from notifications.rendering.mail import is_address
from notifications.rendering.words import PURPOSES
from services.notifications.tests.drafts import SENDER, draft
from services.notifications.tests.season import NAMES, NOW, PDF

CATALOGUE = catalogue()
HEADERS = {
    "Content-Type",
    "MIME-Version",
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Language",
}


def raw(purpose: str, **changes: Any) -> bytes:
    return write(CATALOGUE, draft(purpose, **changes), SENDER, NOW)


def mail(purpose: str, **changes: Any) -> EmailMessage:
    return BytesParser(EmailMessage, policy=STRICT).parsebytes(raw(purpose, **changes))


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("purpose", PURPOSES)
def test_each_mail_can_be_read_and_has_the_headers_it_should(purpose: str, language: str) -> None:
    message = mail(purpose, language=language)
    assert set(message.keys()) == HEADERS
    assert message.defects == []
    assert message["From"].addresses[0].addr_spec == SENDER.address
    assert message["To"].addresses[0].display_name == NAMES[0]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == language
    assert message["Date"].datetime == NOW
    assert message["Message-ID"] == f"<{draft(purpose).message_id}@spn.example>"


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_line_is_ascii_ends_in_crlf_and_is_short(purpose: str) -> None:
    content = raw(purpose, name="Zoë van der Bergé " * 4)
    assert content.isascii()
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= 78 for line in content.split(b"\r\n"))


@pytest.mark.parametrize(
    ("purpose", "name"),
    [("invoice", "factuur-LN-2027-0001.pdf"), ("credit-note", "creditnota-LN-2027-0002.pdf")],
)
def test_an_invoice_comes_with_its_pdf(purpose: str, name: str) -> None:
    (attachment,) = mail(purpose).iter_attachments()
    assert (attachment.get_content_type(), attachment.get_filename()) == ("application/pdf", name)
    assert attachment.get_payload(decode=True) == PDF


def test_an_invoice_without_its_pdf_is_not_written() -> None:
    with pytest.raises(UnwritableError, match="without-its-document"):
        raw("invoice", pdf=None)


@pytest.mark.parametrize("number", ["../../etc/passwd", 'a"; filename="b.exe', "1\r\nX-Evil: 1"])
def test_the_name_of_a_file_is_only_a_name(number: str) -> None:
    details = {**draft("invoice").details, "number": number}
    (attachment,) = mail("invoice", details=details).iter_attachments()
    name = attachment.get_filename()
    assert name is not None
    assert name.startswith("factuur-")
    assert name.endswith(".pdf")
    assert not set(name) & set('/\\"\r\n ')


@pytest.mark.parametrize(
    "name",
    [
        "Eve\r\nBcc: all@bieb.example",
        "Eve\nSubject: other",
        "Eve\x00\x0b\x0c\x1c\x85\u2028Bcc: all@bieb.example",
        'Eve" <other@bieb.example>, "',
        "Zoë\r\n\r\nbody",
        "=?utf-8?q?Eve=0D=0ABcc=3A_all=40bieb=2Eexample?=",
        "a" * 5_000,
        "",
    ],
)
def test_no_name_adds_a_header_or_a_recipient(name: str) -> None:
    message = mail("accepted", name=name)
    assert set(message.keys()) == HEADERS
    (to,) = message["To"].addresses
    assert to.addr_spec == "i.vanthoff@bieb.example"


@given(name=st.text(max_size=200), title=st.text(max_size=200))
def test_whatever_people_are_called_the_mail_has_its_headers_and_one_recipient(name: str, title: str) -> None:
    details = {**draft("session-invited").details, "title_nl": title, "venue": name}
    try:
        message = mail("session-invited", name=name, details=details)
    except UnwritableError:
        return
    assert set(message.keys()) == HEADERS
    assert [address.addr_spec for address in message["To"].addresses] == ["i.vanthoff@bieb.example"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "two@@bieb.example",
        "a@b.example\r\nBcc: x@y.example",
        "a@b.example>, <x@y.example",
        "a b@bieb.example",
        "é@bieb.example",
        "a@bieb .example",
        "a..b@bieb.example",
        "a@" + "b" * 300,
    ],
)
def test_what_is_no_address_gets_no_mail(address: str) -> None:
    with pytest.raises(UnwritableError, match="unusable-address") as caught:
        raw("accepted", email=address)
    assert not address or address not in repr(caught.value)


@pytest.mark.parametrize("address", ["a@b", "ineke.van-t.hoff+spn@bieb-online.example", "o'brien@bieb.example"])
def test_usual_addresses_are_addresses(address: str) -> None:
    assert is_address(address)


def test_a_detail_that_is_missing_is_said_without_what_is_personal() -> None:
    with pytest.raises(UnwritableError, match=r"^unwritable-KeyError$"):
        raw("accepted", details={})


def test_a_language_that_is_not_known_is_dutch() -> None:
    assert mail("accepted", language="fy")["Content-Language"] == "nl"


def test_a_draft_does_not_show_its_recipient() -> None:
    shown = repr(draft("accepted"))
    assert NAMES[0] not in shown
    assert "bieb.example" not in shown
