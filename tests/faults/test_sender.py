"""A client that stands still is replaced, and what it had not sent is sent by the next."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.sender import Sender


@pytest.fixture
def nobody() -> Iterator[dict[str, Any]]:
    """The settings of a client whose broker never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield {"bootstrap.servers": f"127.0.0.1:{server.getsockname()[1]}", "enable.idempotence": True}


def test_what_a_client_that_stands_still_had_not_sent_is_sent_by_the_next(nobody: dict[str, Any]) -> None:
    heard: list[object] = []
    sender = Sender(nobody, standstill_seconds=0.0)
    for number in range(3):
        sender.send(lambda error, _: heard.append(error), "t", value=str(number).encode())
    sender.poll()
    assert (sender.replaced, len(sender), heard) == (1, 3, [])
    sender.close()
    assert (len(sender), len(heard)) == (0, 3)


def test_a_client_that_has_nothing_to_send_does_not_stand_still(nobody: dict[str, Any]) -> None:
    sender = Sender(nobody, standstill_seconds=0.0)
    sender.poll()
    assert sender.replaced == 0
    sender.close()


def test_a_client_is_given_its_time(nobody: dict[str, Any]) -> None:
    sender = Sender(nobody)
    sender.send(lambda *_: None, "t", value=b"1")
    sender.poll()
    assert (sender.replaced, len(sender)) == (0, 1)
    sender.close()
