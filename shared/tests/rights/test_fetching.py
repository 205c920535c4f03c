"""Keys behind an https address: a real server with a certificate that this test's own authority signed."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from spn.rights import fetching
from spn.rights.fetching import SET_BYTES_MAX, fetch
from spn.rights.keys import Keys, KeysError, usable
from spn_local.issuer import Issuer


class Answers(BaseHTTPRequestHandler):
    """What the server says, by path; and who asked."""

    keys: ClassVar[bytes] = b""
    asked: ClassVar[list[str]] = []
    enough: ClassVar[threading.Event] = threading.Event()

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("location", "/keys")
            self.end_headers()
        elif self.path == "/drips":
            self.send_response(200)
            self.end_headers()
            while not self.enough.wait(0.05):
                self.wfile.write(b" ")
                self.wfile.flush()
        elif self.path in ("/keys", "/large"):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.keys if self.path == "/keys" else b" " * 10 * SET_BYTES_MAX)
        else:
            self.send_error(404)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def certificate(folder: Path) -> Path:
    """Key and certificate of 127.0.0.1, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = folder / "server.pem"
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file


@pytest.fixture
def address(tmp_path: Path, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the server answers, with a certificate that is trusted here."""
    file = certificate(tmp_path)
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    Answers.keys = issuer.keys_file.read_bytes()
    Answers.asked.clear()
    Answers.enough.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        serving = threading.Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        yield f"https://127.0.0.1:{server.server_address[1]}"
        Answers.enough.set()
        server.shutdown()
        serving.join()


def test_keys_are_fetched_over_https(address: str, issuer: Issuer) -> None:
    assert fetch(f"{address}/keys") == issuer.keys_file.read_bytes()


async def test_they_are_fetched_when_the_first_token_comes_and_not_before(address: str, issuer: Issuer) -> None:
    keys = Keys.of(f"{address}/keys")
    assert Answers.asked == []
    kid = json.loads(issuer.keys_file.read_text())["keys"][0]["kid"]
    assert all(await asyncio.gather(*(keys.find(kid, "ES256") for _ in range(5))))
    assert Answers.asked == ["/keys"]


def test_who_cannot_be_trusted_is_not_believed(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(OSError, match="certificate verify failed"):
        fetch(f"{address}/keys")


@pytest.mark.parametrize("path", ["/moved", "/none"])
def test_nobody_is_followed_elsewhere(address: str, path: str) -> None:
    with pytest.raises(OSError, match=r"302|404"):
        fetch(address + path)
    assert Answers.asked == [path]


def test_a_set_without_end_is_cut_off(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeysError, match="larger than"):
        usable(fetch(f"{address}/large"))
    monkeypatch.setattr(fetching, "FETCH_SECONDS_MAX", 0.2)
    with pytest.raises(TimeoutError):
        fetch(f"{address}/drips")


@pytest.mark.parametrize("url", ["http://127.0.0.1/keys", "file:///etc/hostname", "ftp://127.0.0.1/keys"])
def test_nothing_but_https_is_fetched(url: str) -> None:
    with pytest.raises(OSError, match="https alone"):
        fetch(url)
