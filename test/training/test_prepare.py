"""A preparation that is ended by half is never taken for a whole one, and what is wrong with recordings is told by name."""
import io
import json
import os
import subprocess
import tarfile

import numpy as np
import pytest
import soundfile
from tiny_data import write_data

from training import kept_options, pack, pack_trusted, prepare
from training.alignment import FILE
from training.dataset import Part, language_of, prepared_folders
from training.length_check import print_other_lengths
from training.separation import refuse_shared
from training.sound_file import RATE, decoded
from training.sound_store import read_clips

REPOSITORY = os.path.join(os.path.dirname(__file__), '..', '..')
COLUMNS = 'file\tdataset\tsplit\tspeaker\tseconds\tlicence\ttext'
ROWS = ['set/a.wav\tset\ttrain\ts\t1.0\tCC0\tyes', 'set/b.wav\tset\tdev\tt\t1.0\tCC0\tno']


def sound(seconds, seed=0):
    return 0.1 * np.random.default_rng(seed).standard_normal(int(seconds * RATE))


def write_noise(path):
    data = io.BytesIO()
    soundfile.write(data, sound(2), RATE, format='WAV')
    with tarfile.open(path, 'w') as tar:
        info = tarfile.TarInfo('elsewhere/fan.wav')
        info.size = len(data.getvalue())
        data.seek(0)
        tar.addfile(info, data)


def write_manifest(folder, rows, start=''):
    (folder / 'manifest.tsv').write_text(start + '\n'.join([COLUMNS, *rows]) + '\n', encoding='utf8')


@pytest.fixture
def speech(tmp_path):
    """A folder of speech with a recording of each part, and noise."""
    folder = tmp_path / 'speech'
    (folder / 'set').mkdir(parents=True)
    for seed, name in enumerate('ab'):
        soundfile.write(folder / 'set' / f'{name}.wav', sound(1, seed), RATE)
    write_noise(folder / 'noise.tar')
    write_manifest(folder, ROWS)
    return folder


@pytest.fixture
def run(tmp_path, monkeypatch, speech):
    """Prepares the folder of speech."""
    def prepared(*options):
        monkeypatch.setattr('sys.argv', ['prepare', '--speech', str(speech), '--out', str(tmp_path / 'data'), '--repository', REPOSITORY,
                                         '--speeds', '1.0', *options])
        prepare.main()
        return tmp_path / 'data'
    return prepared


def test_what_is_rewritten_counts_as_missing_until_it_is_there(tmp_path, monkeypatch, speech):
    write_data(tmp_path)
    (tmp_path / 'train-1.00').rename(tmp_path / 'train-0.90')
    (tmp_path / 'again').mkdir()
    write_data(tmp_path / 'again')
    (tmp_path / 'again' / 'train-1.00').rename(tmp_path / 'train-1.00')
    (tmp_path / 'train-1.00' / FILE).write_bytes(b'of before')
    (tmp_path / kept_options.FILE).write_text('{}')

    def killed(a, rows, pool):
        raise KeyboardInterrupt

    monkeypatch.setattr(prepare, 'prepare_speech', killed)
    monkeypatch.setattr(prepare, 'prepare_noise', lambda a, rows, pool: None)
    monkeypatch.setattr('sys.argv', ['prepare', '--speech', str(speech), '--out', str(tmp_path), '--speeds', '1.0'])
    with pytest.raises(KeyboardInterrupt):
        prepare.main()
    with pytest.raises(SystemExit, match='was expected to have clips.tsv'):
        prepared_folders(tmp_path)
    assert not (tmp_path / 'train-0.90').exists()  # a speed that is not asked for
    assert not any((tmp_path / name).exists() for name in ('noise/clips.tsv', 'dev/clips.tsv', f'train-1.00/{FILE}', kept_options.FILE))


