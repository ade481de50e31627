"""Synthetic speech: texts that any synthesiser reads rightly, and packed clips that a store gives back."""
import io
import random
import re

import numpy as np
import pytest
import soundfile

from training import pack_trusted
from training.pack import as_ogg
from training.sound_store import read_clips
from training.synthetic_text import number, sentences_of


def test_only_plain_sentences_are_read():
    text = 'He came\nat once. It cost 5 pounds today. Mr. Smith left for good! She said "no" to him. Why is it not\nhere, then?'
    assert sentences_of(text) == ['He came at once.', 'Smith left for good!', 'Why is it not here, then?']


def test_numbers_are_words():
    rng = random.Random(1)
    drawn = {number(rng) for _ in range(500)}
    assert len(drawn) > 300
    assert all(re.fullmatch(r'[A-Za-z, ]+', text) for text in drawn)
    assert any(text.startswith('December thirty first') for text in (number(rng) for _ in range(20000)))


def test_a_packed_folder_keeps_sound_and_text(tmp_path, monkeypatch):
    speech, out = tmp_path / 'speech', tmp_path / 'pack'
    (speech / 'synthetic').mkdir(parents=True)
    rows = [('yes', 16000), ('no no', 24000)]
    manifest = 'file\tdataset\tsplit\tspeaker\tseconds\tlicence\ttext\n'
    for text, samples in rows:
        name = f'synthetic/{samples}.ogg'
        soundfile.write(speech / name, 0.3 * np.sin(np.arange(samples) * 0.1), 16000, format='OGG', subtype='VORBIS')
        manifest += f'{name}\tsynthetic\ttrain\tx\t{samples / 16000}\tCC0\t{text.title()}.\n'
    (speech / 'manifest.tsv').write_text(manifest)
    monkeypatch.setattr('sys.argv', ['pack_trusted', '--speech', str(speech), '--out', str(out)])
    pack_trusted.main()
    clips = read_clips(str(out))
    assert sorted(clips['train_text']) == ['no no', 'yes']
    for text, (shard, offset, size), span in zip(clips['train_text'], clips['train_place'], clips['train_span']):
        sound = (out / f'shard-{shard}.bin').read_bytes()[offset:offset + size]
        assert sound == (speech / f'synthetic/{dict(rows)[text]}.ogg').read_bytes()
        assert tuple(span) == (0, (dict(rows)[text] - 512) // 160 + 1)


def test_sound_of_other_formats_is_coded_at_16_khz(tmp_path):
    path = tmp_path / 'clip.wav'
    soundfile.write(path, 0.3 * np.sin(np.arange(48000) * 0.05), 48000)
    samples, rate = soundfile.read(io.BytesIO(as_ogg(path.read_bytes())))
    assert (rate, len(samples)) == (16000, 16000)
    assert np.sqrt(np.mean(samples ** 2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.1)
