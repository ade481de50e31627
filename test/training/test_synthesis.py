"""Synthetic speech: texts that any synthesiser reads rightly, and packed clips that a store gives back."""
import io
import lzma
import random
import re

import numpy as np
import pytest
import soundfile

from training import pack_trusted, synthesize, synthetic_text
from training.export import trusted_facts
from training.pack import as_ogg
from training.sound_store import read_clips
from training.synthetic_text import Texts, number, sentences_of


def test_only_plain_sentences_are_read():
    text = 'He came\nat once. It cost 5 pounds today. Mr. Smith left for good! She said "no" to him. Why is it not\nhere, then?'
    assert sentences_of(text) == ['He came at once.', 'Smith left for good!', 'Why is it not here, then?']


def test_numbers_are_words():
    rng = random.Random(1)
    drawn = {number(rng) for _ in range(500)}
    assert len(drawn) > 300
    assert all(re.fullmatch(r'[A-Za-z, ]+', text) for text in drawn)
    assert any(text.startswith('December thirty first') for text in (number(rng) for _ in range(20000)))


@pytest.fixture
def held_out(tmp_path, monkeypatch):
    """Texts of a folder of speech in whose dev and test somebody says all single digits, and spells all words that there are."""
    words = 'the door is open'
    (tmp_path / 'text').mkdir()
    (tmp_path / 'text' / 'common_voice_sentences.txt').write_text('The door is open.\nThe door is shut.\n')
    (tmp_path / 'text' / 'novels.txt.xz').write_bytes(lzma.compress(b'She read it aloud.'))
    said = [*synthetic_text.ONES[:10], *(' '.join(word.upper()) for word in words.split()), 'The door is open']
    (tmp_path / 'manifest.tsv').write_text('file\tsplit\ttext\n' + ''.join(f'{i}.ogg\ttest\t{text}\n' for i, text in enumerate(said)))
    monkeypatch.setattr(synthetic_text, 'normalize', lambda texts, repository: [t.lower().rstrip('.') for t in texts])
    return Texts(str(tmp_path), '.'), {text.lower() for text in said}


def test_nothing_that_is_said_in_dev_and_test_is_drawn(held_out):
    texts, said = held_out
    rng = random.Random(1)
    drawn = {re.sub('[^a-z ]', '', words.lower()) for _, words in (texts.draw(rng) for _ in range(3000))}
    assert not drawn & said
    assert {'the door is shut', 'she read it aloud', 's h u t', 'nineteen'} < drawn


def test_clips_of_another_seed_or_of_other_texts_are_refused(held_out, tmp_path):
    (tmp_path / 'out' / 'synthetic').mkdir(parents=True)
    out, options = str(tmp_path / 'out'), {'seed': 1, 'texts': held_out[0].digest()}
    synthesize.keep_or_refuse(out, {**options, 'seed': 2})  # nothing is made of it yet
    synthesize.keep_or_refuse(out, options)
    (tmp_path / 'out' / 'synthetic' / '000000.ogg').touch()
    synthesize.keep_or_refuse(out, options)
    with pytest.raises(SystemExit, match='has clips of seed 1, expected seed 2: their sound would get other texts'):
        synthesize.keep_or_refuse(out, {**options, 'seed': 2})
    with pytest.raises(SystemExit, match=f'has clips of texts {options["texts"]}, expected texts others'):
        synthesize.keep_or_refuse(out, {**options, 'texts': 'others'})


def write_speech(folder, clips):
    """A folder of speech with `clips`: (file name, text, samples, split)."""
    (folder / 'synthetic').mkdir(parents=True)
    manifest = 'file\tdataset\tsplit\tspeaker\tseconds\tlicence\ttext\n'
    for file, text, samples, split in clips:
        name = f'synthetic/{file}.ogg'
        soundfile.write(folder / name, 0.3 * np.sin(np.arange(samples) * 0.1), 16000, format='OGG', subtype='VORBIS')
        manifest += f'{name}\tsynthetic\t{split}\t{"y" if split == "test" else "x"}-1\t{samples / 16000}\tCC0\t{text.title()}.\n'
    (folder / 'manifest.tsv').write_text(manifest)


