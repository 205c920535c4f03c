"""docs/api.md: each of its examples is run as it stands, and what stands below it is in what comes back."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from deploy.setup.install import ROOT
from services.enrolment.tests.http.api import token
from services.enrolment.tests.http.served import Served, served
from spn_local.stack import Stack

PAGE = (ROOT / "docs" / "api.md").read_text()
EXAMPLE = re.compile(r"```sh\n(?P<script>.*?)```\n```http\n(?P<said>.*?)```", re.DOTALL)
EXAMPLES = [(found["script"], found["said"].strip().splitlines()) for found in EXAMPLE.finditer(PAGE)]

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(shutil.which("curl") is None, reason="the examples need curl: apt-get install curl"),
]


@pytest.fixture(scope="module")
def server(stack: Stack) -> Iterator[Served]:
    with served(stack.admin_database_url) as running:
        yield running


def test_every_example_of_the_page_does_what_it_says(server: Served, tmp_path: Path) -> None:
    assert len(EXAMPLES) == PAGE.count("```sh") > 8
    authorization = {"authorization": f"Bearer {token('platform')}"}
    command = requests.post(
        f"{server.url}/v1/commands/edition.open.v1",
        json={"edition_id": "lerend-netwerk-2027"},
        headers=authorization,
        timeout=30,
    ).json()["command_id"]
    given = {"SPN": server.url, "TOKEN": token("platform"), "COMMAND": command, "ENROLMENT": server.enrolments[0]}
    environment = {"PATH": os.environ["PATH"], "no_proxy": "127.0.0.1", **given}
    for script, said in EXAMPLES:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        for line in said:
            assert line.lower() in done.stdout.lower(), f"{script}\n{done.stdout}"
