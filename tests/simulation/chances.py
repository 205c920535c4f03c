"""What is drawn of processes: which replica, which batch, which fault and when it comes."""

from __future__ import annotations

from typing import TypeAlias

from hypothesis import strategies as st

from spn.messaging import failpoints
from tests.simulation.faults import Plan
from tests.simulation.parts import Sickness, all_parts
from tests.simulation.world import SLOTS

PARTS = all_parts(Sickness())
ADDRESSES = [(name, topic) for name, parts in PARTS.items() for topic in parts.policies.topics]
DECISIONS = [(name, p.name) for name, parts in PARTS.items() for p in parts.policies.policies]
STEPS_MAX = 40
Failing: TypeAlias = dict[tuple[str, str], Plan]
"""The fault of each replica that has one."""

slots = st.sampled_from(SLOTS)
services = st.sampled_from(sorted(PARTS))
addresses = st.sampled_from(ADDRESSES)
batches = st.sampled_from((100, 1, 2, 5))
steps = st.one_of(st.integers(1, 12), st.integers(1, STEPS_MAX))
faults = st.one_of(
    st.builds(Plan, st.sampled_from(("crash", "cut", "deadlock")), steps),
    st.builds(Plan, st.sampled_from(("crash", "refuse")), steps),
    st.builds(Plan, st.just("crash"), st.sampled_from(failpoints.ALL)),
)
plans = st.one_of(st.none(), faults)
failing = st.dictionaries(st.tuples(services, slots), faults, max_size=8)
