"""A program in the foreground of a terminal, with job control: what a person at a keyboard has.

    screen = pty_run("run", "-j2", "./slow", ":::", "1", "2")
    screen.read_until(b"2 running")
    screen.type(screen.CTRL_Z)
    screen.wait_stopped()
    screen.resume()
    assert screen.wait() == ("exited", 0)

The program is not the session's leader: a stop signal from the keyboard does nothing to a process group without a
parent in the same session (setpgid(2), orphaned process groups), so terminal_shell.py stands where the shell is.
"""

import errno
import fcntl
import os
import pathlib
import select
import struct
import subprocess
import sys
import termios
import time

SHELL = pathlib.Path(__file__).resolve().parent / "terminal_shell.py"


class Terminal:
    CTRL_C, CTRL_BACKSLASH, CTRL_Z, CTRL_D = b"\x03", b"\x1c", b"\x1a", b"\x04"

    def __init__(self, words, environment, folder, rows=24, columns=80):
        self.screen = b""  # all that was ever shown
        self._events, self._searched = b"", 0
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._reports, report = os.pipe()
        order, self._orders = os.pipe()
        self._shell = subprocess.Popen(
            [sys.executable, str(SHELL), str(report), str(order), *[str(word) if not isinstance(word, bytes) else word for word in words]],
            stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=folder, start_new_session=True, pass_fds=(report, order))
        for descriptor in (slave, report, order):
            os.close(descriptor)
        self.pid = int(self._event("started", 30)[1])

    def type(self, keys):
        """Sends bytes as the keyboard would; control characters become signals in the kernel."""
        os.write(self._master, keys)

    def signal(self, number):
        """Sends a signal to the program itself."""
        os.kill(self.pid, number)

    def read_until(self, text, seconds=60):
        """Waits until `text` has appeared after the last thing read this way; gives back all up to its end."""
        deadline = time.monotonic() + seconds
        while (place := self.screen.find(text, self._searched)) < 0:
            if not self._read(deadline):
                raise AssertionError(f"{text!r} did not appear in {seconds} s; the screen shows {self.screen[-2000:]!r}")
        self._searched = place + len(text)
        return self.screen[: self._searched]

    def wait_stopped(self, seconds=60):
        """Waits until the program is stopped; the shell has the terminal again. Gives the signal's number."""
        return int(self._event("stopped", seconds)[1])

    def resume(self, foreground=True):
        """What fg or bg does for a stopped program; when it returns the program has the terminal and was continued."""
        os.write(self._orders, b"fg\n" if foreground else b"bg\n")
        self._event("resumed", 30)

    def close(self):
        """The terminal's window is closed: the shell gets SIGHUP and hands it on to its job."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    def wait(self, seconds=60):
        """Waits for the end: ("exited", status) or ("signalled", number). Drains the screen meanwhile."""
        kind, number = self._event(("exited", "signalled"), seconds)
        while self._read(time.monotonic() + 0.05):
            pass
        return kind, int(number)

    def end(self):
        """Ends the shell and with it the session. The program's own processes are for the census to end."""
        if self._shell.returncode is not None:
            return  # a test may do it before its fixture does
        self._shell.kill()
        self._shell.wait()
        self.close()
        for descriptor in (self._reports, self._orders):
            os.close(descriptor)

    def _read(self, deadline, also=None):
        """Reads what is there from the screen (and `also`); False if nothing came before the deadline."""
        sources = [source for source in (self._master, also) if source is not None and source >= 0]
        ready, _, _ = select.select(sources, [], [], max(0.0, deadline - time.monotonic()))
        came = False
        for source in ready:
            try:
                block = os.read(source, 65536)
            except OSError as error:
                if error.errno != errno.EIO:  # EIO: nobody has the terminal open any more
                    raise
                block = b""
            came = came or bool(block)
            if source == also:
                self._events += block
            else:
                self.screen += block
        return came

    def _event(self, kinds, seconds):
        """The next event of the shell; another one than those asked for is an error."""
        kinds = (kinds,) if isinstance(kinds, str) else kinds
        deadline = time.monotonic() + seconds
        while b"\n" not in self._events:
            self._read(deadline, self._reports)
            if time.monotonic() > deadline:
                raise AssertionError(f"not {' or '.join(kinds)} after {seconds} s; the screen shows {self.screen[-2000:]!r}")
        line, _, self._events = self._events.partition(b"\n")
        kind, number = line.decode().split()
        assert kind in kinds, f"the program {kind} {number}, where it should have {' or '.join(kinds)}; {self.screen[-2000:]!r}"
        return kind, number
