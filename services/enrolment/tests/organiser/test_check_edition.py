"""`spn enrolment check-edition`."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from enrolment.check_cli import app
from services.enrolment.tests.organiser.test_documents import EXAMPLE
from spn_local.paths import checkout_root

GOOD = checkout_root() / "examples" / "edition.yaml"


def test_the_example_can_be_published() -> None:
    done = CliRunner().invoke(app, [str(GOOD)])
    assert (done.exit_code, done.output) == (0, f"{GOOD}: lerend-netwerk-2027 can be published\n")


@pytest.mark.parametrize(
    ("options", "said"), [([], "This must be a whole number"), (["--dutch"], "Hier hoort een heel getal")]
)
def test_each_mistake_has_its_line_field_and_reason_and_an_exit_code(
    tmp_path: Path, options: list[str], said: str
) -> None:
    file = tmp_path / "edition.yaml"
    file.write_text(EXAMPLE.replace("seats: 12", "seats: twelve"))
    line = file.read_text().splitlines().index("seats: twelve") + 1
    done = CliRunner().invoke(app, [str(file), *options])
    assert done.exit_code == 1
    assert f"{file}:{line}: seats: {said}" in done.output


def test_from_a_pipe_it_is_the_same() -> None:
    assert CliRunner().invoke(app, ["-"], input=EXAMPLE).exit_code == 0
    done = CliRunner().invoke(app, ["-"], input="a: 1\nb: [")
    assert done.exit_code == 1
    assert done.output.startswith("-:2: The layout is not right here")


def test_a_file_that_is_not_there_is_said_with_a_code_of_its_own(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, [str(tmp_path / "none.yaml")])
    assert done.exit_code == 2
    assert "No such file" in done.output
