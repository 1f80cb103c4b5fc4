"""The writing end of a named or plain pipe, without a moment at which a test could hang."""

import array
import errno
import fcntl
import os
import select
import termios

from waiting import until


def open_when_read(path):
    """Opens a fifo for writing, unbuffered, as soon as somebody has it open for reading."""

    def door():
        try:
            return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            return None

    descriptor = until(door, what=f"a reader of {path}")
    os.set_blocking(descriptor, True)
    return open(descriptor, "wb", buffering=0)


def unread(pipe):
    """How many bytes the pipe holds that its reader has not taken yet."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


def is_full(pipe):
    """True if a write to this end would have to wait for the reader."""
    return not select.select([], [pipe], [], 0)[1]
