"""A service gives back what a large batch took."""

from __future__ import annotations

import subprocess
import sys

import pytest

BATCH = """
import os, sys
from spn import memory

def megabytes():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

if sys.argv[1] == "settled":
    memory.settle()
bytes(1_000_000)  # freed: from now on the C library takes such pieces for small ones
before = megabytes()
large, small = [], []
for _ in range(100):
    large.append(os.urandom(1_000_000))
    small.append(os.urandom(1_000))
del large
print(megabytes() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="statm is Linux's")
@pytest.mark.parametrize(("how", "least", "most"), [("settled", -1, 10), ("as it comes", 50, 120)])
def test_what_was_large_is_given_back_though_something_small_of_the_same_time_stays(
    how: str, least: float, most: float
) -> None:
    done = subprocess.run([sys.executable, "-c", BATCH, how], capture_output=True, text=True, check=True, timeout=60)
    assert least < float(done.stdout) < most
