"""Runs a program as a script would: no terminal, output in pipes, a session of its own, a guard against a hang."""

import os
import signal
import subprocess
from dataclasses import dataclass

HANG_SECONDS = 120


@dataclass(frozen=True)
class Done:
    """How it ended. `status` is the exit status, or minus the number of the signal that ended it."""

    status: int
    stdout: bytes
    stderr: bytes

    @property
    def lines(self):
        """The lines of standard output, without their ends."""
        return self.stdout.splitlines()


class Commands:
    """run(*arguments) for one program; the folder and the environment are the test's own.

    Keywords of both ways to start:
      input    bytes for standard input (default: /dev/null); `stdin` takes a file or descriptor instead
      env      variables to set besides; None as a value takes one away
      cwd      another working folder
      through  words put before the program: through=("taskset", "-c", "0")
      limit    a function called in the child before exec (setrlimit and the like)
      stdout   where standard output goes, if not into `Done`
    """

    def __init__(self, program, folder, environment):
        self.program, self.folder, self.environment = program, folder, environment

    def __call__(self, *arguments, input=None, timeout=HANG_SECONDS, **how):
        process = self.start(*arguments, **({"stdin": subprocess.PIPE} if input is not None else {}), **how)
        try:
            out, err = process.communicate(input, timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            raise AssertionError(f"no end after {timeout} s: {process.args}\n{(out or b'')[-2000:]!r}\n{(err or b'')[-2000:]!r}") from None
        return Done(process.returncode, out or b"", err or b"")

    def start(self, *arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
              env=None, cwd=None, through=(), limit=None):
        """The running process, a subprocess.Popen; it leads its own session and process group."""
        environment = {name: value for name, value in {**self.environment, **(env or {})}.items() if value is not None}
        words = [word if isinstance(word, (str, bytes)) else str(word) for word in (*through, self.program, *arguments)]
        return subprocess.Popen(words, stdin=stdin, stdout=stdout, stderr=stderr, env=environment,
                                cwd=cwd or self.folder, start_new_session=True, preexec_fn=limit)
