from __future__ import annotations

import stat
from pathlib import Path

import pytest

from spn_local.paths import LONGEST_SOCKET_NAME, SOCKET_PATH_LIMIT, StackPaths, make_socket_directory
from spn_local.ports import HIGHEST, LOWEST, free_port, is_free


def test_sockets_live_in_the_stacks_own_directory_where_their_path_is_short_enough(tmp_path: Path) -> None:
    paths = StackPaths(tmp_path, "x")
    made = make_socket_directory(paths)
    assert made == paths.directory / "run"
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


@pytest.mark.parametrize("root", ["a" * 120, "with space", "comma,comma", "é"])
def test_sockets_live_elsewhere_where_the_path_is_too_long_or_would_be_misread(root: str, tmp_path: Path) -> None:
    made = make_socket_directory(StackPaths(tmp_path / root, "x"))
    try:
        assert not made.is_relative_to(tmp_path)
        assert len(str(made / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_LIMIT
        assert stat.S_IMODE(made.stat().st_mode) == 0o700
    finally:
        made.rmdir()


@pytest.mark.parametrize("name", ["", "../up", "Default", "a/b", "x" * 60])
def test_a_name_that_is_no_plain_folder_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no stack name"):
        StackPaths(tmp_path, name)


def test_only_the_default_stack_writes_the_file_where_everybody_looks(tmp_path: Path) -> None:
    assert tmp_path / ".local" / "stack.env" in StackPaths(tmp_path).environment_files
    assert StackPaths(tmp_path, "b").environment_files == (tmp_path / ".local" / "b" / "stack.env",)


def test_a_port_is_kept_while_it_is_free_and_another_one_is_taken_when_it_is_not() -> None:
    import socket

    port = free_port()
    assert LOWEST <= port <= HIGHEST
    assert free_port(port) == port
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert not is_free(port)
        assert free_port(port) != port
