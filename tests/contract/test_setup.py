from __future__ import annotations

from typing import TYPE_CHECKING

from deploy.setup.registry import translate

if TYPE_CHECKING:
    from pathlib import Path


def test_a_mirror_that_pip_knows_is_told_to_uv() -> None:
    config = "global.index-url='https://mirror.example/simple'\nglobal.trusted-host='one.example\\ntwo.example'\n"

    assert translate(config) == {
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INSECURE_HOST": "one.example two.example",
    }


def test_an_environment_variable_of_pip_wins_over_its_files() -> None:
    config = ":env:.cert='/ca/of/environment.pem'\nglobal.cert='/ca/of/file.pem'\ninstall.cert='/ca/of/install.pem'\n"

    assert translate(config)["SSL_CERT_FILE"] == "/ca/of/environment.pem"


def test_a_folder_of_wheels_that_is_missing_is_left_out_as_pip_does(tmp_path: Path) -> None:
    config = f"global.find-links='{tmp_path} {tmp_path}/missing https://mirror.example/wheels'\n"

    assert translate(config) == {"UV_FIND_LINKS": f"{tmp_path},https://mirror.example/wheels"}


def test_a_setting_that_uv_does_not_have_is_passed_over() -> None:
    assert translate(":env:.disable-pip-version-check='1'\n") == {}