def test_it_is_done_once_and_never_taken_for_what_other_options_make(tmp_path, monkeypatch, speech):
    done = []
    monkeypatch.setattr(prepare, 'prepare_speech', lambda a, rows, pool: done.append(a.limit))
    monkeypatch.setattr(prepare, 'prepare_noise', lambda a, rows, pool: None)

    def run(*options):
        monkeypatch.setattr('sys.argv', ['prepare', '--speech', str(speech), '--out', str(tmp_path / 'data'), *options])
        prepare.main()

    run('--once', '--limit', '100')
    run('--once', '--limit', '100')
    assert done == [100]
    with pytest.raises(SystemExit, match='data was prepared with limit 100, expected limit 0: remove it'):
        run('--once')
    run()
    run('--once')
    assert done == [100, 0]
    write_manifest(speech, [*ROWS, ROWS[0]])
    with pytest.raises(SystemExit, match='was prepared with manifests .*, expected manifests'):
        run('--once')
    assert done == [100, 0]


def files_in(folder, part):
    return [clip['file'] for clip in Part(str(folder / part)).clips]


def test_what_has_no_sound_is_dropped_by_name_and_nothing_else_is_left(run, speech, capsys):
    (speech / 'set' / 'bad.wav').write_bytes(b'no sound')
    soundfile.write(speech / 'set' / 'tiny.wav', sound(0.1), RATE)
    soundfile.write(speech / 'set' / 'none.wav', sound(0), RATE)
    write_manifest(speech, [*ROWS, *(f'set/{name}.wav\tset\ttrain\ts\t1.0\tCC0\tyes' for name in ('bad', 'tiny', 'none'))])
    data = run()
    said = capsys.readouterr().out
    for name, reason in (('bad', 'unreadable'), ('tiny', 'shorter than 0.3 s once decoded'), ('none', 'no sound in it')):
        assert f'dropped set/{name}.wav: {reason}\n' in said and f'dropped     1 of set: {reason}\n' in said
    assert files_in(data, 'train-1.00') == ['set/a.wav'] and files_in(data, 'dev') == ['set/b.wav']
    assert not list(data.glob('*.s16*'))


def test_recordings_of_another_length_than_the_manifest_says_are_told(run, speech, capsys):
    for name, seconds in (('hour', 25), ('long', 3), ('short', 1)):
        soundfile.write(speech / 'set' / f'{name}.wav', sound(seconds), RATE)
    write_manifest(speech, [*ROWS, *(f'set/{name}.wav\tset\ttrain\ts\t{told}\tCC0\tyes' for name, told in (('hour', 4), ('long', 2), ('short', 3)))])
    data = run()
    said = capsys.readouterr().out
    assert 'dropped set/hour.wav: longer than 21 s once decoded\n' in said
    assert '1 of set are kept, and much shorter than the manifest says, the first is set/short.wav, line 6: 3 s expected, got 1.0 s\n' in said
    assert 'much longer' not in said  # three seconds in place of two may be silence at the ends
    assert files_in(data, 'train-1.00') == ['set/a.wav', 'set/long.wav', 'set/short.wav']
    print_other_lengths([{'dataset': 'set', 'file': 'x', 'line': 2, 'seconds': '2'}] * 2, [4 * RATE] * 2)
    assert '2 of set are kept, and much longer than the manifest says, the first is x, line 2: 2 s expected, got 4.0 s' in capsys.readouterr().out


def test_texts_that_a_language_can_not_spell_are_dropped_with_file_and_line(run, speech, monkeypatch, capsys):
    monkeypatch.setattr(prepare, 'normalize', lambda texts, *_: texts)  # of a language whose rules leave more than it has
    many = [f'set/a.wav\tset\ttrain\ts\t1.0\tCC0\tblå {word} é' for word in 'abcdefghijkl']
    write_manifest(speech, [*ROWS, *many])
    data, said = run(), capsys.readouterr().out
    assert 'dropped set/a.wav, line 4 of its manifest: expected the letters of en once its text is normalised, got å é\n' in said
    assert said.count('of its manifest') == 10 and 'dropped    12 of set: letters that the language has not\n' in said
    assert files_in(data, 'train-1.00') == ['set/a.wav']


