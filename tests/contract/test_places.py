from __future__ import annotations

import pytest

from deploy.lint.places import places

# Put together here, so that this file names no place itself.
HOST = "files.python" + "hosted.org"


@pytest.mark.parametrize(
    "line",
    [f'ROOT = "/{folder}/somebody/checkout"' for folder in ("work", "root", "home", "tmp", "Users")]
    + [f"see https://{HOST}/packages", "repo1.maven" + ".org"],
)
def test_a_folder_of_one_machine_and_a_registry_host_are_found(line: str) -> None:
    assert [number for number, _ in places(f"first\n{line}\n")] == [2]


@pytest.mark.parametrize(
    "line",
    [
        "GET /root",
        "https://spn.example/home/agenda",
        "build/work/file",
        "Path(root) / 'home' / 'x'",
        "org.apache.maven",
    ],
)
def test_routes_addresses_and_relative_paths_are_no_places(line: str) -> None:
    assert list(places(line)) == []
