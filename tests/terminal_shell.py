"""Stands where the shell is: leads the session, keeps one job in the foreground, tells what becomes of it.

usage: terminal_shell.py REPORT_FD ORDER_FD WORD…   (started by terminal.py with a terminal as standard input)

Reports, one a line: "started PID", "stopped SIGNAL", "resumed PID", "exited STATUS", "signalled NUMBER". Orders, when stopped:
"fg", "bg". As bash does, it hands SIGHUP on to the job, and takes the terminal back when the job stops.
"""

import fcntl
import os
import signal
import sys
import termios

TERMINAL = 0
# A shell survives its own keyboard, and tcsetpgrp from the background (SIGTTOU).
FOR_THE_JOB = (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTOU, signal.SIGTTIN)


def start_job(words, unneeded):
    """Forks the job into a process group of its own that has the terminal before it executes."""
    child = os.fork()
    if child:
        try:
            os.setpgid(child, child)
        except PermissionError:
            pass  # It has executed already, and had done this itself.
        return child
    os.setpgid(0, 0)
    os.tcsetpgrp(TERMINAL, os.getpid())
    for number in (*FOR_THE_JOB, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    for descriptor in unneeded:
        os.close(descriptor)
    os.execvp(words[0], words)


def take_terminal(group):
    try:
        os.tcsetpgrp(TERMINAL, group)
    except OSError:
        pass  # The terminal was closed.


def main():
    report, order = int(sys.argv[1]), int(sys.argv[2])
    fcntl.ioctl(TERMINAL, termios.TIOCSCTTY, 0)
    for number in FOR_THE_JOB:
        signal.signal(number, signal.SIG_IGN)
    job = start_job([os.fsencode(word) for word in sys.argv[3:]], (report, order))

    def hang_up(*_):
        os.killpg(job, signal.SIGHUP)
        os.killpg(job, signal.SIGCONT)

    signal.signal(signal.SIGHUP, hang_up)
    os.write(report, b"started %d\n" % job)
    while True:
        _, status = os.waitpid(job, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            break
        take_terminal(os.getpgrp())
        os.write(report, b"stopped %d\n" % os.WSTOPSIG(status))
        if os.read(order, 16).strip() == b"fg":
            take_terminal(job)
        os.killpg(job, signal.SIGCONT)
        os.write(report, b"resumed %d\n" % job)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if os.WIFEXITED(status):
        os.write(report, b"exited %d\n" % os.WEXITSTATUS(status))
    else:
        os.write(report, b"signalled %d\n" % os.WTERMSIG(status))


main()
