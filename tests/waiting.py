"""Waiting for a condition, not for a time: the one place where tests pause between two looks."""

import time


def until(condition, seconds=30, what="the condition"):
    """Calls `condition` until it gives something true, and gives that back. `seconds` only guards against a hang."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.002)
    return value
