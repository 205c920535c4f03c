"""Generating, checking and releasing, in a checkout as small as can be."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import pytest

from spn.contracts import check, generate, release
from spn.contracts.arguments import run
from spn.contracts.catalogue import CatalogueError, ServiceContract, services

TOPICS = """
topics:
  spn.kiosk.events:
    about: What the kiosk sold.
    key: sale
    partitions: 3
    writers: [kiosk]
    readers: [partner]
    config: { retention.ms: 86_400_000 }
  spn.kiosk.dead-letters:
    about: What failed.
    key: message
    partitions: 3
    writers: [kiosk]
    config: { retention.ms: 86_400_000 }
"""
EVENTS_OUT = """
from spn.messaging.contract import Data, EventType

OWNER = "kiosk"


class Sale(Data):
    sale_id: str
    cents: int


EVENTS = (EventType("kiosk.sold.v1", "spn.kiosk.events", Sale, "sale_id", "sale_id", "Something was sold.",
                    (Sale(sale_id="s-1", cents=250),)),)
"""
EVENTS_IN_AND_POLICIES = """
from spn.decision import unchanged
from spn.messaging.contract import Reading
from spn.messaging.policies import Policies, on


class Sold(Reading):
    topic = "spn.kiosk.events"
    types = ("kiosk.sold.v1",)

    sale_id: str


def count_sale(state, sale, at):
    \"\"\"Count it.\"\"\"
    return unchanged(state)


POLICIES = Policies(on(Sold, count_sale, root=None, keys=lambda sale: [(sale.sale_id,)]))
"""
README = "# Kiosk\n\n<!-- generated: settings kiosk -->\n<!-- end of generated -->\n\nBy hand.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with one service, everything generated."""
    _write(tmp_path / "deploy/topics.yaml", TOPICS)
    _write(tmp_path / "services/kiosk/README.md", README)
    _write(tmp_path / "docs/flow.md", "<!-- generated: messages -->\n<!-- end of generated -->\n")
    generate.work(_arguments(tmp_path), _kiosk(tmp_path, EVENTS_OUT))
    return tmp_path


def test_what_was_generated_passes_the_check(root: Path) -> None:
    assert _problems(root) == []


def test_generating_again_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()

    generate.work(_arguments(root), _kiosk(root, EVENTS_OUT))

    assert capsys.readouterr().out == "contracts: nothing to do\n"


@pytest.mark.parametrize(
    "file",
    [
        "shared/contracts/kiosk/kiosk.sold.v1.json",
        "docs/asyncapi/kiosk.yaml",
        "docs/flow.md",
        "services/kiosk/README.md",
    ],
)
def test_a_generated_file_that_somebody_changed_is_named_and_make_contracts_too(root: Path, file: str) -> None:
    text = (root / file).read_text()
    _write(root / file, text.replace("kiosk.sold.v1", "kiosk.lent.v1").replace("SPN_PROFILE", "SPN_PROFIL"))

    said = _problems(root)

    assert said[0] == f"{file} is not what the code says"
    assert "make contracts" in said[-1]


def test_a_file_that_is_missing_or_left_over_is_named(root: Path) -> None:
    (root / "docs/asyncapi/kiosk.yaml").unlink()
    _write(root / "shared/contracts/kiosk/kiosk.gone.v1.json", "{}")

    assert _problems(root)[:2] == [
        "docs/asyncapi/kiosk.yaml is missing",
        "shared/contracts/kiosk/kiosk.gone.v1.json belongs to nothing",
    ]


def test_generating_takes_away_what_is_left_over_and_nothing_else(root: Path) -> None:
    left_over = root / "shared/contracts/kiosk/kiosk.gone.v1.json"
    _write(left_over, "{}")

    generate.work(_arguments(root), _kiosk(root, EVENTS_OUT))

    assert not left_over.exists()
    assert (root / "services/kiosk/README.md").read_text().endswith("\n\nBy hand.\n")


def test_a_readme_without_a_place_for_its_settings_is_named(root: Path) -> None:
    _write(root / "services/kiosk/README.md", "# Kiosk\n")

    assert _problems(root)[0].startswith("services/kiosk/README.md has no '<!-- generated: settings kiosk -->'")


def test_a_table_that_does_not_exist_ends_the_command_with_the_tables_that_do(root: Path) -> None:
    _write(root / "docs/flow.md", "<!-- generated: weather -->\n<!-- end of generated -->\n")

    with pytest.raises(SystemExit, match="no table 'weather', only: decisions, messages, routes, settings kiosk"):
        run(_arguments(root), generate.work)


