"""The script from recordings to a bundle refuses, before it installs anything, what would come to nothing or to harm."""
import os
import subprocess

REPOSITORY = os.path.join(os.path.dirname(__file__), '..', '..')


def refusal(folder, **settings):
    """What it says, with no packages installed."""
    variables = {'SPEECH': folder / 'speech', 'WORK': folder / 'work', 'VENV': folder / 'packages', **settings}
    settled = {name: value for name, value in os.environ.items() if name != 'NAME'}
    done = subprocess.run(['bash', 'scripts/run-all.sh'], cwd=REPOSITORY, env={**settled, **{name: str(value) for name, value in variables.items()}},
                          capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2 and done.stdout == '' and not (folder / 'packages').exists()
    return done.stderr


def test_a_folder_without_recordings(tmp_path):
    assert f'{tmp_path}/speech/manifest.tsv was expected' in (said := refusal(tmp_path))
    assert 'SPEECH=FOLDER scripts/run-all.sh' in said and 'scripts/README.md' in said


def test_a_bundle_that_another_run_made(tmp_path):
    (tmp_path / 'speech').mkdir()
    (tmp_path / 'speech' / 'manifest.tsv').touch()
    assert 'models/en-base is there already' in refusal(tmp_path, NAME='en-base')
