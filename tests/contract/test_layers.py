from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("enrolment", "billing", "scheduling", "notifications")
# A module of each name the contracts speak of; the real code is judged by `make lint`.
SKELETON = {
    "spn/__init__.py": "",
    "spn/clock.py": "",
    "spn/decision.py": "import dataclasses\n",
    "spn/service.py": "",
    "spn/messaging/__init__.py": "import faststream\n",
    "spn/messaging/relay.py": "import aiokafka\n",
    **{f"{package}/__init__.py": "" for package in ("spn_local", "spn_cli", "spn_demo", "spn_audit")},
    **{f"{service}/__init__.py": "" for service in SERVICES},
    **{f"{service}/domain.py": "import decimal\nfrom spn.decision import dataclasses\n" for service in SERVICES},
    **{f"{service}/app.py": "import spn.messaging.relay\n" for service in SERVICES},
}
BREACHES = [
    ("Services never import each other", "billing/app.py", "import enrolment.domain"),
    ("Shared code is mechanism", "spn/clock.py", "import billing.app"),
    ("Shared code is mechanism", "spn/clock.py", "import spn_local"),
    ("Services know nothing of the deployment", "scheduling/app.py", "import spn_cli"),
    ("Services know nothing of the deployment", "scheduling/app.py", "import spn_demo"),
    ("Decisions stand on the standard library alone", "notifications/domain.py", "import pydantic"),
    ("Decisions stand on the standard library alone", "notifications/domain.py", "import spn.clock"),
    ("Decisions stand on the standard library alone", "notifications/domain.py", "import notifications.app"),
    ("Decisions stand on the standard library alone", "spn/decision.py", "import pydantic"),
    ("In shared code only spn.messaging talks to Kafka", "spn/clock.py", "import aiokafka"),
    ("In shared code only spn.messaging talks to Kafka", "spn/clock.py", "from faststream.kafka import KafkaBroker"),
    ("Services talk to Kafka through spn.messaging only", "enrolment/app.py", "import faststream"),
    ("Services talk to Kafka through spn.messaging only", "enrolment/app.py", "import confluent_kafka"),
    ("The auditor knows no code of what it audits", "spn_audit/__init__.py", "import billing.domain"),
    ("The auditor knows no code of what it audits", "spn_audit/__init__.py", "import spn.messaging.relay"),
]


def test_the_contracts_are_kept_by_code_that_respects_the_layers(tmp_path: Path) -> None:
    _write(tmp_path, SKELETON)

    done = _lint_imports(tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr


def test_an_import_for_types_only_breaks_no_layer(tmp_path: Path) -> None:
    _write(tmp_path, SKELETON)
    types_only = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pydantic\n"
    _append(tmp_path / "billing/domain.py", types_only)

    done = _lint_imports(tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("contract", "file", "line"), BREACHES, ids=[f"{f}: {line}" for _, f, line in BREACHES])
def test_an_import_across_the_layers_breaks_the_contract_that_forbids_it(
    tmp_path: Path, contract: str, file: str, line: str
) -> None:
    _write(tmp_path, SKELETON)
    _append(tmp_path / file, line + "\n")

    done = _lint_imports(tmp_path)

    broken = [row for row in done.stdout.splitlines() if " BROKEN" in row]
    assert done.returncode == 1, done.stdout + done.stderr
    assert any(row.startswith(contract) for row in broken), done.stdout


def test_a_domain_that_does_not_exist_breaks_its_contract(tmp_path: Path) -> None:
    _write(tmp_path, SKELETON)
    (tmp_path / "billing/domain.py").unlink()

    done = _lint_imports(tmp_path)

    assert done.returncode == 1
    assert "billing.domain does not exist" in done.stdout


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(ROOT / "deploy" / "lint", folder / "deploy" / "lint")


def _append(file: Path, text: str) -> None:
    file.write_text(file.read_text() + text)


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    # Its own process: import-linter and grimp keep what they have read.
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    environment = os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)
