"""Ctrl-C ends a command by what to do then, not by where in the code it was."""
import signal
import sys

INTERRUPTED = 130  # exit code of what Ctrl-C ended


def unless_interrupted(main, advice):
    """The exit code of `main`."""
    try:
        return main()
    except KeyboardInterrupt:
        print(f'Interrupted: {advice}.', file=sys.stderr)
        return INTERRUPTED


def leave_to_parent():
    """For the processes of a pool, whose parent ends them: a terminal interrupts them all."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
