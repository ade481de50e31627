"""A language without a pronunciation dictionary trains, and ships as a bundle that the agent hears letters with."""
import json
import os
import subprocess

import pytest
from test_train_gpu import FRONTEND
from tiny_data import train, write_data

from training import card, dictionary, export
from training.languages import BLANK, ENGLISH, LANGUAGES, Language
from training.trained_model import open_trained

REPOSITORY = os.path.join(os.path.dirname(__file__), '..', '..')


@pytest.fixture
def bundle(tmp_path, monkeypatch):
    """A model of a language `xx`, after two updates, as a bundle."""
    monkeypatch.setitem(LANGUAGES, 'xx', Language('xx', ENGLISH.characters))
    write_data(tmp_path / 'data', language='xx')
    for path in (tmp_path / 'data').glob('*/frontend.json'):
        path.write_text(json.dumps(json.loads(path.read_text()) | {'frontend': FRONTEND}))
    _, log = train(tmp_path, 'run', '--language', 'xx', '--updates', '2')
    assert log[-1]['characters'] > 0 and log[-1]['phonemes'] == 0 and 'per' not in log[-1]['dev']['all']
    monkeypatch.setattr('sys.argv', ['export', '--run', str(tmp_path / 'run'), '--data-folder', str(tmp_path / 'data'), '--out',
                                     str(tmp_path / 'bundle'), '--name', 'xx', '--version', '1.0.0', '--most-lost', '9'])
    export.main()
    return tmp_path / 'bundle'


def test_the_agent_takes_its_bundle(bundle):
    description = json.loads((bundle / 'model.json').read_text())
    assert [head['name'] for head in description['heads']] == ['characters'] and not (bundle / 'tokens.phonemes.txt').exists()
    recording = 'test/fixtures/speech/' + sorted(name for name in os.listdir(f'{REPOSITORY}/test/fixtures/speech') if name.endswith('.wav'))[0]
    for search in ('greedy', 'beam'):
        done = subprocess.run(['node', '--import', 'tsx', 'agent/main.ts', 'transcribe', recording, '--model', bundle, '--decoder', search],
                              cwd=REPOSITORY, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_a_training_goes_on_from_its_bundle(bundle):
    assert open_trained(str(bundle)).language.phonemes == (BLANK,)
    train(bundle.parent, 'more', '--language', 'xx', '--updates', '2', '--warm-start', str(bundle))


def test_its_card_and_its_report_say_nothing_of_phonemes(bundle, monkeypatch):
    run = bundle.parent / 'run'
    (bundle.parent / 'manifest.tsv').write_text('split\tspeaker\n')
    monkeypatch.setattr('sys.argv', ['card', '--bundle', str(bundle), '--log', str(run / 'log.jsonl'), '--manifest', str(bundle.parent / 'manifest.tsv')])
    card.main()
    text = (bundle / 'MODEL_CARD.md').read_text()
    assert '| hours heard | minutes | CER | WER |\n' in text and 'PER' not in text and 'phonemes' not in text
    report = (run / 'report.html').read_text()
    assert 'WER %' in report and 'PER %' not in report and '<span><i class="s2"></i>phonemes' not in report


def test_there_is_no_dictionary_to_write(tmp_path, monkeypatch):
    monkeypatch.setitem(LANGUAGES, 'xx', Language('xx', ENGLISH.characters))
    monkeypatch.setattr('sys.argv', ['dictionary', '--language', 'xx', '--out', str(tmp_path / 'dictionary.txt')])
    with pytest.raises(SystemExit, match='xx has no pronunciations'):
        dictionary.main()
    assert not (tmp_path / 'dictionary.txt').exists()
