"""What the trainer lets the agent compute, by a script of the repository that Node runs."""
import os
import subprocess


def run_script(repository, script, *arguments, **more):
    """The ended process; ends where the script fails. `more`: see subprocess.run."""
    command = ['node', '--import', 'tsx', script, *arguments]
    try:
        done = subprocess.run(command, check=False, cwd=repository, **more)
    except OSError as error:
        raise SystemExit(f'{script} was to be run by node in {os.path.abspath(repository)}, and can not be ({error.filename}: {error.strerror}): give '
                         'the root of the repository as --repository, and install Node.js') from None
    if done.returncode:
        raise SystemExit(f'{script} in {os.path.abspath(repository)} ended with {done.returncode}; what it said is above')
    return done