def m4a(folder):
    """Ten seconds, with the index at the end as recorders write it."""
    soundfile.write(folder / 'ten.wav', sound(10), RATE)
    subprocess.run(['ffmpeg', '-loglevel', 'error', '-i', folder / 'ten.wav', '-c:a', 'aac', folder / 'ten.m4a'], check=True)
    return (folder / 'ten.m4a').read_bytes()


def test_an_m4a_is_decoded_and_packed_in_full(tmp_path):
    data = m4a(tmp_path)
    assert len(decoded(data)) == pytest.approx(10 * RATE, rel=0.02)
    assert pack.samples_of(pack.as_ogg(data)) == pytest.approx(10 * RATE, rel=0.02)


def test_what_has_no_sound_is_not_packed(tmp_path):
    soundfile.write(tmp_path / 'tiny.ogg', sound(0.1), RATE)
    soundfile.write(tmp_path / 'none.wav', sound(0), RATE)
    assert [pack.as_ogg((tmp_path / name).read_bytes()) for name in ('tiny.ogg', 'none.wav')] == [None, None]
    assert pack.as_ogg(b'no sound') is None


def test_prepared_recordings_are_packed_without_those_that_were_lost_since(run, speech, tmp_path, monkeypatch, capsys):
    data = run()
    frames = Part(str(data / 'train-1.00')).frames
    np.savez(data / 'train-1.00' / FILE, misfit=np.ones(1, np.float32), first=np.zeros(1, np.int32), last=frames.astype(np.int32),
             phonemes=np.zeros(0, np.uint8), starts=np.zeros(2, int), frames_per_step=3)
    (speech / 'set' / 'b.wav').write_bytes(b'no sound')
    monkeypatch.setattr('sys.argv', ['pack', '--data', str(data), '--speech', str(speech), '--out', str(tmp_path / 'pack')])
    pack.main()
    assert 'dropped set/b.wav: unreadable, or shorter than 0.3 s' in capsys.readouterr().out
    clips = read_clips(str(tmp_path / 'pack'))
    assert [clips[f'{part}_file'].tolist() for part in ('train', 'dev', 'noise')] == [['set/a.wav'], [], ['noise/fan.wav']]


def test_mistakes_of_a_manifest_are_told_all_at_once_by_line(run, speech):
    write_manifest(speech, [*ROWS, 'set/a.wav\tset\tTrain\ts\t3,8\tCC0\tyes', 'set/a.wav\tset'])
    with pytest.raises(SystemExit) as ended:
        run()
    told = str(ended.value).split('\n')
    assert [text.removeprefix(f'{speech}/manifest.tsv, ') for text in told] == [
        "line 4: expected split to be one of train, weak, dev, test, wake, got 'Train'",
        "line 4: expected seconds to be a number with a decimal point, got '3,8'",
        'line 5: expected 7 columns as in the first line, got 2']
    write_manifest(speech, [*ROWS, 'set/gone.wav\tset\ttrain\ts\t1.0\tCC0\tyes'])
    with pytest.raises(SystemExit, match='line 4: expected set/gone.wav in .*speech, got none'):
        run()
    (speech / 'manifest.tsv').write_text('file\tdataset\tsplit\nx\ty\ttrain\n')
    with pytest.raises(SystemExit, match='line 1: expected the columns .* got none called speaker, seconds, licence, text'):
        run()
    (speech / 'manifest.tsv').write_bytes(b'caf\xe9')
    with pytest.raises(SystemExit, match='expected UTF-8, got the byte 0xe9'):
        run()


