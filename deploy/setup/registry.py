"""How this machine reaches its package registry: what pip is told, uv is told too."""

from __future__ import annotations

import ast
import functools
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# uv reads neither pip.conf nor PIP_* variables: pip's option, uv's variable, and how uv joins several values.
_SAME_IN_UV = (
    ("index-url", "UV_DEFAULT_INDEX", " "),
    ("extra-index-url", "UV_INDEX", " "),
    ("find-links", "UV_FIND_LINKS", ","),
    ("no-index", "UV_NO_INDEX", " "),
    ("trusted-host", "UV_INSECURE_HOST", " "),
    ("cert", "SSL_CERT_FILE", " "),
    ("cert", "REQUESTS_CA_BUNDLE", " "),  # not uv's, but what fetches the jars of Kafka asks for it
    ("client-cert", "SSL_CLIENT_CERT", " "),
    ("proxy", "ALL_PROXY", " "),
    ("default-timeout", "UV_HTTP_TIMEOUT", " "),
    ("timeout", "UV_HTTP_TIMEOUT", " "),
)
# The order in which pip itself believes them.
_SECTIONS = (":env:", "install", "global")


@functools.cache
def uv_environment(python: Path) -> dict[str, str]:
    """Give this process's environment with pip's settings of the given interpreter added in uv's words.

    A variable of uv that is set already stands.
    """
    listed = subprocess.run([python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    ours = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "UV_CUSTOM_COMPILE_COMMAND": "make lock"}
    return ours | translate(listed.stdout) | os.environ


def translate(pip_config: str) -> dict[str, str]:
    """Put the lines of `pip config list` (`section.option='value'`) into uv's variables."""
    options = dict(_parse(pip_config))
    return dict(_translations(options))


def _parse(pip_config: str) -> list[tuple[str, str]]:
    pairs = (line.partition("=") for line in pip_config.splitlines() if "=" in line)
    return [(name, str(ast.literal_eval(value))) for name, _, value in pairs]


def _translations(options: Mapping[str, str]) -> list[tuple[str, str]]:
    found = []
    for option, variable, separator in _SAME_IN_UV:
        value = next((options[key] for s in _SECTIONS if (key := f"{s}.{option}") in options), "")
        words = [word for word in value.split() if option != "find-links" or _is_there(word)]
        if words:
            found.append((variable, separator.join(words)))
    return found


def _is_there(place: str) -> bool:
    # pip passes over a folder that is missing, uv stops at it.
    return "://" in place or Path(place).expanduser().is_dir()
