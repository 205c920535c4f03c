from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from enrolment.commands import PublishEdition, RequestEnrolment
from scheduling.commands import PlanTimetable
from spn_demo.quiet import NeverQuietError, Reading, Stillness
from spn_demo.season import SeasonError, load_season
from spn_local.paths import checkout_root

EXAMPLES = checkout_root() / "examples"
FIRST = "f.ozdemir@bibliotheek-salderveen.example.org"


def test_the_examples_are_commands_that_the_services_take() -> None:
    season = load_season(EXAMPLES)
    PublishEdition.model_validate(season.publication())
    PlanTimetable.model_validate(season.plan())
    for email in season.emails:
        RequestEnrolment.model_validate(season.request(email))


def test_the_examples_show_the_whole_country_and_nobody_real() -> None:
    directors = load_season(EXAMPLES).directors
    assert len(directors) == 40
    assert len({one["library"]["province"] for one in directors}) == 12
    assert {one["participant"]["language"] for one in directors} == {"nl", "en"}
    for one in directors:
        assert one["participant"]["email"].endswith(".example.org")
        assert one["payer"]["contact_email"].endswith(".example.org")


def test_a_season_played_again_elsewhere_has_ids_of_its_own() -> None:
    season = load_season(EXAMPLES, "-ab12cd")
    assert season.publication()["edition_id"].endswith("-ab12cd")
    assert all(session["session_id"].endswith("-ab12cd") for session in season.plan()["sessions"])


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([{"do": "dance"}], "step 0"),
        ([{"do": "request"}], "step 0, request.who: Field required"),
        ([{"do": "request", "who": "nobody@example.org"}], "nobody@example.org is not in directors.yaml"),
        (
            [{"do": "rush", "within_seconds": 1, "same_message_again": [FIRST]}],
            f"{FIRST} sends no message; name them in by_platform too",
        ),
        (
            [{"do": "rush", "within_seconds": 1, "by_platform": [FIRST], "same_form_again": [FIRST]}],
            f"{FIRST} is in by_platform, and sends no form",
        ),
        (
            [{"do": "rush", "within_seconds": 1, "by_platform": ["nobody@example.org"]}],
            "nobody@example.org is not in directors.yaml",
        ),
        (
            [{"do": "wait", "at": "2027-01-02T00:00:00Z"}, {"do": "wait", "at": "2027-01-01T00:00:00Z"}],
            "lies before the step above it",
        ),
    ],
)
def test_a_script_with_a_slip_is_refused_with_its_place(tmp_path: Path, steps: object, expected: str) -> None:
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)
    (tmp_path / "season.yaml").write_text(yaml.safe_dump(steps))
    with pytest.raises(SeasonError, match=expected):
        load_season(tmp_path)


class _Scripted(Stillness):
    """Readings as given; the last one for ever."""

    def __init__(self, *readings: Reading) -> None:
        self._readings = list(readings)
        self.taken = 0

    def read(self) -> Reading:
        self.taken += 1
        return self._readings.pop(0) if len(self._readings) > 1 else self._readings[0]


QUIET = Reading((), {("topic", 0): 7})


def test_one_quiet_reading_is_not_enough() -> None:
    grown = Reading((), {("topic", 0): 8})
    stillness = _Scripted(Reading(("billing: 1 messages in the outbox",)), QUIET, grown, grown)
    assert stillness.wait(5.0) == grown
    assert stillness.taken == 4


def test_what_keeps_moving_is_named() -> None:
    with pytest.raises(NeverQuietError, match="billing: 3 waiting in the lane issuer"):
        _Scripted(Reading(("billing: 3 waiting in the lane issuer",))).wait(0.2)