def test_a_speaker_or_a_recording_of_two_parts_is_refused(run, speech, tmp_path):
    test = 'set/c.wav\tset\ttest\ts\t1.0\tCC0\tyes'  # need not be there
    write_manifest(speech, [*ROWS, test, ROWS[0].replace('set/a', './set/b').replace('\ts\t', '\t\t')])
    with pytest.raises(SystemExit) as ended:
        run()
    path = f'{speech}/manifest.tsv'
    told = str(ended.value).split('\n')
    assert told[0].endswith('got 1 in several:') and told[1] == f'  set/b.wav: dev (line 3 of {path}), train (line 5 of {path})'
    assert told[3].startswith('a speaker is expected in one of') and told[4] == f'  s of set: train (line 2 of {path}), test (line 4 of {path})'
    assert '--known-speakers' in told[5] and not list((tmp_path / 'data').iterdir())
    write_manifest(speech, [*ROWS, test])
    assert files_in(run('--known-speakers', 's'), 'train-1.00') == ['set/a.wav']
    assert kept_options.read_options(tmp_path / 'data')['known_speakers'] == ['s']  # a training looks again
    with pytest.raises(SystemExit, match='s of set'):
        run('--once')  # what is prepared already is no excuse


def test_parts_of_several_folders_are_compared(run, speech, tmp_path):
    (tmp_path / 'more').mkdir()
    write_manifest(tmp_path / 'more', [f'{speech}/set/b.wav\tother\ttrain\tx\t1.0\tCC0\tyes', 'set/d.wav\tset\ttrain\tt\t1.0\tCC0\tyes'])
    with pytest.raises(SystemExit) as ended:
        run('--extra', str(tmp_path / 'more'))
    assert f'set/b.wav: dev (line 3 of {speech}/manifest.tsv), train (line 2 of {tmp_path}/more/manifest.tsv)' in str(ended.value)
    assert f't of set: dev (line 3 of {speech}/manifest.tsv), train (line 3 of {tmp_path}/more/manifest.tsv)' in str(ended.value)


@pytest.mark.parametrize('split', ['train', 'test'])
def test_a_copy_under_another_name_in_another_part_is_refused(run, speech, tmp_path, split):
    samples, rate = soundfile.read(speech / 'set' / 'b.wav', dtype='int16')
    soundfile.write(speech / 'set' / 'copy.flac', samples, rate)  # other bytes of the same sound
    write_manifest(speech, [*ROWS, f'set/copy.flac\tset\t{split}\tx\t1.0\tCC0\tno'])
    with pytest.raises(SystemExit) as ended:
        run()
    path, told = f'{speech}/manifest.tsv', str(ended.value)
    assert f'set/b.wav (dev, line 3 of {path})' in told and f'set/copy.flac ({split}, line 4 of {path})' in told and 'got 1 that sound' in told
    with pytest.raises(SystemExit, match='was expected to have clips.tsv'):
        prepared_folders(tmp_path / 'data')


def test_copies_within_training_are_counted_and_kept(run, speech, capsys):
    (speech / 'set' / 'again.wav').write_bytes((speech / 'set' / 'a.wav').read_bytes())
    write_manifest(speech, [*ROWS, 'set/again.wav\tset\tweak\tx\t1.0\tCC0\tyes'])
    path = f'{speech}/manifest.tsv'
    assert files_in(run(), 'train-1.00') == ['set/a.wav', 'set/again.wav']
    assert ('1 of set are kept in train, and sound as another recording there, sample for sample, the first: '
            f'set/again.wav (weak, line 4 of {path}) is set/a.wav (train, line 2 of {path})\n') in capsys.readouterr().out


def rows_of(*speakers_and_splits):
    return [{'file': f'{i}', 'dataset': 'set', 'split': split, 'speaker': speaker, 'line': i + 2}
            for i, (speaker, split) in enumerate(speakers_and_splits)]


def test_the_only_voice_of_a_data_set_may_be_in_dev_and_never_in_test(capsys):
    refuse_shared({'x': rows_of(('lj', 'train'), ('lj', 'dev'))})
    assert 'lj, the only voice of set, is in training and dev' in capsys.readouterr().out
    for rows in (rows_of(('lj', 'train'), ('lj', 'test')), rows_of(('lj', 'train'), ('lj', 'dev'), ('', 'train'))):
        with pytest.raises(SystemExit, match='lj of set'):
            refuse_shared({'x': rows})


