"""A card says of speakers what is known, and no more."""
import json

import pytest

from training import card

ROWS = [{'split': split, 'speaker': speaker} for split, speaker in (
    ('train', 'anne'), ('weak', ''), ('train', 'cv1_unknown'), ('test', 'ben'), ('test', 'cleo'), ('test', 'cv1_unknown'), ('dev', 'dora'))]


def data(**speakers):
    return [{'dataset': name, 'licence': 'CC0', 'clips': 1, 'hours': 1.0, 'speakers': count} for name, count in speakers.items()]


def test_sets_that_do_not_name_their_speakers_are_named():
    said = card.speakers_in_words(ROWS, data(an4=74, cv13_machine=0, coffee=0))
    assert said == ('No known speaker of `test` is in the training data. Sets without names of their speakers were trained on, who may be some of '
                    '`test`: `cv13_machine`, `coffee`.')
    assert 'Sets' not in card.speakers_in_words(ROWS, data(an4=74))


def test_speakers_of_test_that_were_trained_on_are_counted():
    said = card.speakers_in_words([*ROWS, {'split': 'weak', 'speaker': 'ben'}], [])
    assert said == 'Of 2 known speakers of `test`, 1 are in the training data too.'


def test_the_card_of_a_bundle_says_it_and_what_trainer_it_was(tmp_path, monkeypatch):
    model = {'name': 'tiny', 'version': '1.0.0', 'language': 'en', 'licence': 'CC0', 'framesPerStep': 3, 'lookaheadFrames': 0, 'states': [],
             'heads': [{'name': 'characters'}, {'name': 'phonemes'}], 'files': {'fp32': {'path': 'model.fp32.onnx'}}, 'training': {'commit': 'abc1234', 'hoursSeen': 2, 'data': data(set=0)}}
    (tmp_path / 'model.json').write_text(json.dumps(model))
    (tmp_path / 'model.fp32.onnx').write_bytes(b'1234')
    rates = {'all': {'cer': 1.0, 'wer': 2.0, 'per': 3.0}}
    (tmp_path / 'log.jsonl').write_text(json.dumps({'heard_hours': 2, 'minutes': 3, 'characters': 1, 'phonemes': 1, 'dev': rates}) + '\n')
    (tmp_path / 'manifest.tsv').write_text('split\tspeaker\ntrain\tanne\ntest\tben\n')
    monkeypatch.setattr('sys.argv', ['card', '--bundle', str(tmp_path), '--log', str(tmp_path / 'log.jsonl'),
                                     '--manifest', str(tmp_path / 'manifest.tsv')])
    card.main()
    text = (tmp_path / 'MODEL_CARD.md').read_text()
    assert 'No known speaker of `test` is in the training data. Sets without' in text
    assert 'trainer at commit abc1234' in text
    assert '| hours heard | minutes | CER | WER | PER |\n|--:|--:|--:|--:|--:|\n| 2 | 3 | 1.0 | 2.0 | 3.0 |\n' in text


@pytest.mark.parametrize('change, said', [
    (['--log', 'gone.jsonl'], 'gone.jsonl was expected to be the log of a run that was measured on dev once'), (['--bundle', 'gone'], 'gone/model.json was expected'),
    (['--manifest', 'gone.tsv'], 'argument --manifest: expected a file, got gone.tsv'), (['--table', 'greedy.md'], 'argument --table: expected TITLE=FILE, got greedy.md'),
    (['--table', 'Greedy=gone.md'], 'argument --table: expected a file, got gone.md')])
def test_what_is_not_there_is_named(tmp_path, monkeypatch, capsys, change, said):
    (tmp_path / 'model.json').write_text('{}')
    (tmp_path / 'manifest.tsv').touch()
    monkeypatch.setattr('sys.argv', ['card', '--bundle', str(tmp_path), '--log', 'none', '--manifest', str(tmp_path / 'manifest.tsv'), *change])
    with pytest.raises(SystemExit) as ended:
        card.main()
    assert said in f'{ended.value} {capsys.readouterr().err}'