def test_packed_folders_keep_sound_and_text_of_training_clips_alone(tmp_path, monkeypatch, capsys):
    one, two, out = tmp_path / 'one', tmp_path / 'two', tmp_path / 'pack'
    write_speech(one, [('a', 'yes', 16000, 'train'), ('b', 'no no', 24000, 'weak'), ('c', 'held out', 20000, 'test'), ('d', '', 20000, 'train')])
    write_speech(two, [('a', 'stop', 32000, 'train')])  # the same data set and file name
    out.mkdir()
    (out / 'shard-0.npy').touch()  # of a pack that was here before, and decoded
    monkeypatch.setattr('sys.argv', ['pack_trusted', '--speech', str(one), '--speech', str(two), '--out', str(out)])
    pack_trusted.main()
    assert not (out / 'shard-0.npy').exists()
    assert 'dropped     1 of synthetic: split test, expected train or weak' in capsys.readouterr().out
    clips = read_clips(str(out))
    assert sorted(clips['train_text']) == ['no no', 'stop', 'yes']
    packed = {'yes': (one / 'synthetic/a.ogg', 16000), 'no no': (one / 'synthetic/b.ogg', 24000), 'stop': (two / 'synthetic/a.ogg', 32000)}
    for text, (shard, offset, size), span in zip(clips['train_text'], clips['train_place'], clips['train_span']):
        recording, samples = packed[text]
        assert (out / f'shard-{shard}.bin').read_bytes()[offset:offset + size] == recording.read_bytes()
        assert tuple(span) == (0, (samples - 512) // 160 + 1)


def test_what_is_heard_of_a_recording_is_all_of_it_whatever_the_manifest_says(tmp_path, monkeypatch, capsys):
    write_speech(tmp_path / 'speech', [('a', 'yes', 32000, 'train'), ('b', 'no', 16000 * 25, 'train')])
    manifest = tmp_path / 'speech' / 'manifest.tsv'
    manifest.write_text(manifest.read_text().replace('\t2.0\t', '\t0.5\t').replace('\t25.0\t', '\t2.5\t'))
    monkeypatch.setattr('sys.argv', ['pack_trusted', '--speech', str(tmp_path / 'speech'), '--out', str(tmp_path / 'pack')])
    pack_trusted.main()
    said = capsys.readouterr().out
    assert 'dropped synthetic/b.ogg: longer than 21 s once decoded\n' in said
    assert '1 of synthetic are kept, and much longer than the manifest says, the first is synthetic/a.ogg, line 2: 0.5 s expected, got 2.0 s' in said
    assert read_clips(str(tmp_path / 'pack'))['train_span'].tolist() == [[0, (32000 - 512) // 160 + 1]]


def test_recordings_without_sound_are_left_out_by_name(tmp_path, monkeypatch, capsys):
    write_speech(tmp_path / 'speech', [('a', 'yes', 16000, 'train'), ('b', 'no', 16000, 'train')])
    (tmp_path / 'speech' / 'synthetic' / 'b.ogg').write_bytes(b'no sound')
    monkeypatch.setattr('sys.argv', ['pack_trusted', '--speech', str(tmp_path / 'speech'), '--out', str(tmp_path / 'pack')])
    pack_trusted.main()
    assert 'dropped synthetic/b.ogg: unreadable, or shorter than 0.3 s' in capsys.readouterr().out
    assert read_clips(str(tmp_path / 'pack'))['train_text'].tolist() == ['yes']


def test_a_card_counts_what_was_packed(tmp_path):
    write_speech(tmp_path / 'speech', [('a', 'yes', 16000, 'train'), ('b', 'no', 16000, 'dev'), ('c', 'stop', 1600, 'train')])
    assert trusted_facts(str(tmp_path / 'speech'), '.', 'en') == [
        {'dataset': 'synthetic', 'licence': 'CC0', 'clips': 1, 'hours': 0.0, 'speakers': 1}]


def test_sound_of_other_formats_is_coded_at_16_khz(tmp_path):
    path = tmp_path / 'clip.wav'
    soundfile.write(path, 0.3 * np.sin(np.arange(48000) * 0.05), 48000)
    samples, rate = soundfile.read(io.BytesIO(as_ogg(path.read_bytes())))
    assert (rate, len(samples)) == (16000, 16000)
    assert np.sqrt(np.mean(samples ** 2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.1)