def test_before_the_first_release_every_change_is_allowed(root: Path) -> None:
    changed = _kiosk(root, EVENTS_OUT.replace("cents", "euros"))
    generate.work(_arguments(root), changed)

    assert list(check.problems(root, changed)) == []


def test_after_a_release_a_change_that_is_not_additive_fails_whatever_is_generated(root: Path) -> None:
    release.work(_arguments(root), _kiosk(root, EVENTS_OUT))
    changed = _kiosk(
        root, EVENTS_OUT.replace("cents: int", "cents: int\n    till: str").replace("250", "250, till='2'")
    )
    generate.work(_arguments(root), changed)

    said = list(check.problems(root, changed))

    assert said[0] == "kiosk/kiosk.sold.v1: till is new and required"
    assert "new version" in said[-1]


def test_after_a_release_an_optional_field_may_be_added(root: Path) -> None:
    release.work(_arguments(root), _kiosk(root, EVENTS_OUT))
    changed = _kiosk(root, EVENTS_OUT.replace("cents: int", "cents: int\n    till: str | None = None"))
    generate.work(_arguments(root), changed)

    assert list(check.problems(root, changed)) == []


def test_nothing_is_released_while_a_change_is_not_additive(root: Path) -> None:
    release.work(_arguments(root), _kiosk(root, EVENTS_OUT))
    before = (root / "shared/contracts/released.json").read_text()

    with pytest.raises(SystemExit, match="cents was removed"):
        release.work(_arguments(root), _kiosk(root, EVENTS_OUT.replace("cents", "euros")))

    assert (root / "shared/contracts/released.json").read_text() == before


def test_a_type_that_is_told_no_more_is_released_only_when_it_is_named(root: Path) -> None:
    release.work(_arguments(root), _kiosk(root, EVENTS_OUT))
    renamed = _kiosk(root, EVENTS_OUT.replace("sold.v1", "sold.v2"))

    with pytest.raises(SystemExit, match=r"kiosk/kiosk\.sold\.v1: is gone"):
        release.work(_arguments(root), renamed)
    release.work(_arguments(root, "kiosk/kiosk.sold.v1"), renamed)

    released = json.loads((root / "shared/contracts/released.json").read_text())
    assert sorted(released) == ["kiosk/kiosk.dead-lettered.v1", "kiosk/kiosk.sold.v2"]


def test_a_type_that_is_still_told_cannot_be_retired(root: Path) -> None:
    release.work(_arguments(root), _kiosk(root, EVENTS_OUT))

    with pytest.raises(SystemExit, match="is still told"):
        release.work(_arguments(root, "kiosk/kiosk.sold.v1"), _kiosk(root, EVENTS_OUT))


def test_a_package_that_is_no_service_is_named_with_what_it_lacks(root: Path) -> None:
    with pytest.raises(SystemExit, match="json cannot be read as a service: ModuleNotFoundError"):
        run(argparse.Namespace(root=root, packages=["json"]), lambda _, __: None)


def test_a_reading_of_what_nobody_tells_is_named(root: Path) -> None:
    policies = EVENTS_IN_AND_POLICIES.replace("kiosk.sold.v1", "kiosk.lent.v1")

    with pytest.raises(
        CatalogueError, match=r"kiosk reads kiosk\.lent\.v1 on spn\.kiosk\.events, where nobody tells it"
    ):
        generate.work(_arguments(root), _kiosk(root, EVENTS_OUT, policies))


def _problems(root: Path) -> list[str]:
    return list(check.problems(root, _kiosk(root, EVENTS_OUT)))


def _arguments(root: Path, *retire: str) -> argparse.Namespace:
    return argparse.Namespace(root=root, packages=["kiosk"], retire=list(retire))


def _kiosk(root: Path, events_out: str, policies: str = EVENTS_IN_AND_POLICIES) -> tuple[ServiceContract, ...]:
    """The service as its code now is."""
    code = root / "code"
    _write(code / "kiosk/__init__.py", "")
    _write(code / "kiosk/events_out.py", events_out)
    _write(code / "kiosk/policies.py", policies)
    for name in [name for name in sys.modules if name.partition(".")[0] == "kiosk"]:
        del sys.modules[name]
    sys.path.insert(0, str(code))
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    try:
        return services(["kiosk"])
    finally:
        sys.path.remove(str(code))
        sys.dont_write_bytecode = before


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
