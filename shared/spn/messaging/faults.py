"""Whose fault an error is: the message's, the moment's, or the surroundings'."""

from __future__ import annotations

import asyncio

import asyncpg

_MESSAGE_CLASSES = ("22", "23", "54")


class TransientError(Exception):
    """The surroundings are at fault: try the same again later."""


def is_conflict(error: BaseException) -> bool:
    """Two transactions raced for one row or one time: fresh state decides."""
    return isinstance(error, asyncpg.UniqueViolationError | asyncpg.ExclusionViolationError)


def is_transient(error: BaseException) -> bool:
    """Nothing is wrong with the messages: connection, server, lock, time, rights or schema are.

    What PostgreSQL says of data (classes 22, 23 and 54) and what Python says while loading or saving (a value that does
    not fit, a bug) is the fault of a message and is narrowed down to it.
    """
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "")[:2] not in _MESSAGE_CLASSES
    if isinstance(error, asyncpg.InterfaceError):
        return not isinstance(error, ValueError)
    # InternalClientError: a connection that broke off in the middle of an exchange.
    surroundings = OSError | TimeoutError | asyncio.TimeoutError | asyncpg.InternalClientError | TransientError
    return isinstance(error, surroundings)
