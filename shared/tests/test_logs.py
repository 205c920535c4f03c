"""What is logged of an error: its kind and its place, and nothing that it quotes."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from spn import logs


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.mark.parametrize("format_", ["json", "console"])
def test_an_error_is_logged_without_what_it_says(format_: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(format_, "info", "toy", "0")  # type: ignore[arg-type]
    for write in (structlog.get_logger("ours").exception, logging.getLogger("theirs").exception):
        try:
            try:
                raise KeyError("jan@example.nl")
            except KeyError as error:
                raise ValueError("Key (email)=(jan@example.nl) already exists") from error
        except ValueError:
            write("failed")
    said = capsys.readouterr().err
    assert "example.nl" not in said
    assert said.count("ValueError") == said.count("KeyError") == 2
    assert said.count("test_logs.py") == 4