def test_speakers_whom_nobody_knows_and_those_of_other_data_sets_are_not_compared():
    refuse_shared({'x': rows_of(('', 'train'), ('', 'test'), ('cv-unknown', 'weak'), ('cv-unknown', 'dev'), ('a', 'test'), ('a', 'wake'))})
    refuse_shared({'x': rows_of(('a', 'train')), 'y': [dict(row, dataset='other') for row in rows_of(('a', 'test'))]})


def test_a_folder_of_trusted_speech_is_refused_likewise(speech, tmp_path, monkeypatch):
    write_manifest(speech, [*ROWS, ROWS[0].replace('\ttrain\t', '\ttest\t')])
    monkeypatch.setattr('sys.argv', ['pack_trusted', '--speech', str(speech), '--out', str(tmp_path / 'pack'), '--repository', REPOSITORY])
    with pytest.raises(SystemExit, match='set/a.wav: train .line 2 .* test .line 4'):
        pack_trusted.main()


def test_a_manifest_that_a_spreadsheet_wrote_is_read(run, speech):
    write_manifest(speech, ROWS, '\ufeff')
    assert files_in(run(), 'train-1.00') == ['set/a.wav']


@pytest.mark.parametrize('row, missing', [(0, 'dev'), (1, 'train or weak')])
def test_a_set_without_a_part_is_refused(run, speech, row, missing):
    write_manifest(speech, [ROWS[row]])
    with pytest.raises(SystemExit, match=f'no recording of the split {missing} is left .* give some rows of the manifest that split'):
        run()


def test_noise_has_any_name_and_is_missed_before_anything_is_done(run, speech, tmp_path):
    (speech / 'noise.tar').unlink()
    with pytest.raises(SystemExit, match='noise.tar was expected to be a tar of recordings of noise, and is not there'):
        run()
    assert list((tmp_path / 'data').iterdir()) == []
    (speech / 'noise.tar').write_bytes(b'no tar')
    with pytest.raises(SystemExit, match='noise.tar was expected to be a tar of recordings, and can not be read'):
        run()
    write_noise(tmp_path / 'my sounds.tar')
    assert files_in(run('--noise', str(tmp_path / 'my sounds.tar')), 'noise') == ['my sounds/fan.wav']


def test_what_the_normalisation_says_is_heard(capfd):
    with pytest.raises(SystemExit, match='normalize-text.ts in .* ended with'):
        prepare.normalize(['yes'], REPOSITORY, 'xx')
    assert 'expected --language to be one of' in capfd.readouterr().err


def test_a_repository_that_is_none_is_told(tmp_path):
    with pytest.raises(SystemExit, match=f'normalize-text.ts was to be run by node in {tmp_path}/gone, and can not be .*--repository, and install Node.js'):
        prepare.normalize(['yes'], str(tmp_path / 'gone'))


@pytest.mark.parametrize('given, expected', [('0.9,1.1', 'expected 1.0 among them, got 0.9,1.1'), ('1.0,0', 'expected a number above 0, got 0')])
def test_speeds_that_nothing_later_can_be_done_with_are_refused(run, capsys, given, expected):
    with pytest.raises(SystemExit):
        run('--speeds', given)
    assert f'argument --speeds: {expected}\n' in capsys.readouterr().err


def test_the_language_is_that_of_the_prepared_recordings(tmp_path):
    assert language_of(str(tmp_path), None) == 'en'
    (tmp_path / kept_options.FILE).write_text(json.dumps({'language': 'fr'}))
    assert language_of(str(tmp_path), None) == language_of(str(tmp_path), 'fr') == 'fr'
    with pytest.raises(SystemExit, match='was prepared with --language fr, expected en: leave out --language'):
        language_of(str(tmp_path), 'en')
