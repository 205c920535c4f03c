"""What a service loads before its consumers start is what they need."""

from __future__ import annotations

import subprocess
import sys

import pytest

from spn_local.config import SERVICE_NAMES

LATER = ("fastapi", "starlette", "jwt", "multipart")


@pytest.mark.parametrize("service", SERVICE_NAMES)
def test_consumers_start_before_the_http_side_is_loaded(service: str) -> None:
    program = f"import sys, {service}.app, spn.serving; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {name.partition(".")[0] for name in loaded.stdout.split()} & {*LATER}
