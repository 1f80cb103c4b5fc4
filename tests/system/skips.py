"""How a test says that it cannot run here.

The line `skipped: NAME: reason` on standard output is what a reader of a log looks for: a test that did not run
must not pass for one that did. (pytest shows captured output of skipped tests with -s or -rP only.)
"""

import pytest


def skip(name, reason):
    print(f"skipped: {name}: {reason}", flush=True)
    pytest.skip(reason)
