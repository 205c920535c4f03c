"""Whose fault an error is: nothing is buried that only had bad luck."""

from __future__ import annotations

import asyncpg
import pytest

from spn.messaging.faults import TransientError, is_transient


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        TransientError(),
        asyncpg.InterfaceError("the underlying connection is closed"),
        asyncpg.InternalClientError("got result for unknown protocol state 0"),
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.DeadlockDetectedError(),
    ],
)
def test_the_surroundings_are_at_fault(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [asyncpg.DataError("invalid input"), asyncpg.UniqueViolationError(), ValueError("of a decision"), KeyError("bug")],
)
def test_the_message_is_at_fault(error: Exception) -> None:
    assert not is_transient(error)
