"""drover with something bad at the N-th write to its record: fault_at_write.c, built and preloaded.

    faults = Faults(folder)                        # once a test
    run(…, env=faults.at(7, "torn"))               # what is to happen; then:
    faults.calls(), faults.line()                  # how many such calls there were, and which one it was
"""

import os
import struct
import subprocess

SOURCE = os.path.join(os.path.dirname(__file__), "fault_at_write.c")
SIZE = 512


def build(folder):
    """Compiles the library; gives back its path."""
    library = folder / "fault_at_write.so"
    subprocess.run(["cc", "-std=c17", "-O1", "-fPIC", "-shared", "-o", str(library), SOURCE, "-ldl"], check=True)
    return library


class Faults:
    def __init__(self, library, folder):
        self.library, self.count = library, folder / "fault_count"

    def at(self, number, how, again=False, on=None):
        """The variables that make it happen; 0: calls are only counted. `how`: "kill", "torn" or an errno."""
        self.count.write_bytes(bytes(SIZE))
        options = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]))
        return {"LD_PRELOAD": str(self.library), "ASAN_OPTIONS": options, "FAULT_COUNT": str(self.count), "FAULT_AT": str(number),
                "FAULT_HOW": str(how), "FAULT_AGAIN": "1" if again else None, "FAULT_ON": on}

    def calls(self):
        return struct.unpack_from("=Q", self.count.read_bytes())[0]

    def line(self):
        """The call that it happened at; empty if there were not so many."""
        return self.count.read_bytes()[8:].split(b"\0", 1)[0].decode()
