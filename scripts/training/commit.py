"""Which trainer it was."""
import os
import subprocess


def present_commit():
    """The commit of this repository, with a plus where files differ from it; empty where there is neither git nor a repository, as on
    a borrowed machine with a GPU."""
    command = ['git', 'describe', '--always', '--exclude=*', '--dirty=+']
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=os.path.dirname(os.path.abspath(__file__)))
    except (OSError, subprocess.CalledProcessError):
        return ''
    return done.stdout.strip()
