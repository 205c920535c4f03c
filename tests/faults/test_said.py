"""What is read from the logs of the services."""

from __future__ import annotations

import json
from pathlib import Path

from tests.faults.said import said_in


def test_counts_of_all_replicas_are_added_up_and_broken_lines_left_out(tmp_path: Path) -> None:
    batch = {"event": "batch", "duplicates": 2, "misrouted": 1, "parked": 0}
    ends = {"event": "service_ends", "why": "PositionError: t[3]: stored offset 4"}
    again = {"event": "service_ends", "why": "PositionError: t[5]: stored offset 17"}
    refused = {"event": "position_refused", "error": "t[3]: stored offset 4"}
    for slot, told in ((0, [batch, refused, ends]), (1, [batch, again])):
        lines = [*map(json.dumps, told), "Traceback (most recent call last):", '{"event": "bat', "[1]"]
        (tmp_path / f"billing-{slot}.log").write_text("\n".join(lines))
    (tmp_path / "kafka.log").write_text(json.dumps(batch))
    said = said_in(tmp_path)
    assert list(said.batches.values()) == [4, 2, 0]
    assert dict(said.ended) == {"PositionError: t[#]: stored offset #": 2}
    assert said.refused == ["billing-0: t[3]: stored offset 4"]
