"""Word pieces: words are cut as the library that learned them cuts, and models with them train, ship and go on."""
import argparse
import json
import pathlib
from dataclasses import replace

import pytest
import torch
from streams import save_bundle
from tiny_data import TINY, WORDS, write_data

from training.checkpoint import save_checkpoint
from training.languages import ENGLISH, FRENCH
from training.model import CELLS, AcousticModel, ModelConfig
from training.parallel import FlatParameters
from training.spelling import Characters, WordPieces, learn, learn_pieces, pieces_of, read_tokens, spelled, spelling_of, tokens_argument
from training.train import Trainer, arguments
from training.trained_model import config_of, open_trained
from training.warm_start import warm_start

FIXTURES = pathlib.Path(__file__).parents[1] / 'fixtures'
TEXTS = ['the old man walked slowly along the river', 'she told him that the train would leave early', "don't they know the weather",
         'one two three four five', 'the rain stopped before we left the house', 'what time is it'] * 3


def test_options_say_characters_or_a_number_of_pieces():
    assert (tokens_argument('characters'), tokens_argument('wordpieces:500')) == (0, 500)
    for wrong in ('wordpieces', 'wordpieces:', 'wordpieces:0', 'wordpieces:-3', 'letters:5'):
        with pytest.raises(argparse.ArgumentTypeError, match='expected characters or wordpieces:N'):
            tokens_argument(wrong)


def test_every_letter_is_a_piece_the_blank_is_the_first_and_the_number_is_the_one_asked_for():
    pieces = learn_pieces(TEXTS, 80, ENGLISH)
    assert len(pieces) == len(set(pieces)) == 80
    assert pieces[0] == '<blank>' and set(ENGLISH.characters) <= set(pieces)


def test_fewer_pieces_than_letters_are_refused():
    with pytest.raises(SystemExit, match='20 word pieces were asked for, expected at least 29'):
        learn_pieces(TEXTS, 20, ENGLISH)


def test_more_pieces_than_the_texts_have_are_refused():
    with pytest.raises(SystemExit, match='500 word pieces were asked for, expected at most 45, .* --tokens wordpieces:N with a lower N'):
        learn_pieces(['yes', 'no', 'stop'] * 3, 500, ENGLISH)
    assert len(learn_pieces(['yes', 'no', 'stop'] * 3, 45, ENGLISH)) == 45


@pytest.mark.parametrize('pieces', [(), ('<blank>', '▁', 'a', 'b', 'ab')])
def test_a_text_that_can_not_be_spelled_is_named(pieces):
    with pytest.raises(SystemExit, match="the text of set/2.wav has 'é', expected letters that the tokens of the model have"):
        spelled(spelling_of(ENGLISH, pieces), [('set/1.wav', 'ab a'), ('set/2.wav', 'ab é')])


def test_words_are_cut_as_the_library_cuts_them():
    library = learn(TEXTS, 90, ENGLISH)
    ours = WordPieces(pieces_of(library))
    for text in [*TEXTS[:6], 'zebra quickly thethe', "o'clock", 'mississippi', 'sheee']:
        assert ours.ids(text) == library.encode(text)


def test_the_agent_is_held_to_the_same_cuts():
    golden = json.loads((FIXTURES / 'word-pieces' / 'english.json').read_text(encoding='utf8'))
    pieces = WordPieces(golden['tokens'])
    assert {word: pieces.ids(word) for word in golden['words']} == golden['words']


@pytest.mark.parametrize('language, text', [(ENGLISH, "don't stop the zebra"), (FRENCH, "l'été où ça gêne naïf noël dû")])
def test_ids_of_pieces_spell_the_text_again(language, text):
    pieces = spelling_of(language, learn_pieces(TEXTS, 80, language))
    assert pieces.text(pieces.ids(text)) == text
    assert len(pieces.ids('the river')) < len(Characters(language.characters).ids('the river'))


def run_of(folder, *options):
    write_data(folder / 'data')
    (folder / 'run').mkdir()
    return Trainer(arguments(['--data', str(folder / 'data'), '--run', str(folder / 'run'), *TINY, *options]))


def test_a_model_with_word_pieces_trains_and_keeps_them_when_it_goes_on(tmp_path):
    options = ['--tokens', 'wordpieces:40', '--updates', '2']
    trainer = run_of(tmp_path, *options)
    trainer.run()
    pieces = trainer.model.config.pieces
    assert len(pieces) == 40 == trainer.model.heads['characters'].out_features
    assert trainer.corpus.characters[1] == trainer.model.spelling.ids(WORDS[1])
    (tmp_path / 'data' / 'train-1.00' / 'clips.tsv').write_text((tmp_path / 'data' / 'train-1.00' / 'clips.tsv').read_text().replace('stop', 'pots'))
    again = Trainer(arguments(['--data', str(tmp_path / 'data'), '--run', str(tmp_path / 'run'), *TINY, *options]))
    again.course.begin()
    assert again.model.config.pieces == pieces == read_tokens(str(tmp_path / 'run' / 'tokens.txt'))


def make(seed=0, **config):
    torch.manual_seed(seed)
    return AcousticModel(ModelConfig(hidden=24, **{'layers': 2, **config}), torch.randn(40), torch.rand(40) + 0.5).eval().requires_grad_(False)


PIECES = ('<blank>', '▁t', '▁th', *ENGLISH.characters[1:])


def test_a_model_with_other_tokens_takes_over_all_but_the_head_that_spells(tmp_path):
    shipped, fresh = make(1), make(2, pieces=PIECES)
    before = fresh.heads['characters'].weight.clone()
    save_bundle(shipped, tmp_path)
    assert warm_start(str(tmp_path), fresh).heard == 7 * 3600
    assert torch.equal(fresh.heads['phonemes'].weight, shipped.heads['phonemes'].weight)
    assert torch.allclose(fresh.layers[1].weight_hh_l0, shipped.layers[1].weight_hh_l0)
    assert torch.equal(fresh.heads['characters'].weight, before)


KINDS = [{'cell': cell} for cell in sorted(CELLS)] + [
    {'pieces': PIECES, 'look_ahead_steps': 3}, {'attention_window': 5, 'attention_size': 12, 'attention_heads': 3, 'layers': 3},
    {'frames_per_step': 4, 'stack': 8, 'language': 'fr'}]


@pytest.mark.parametrize('kind', KINDS, ids=str)
def test_a_trained_model_is_opened_as_it_is_from_a_bundle_or_a_checkpoint(kind, tmp_path):
    model, path = make(**kind), str(tmp_path / 'best.pt')
    flat = FlatParameters(model, 1)
    save_checkpoint(path, {'average': flat.values, 'config': model.config.__dict__, 'mean': model.mean, 'std': model.std, 'heard': 1.0})
    save_bundle(model, tmp_path)
    x = torch.randn(1, 24, 40)
    for source in (str(tmp_path), path):
        assert config_of(source) == replace(model.config, dropout=0.0)
        opened = open_trained(source).eval()
        got, expected = (m(x, m.initial_states(1, x))[0] for m in (opened, model))
        assert all(torch.allclose(got[name], expected[name], atol=1e-5) for name in expected)


def test_the_options_of_the_trainer_name_word_pieces():
    with pytest.raises((SystemExit, argparse.ArgumentError)):
        arguments(['--run', 'x', '--tokens', 'letters'])
    assert arguments(['--run', 'x']).tokens == 0
