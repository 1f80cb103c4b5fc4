"""Fault tests: whatever dies, fills up or resists, drover ends in the documented status and leaves nothing behind.

Every test here gets `leaves_nothing`: a census before and after it. The gate() lines of herd.py are tasks that wait
for a file, so that a test decides when they end; nothing depends on how fast the machine is.
"""

import os
import sys

import pytest

sys.path[:0] = [os.path.dirname(__file__)]

from herd import SANITIZED  # noqa: E402


@pytest.fixture(autouse=True)
def leaves_nothing(census):
    before = census.now()
    yield
    census.settles(before, seconds=20)


@pytest.fixture(scope="session")
def memory_limit():
    """Bytes that drover may use at its peak. The shadow memory of a sanitizer is not drover's: DROVER_SANITIZED=1."""
    return (1024 if SANITIZED else 40) << 20
