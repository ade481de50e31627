"""Tokens and pronunciations of each language."""
import dataclasses

import pytest

from training.dictionary import dictionary_of
from training.languages import ENGLISH, FRENCH, LANGUAGES
from training.spelling import spelling_of
from training.text import Lexicon


@pytest.mark.parametrize('language', LANGUAGES.values(), ids=LANGUAGES)
def test_tokens_are_distinct_and_blank_is_the_first(language):
    for tokens in (language.characters, language.phonemes):
        assert len(set(tokens)) == len(tokens) and tokens[0] == '<blank>'


def test_shipped_english_bundles_have_these_tokens():
    assert (len(ENGLISH.characters), len(ENGLISH.phonemes)) == (29, 40)
    assert spelling_of(ENGLISH).ids("it's me") == [11, 22, 2, 21, 1, 15, 7]


@pytest.mark.parametrize('language, text', [(ENGLISH, "don't stop"), (FRENCH, "l'été où ça gêne naïf noël dû")])
def test_ids_spell_the_text_again(language, text):
    spelling = spelling_of(language)
    assert spelling.text(spelling.ids(text)) == text


def test_a_letter_of_another_language_is_refused():
    with pytest.raises(KeyError):
        spelling_of(ENGLISH).ids('été')


def lexicon_of(language, **words):
    return Lexicon(dataclasses.replace(language, pronunciations=lambda: words.items()))


def test_the_first_pronunciation_counts_and_unknown_words_have_none():
    lexicon = Lexicon(dataclasses.replace(ENGLISH, pronunciations=lambda: [('an', ['AH', 'N']), ('an', ['AE', 'N'])]))
    assert lexicon.phoneme_ids('an') == [ENGLISH.phonemes.index(p) for p in ('AH', 'N')]
    assert lexicon.phoneme_ids('an bee') is None


def test_a_letter_that_is_a_word_too_has_its_name_where_it_is_spelled():
    lexicon = lexicon_of(ENGLISH, a=['AH'], b=['B', 'IY'], at=['AE', 'T'])
    for text, phonemes in (('at a at', 'AE T AH AE T'), ('at a b', 'AE T EY B IY'), ('b a at', 'B IY EY AE T'), ('a', 'EY')):
        assert [ENGLISH.phonemes[i] for i in lexicon.phoneme_ids(text)] == phonemes.split()


def test_french_elisions_are_put_together():
    words = {"l'": ['l'], 'eau': ['o'], 'aujourd': ['o', 'ʒ', 'u', 'ʁ', 'd'], "hui'": ['i']}
    lexicon = lexicon_of(FRENCH, **words)
    assert [FRENCH.phonemes[i] for i in lexicon.phoneme_ids("l'eau")] == ['l', 'o']
    assert lexicon.phoneme_ids("aujourd'eau") is None and lexicon.phoneme_ids("l'air") is None


def test_english_words_are_never_put_together():
    assert lexicon_of(ENGLISH, **{"l'": ['L'], 'eau': ['OW']}).phoneme_ids("l'eau") is None


def test_the_french_lexicon_has_phonemes_of_the_model_only():
    pytest.importorskip('gruut_lang_fr', reason='its lexicon is a package of its own')
    lexicon = Lexicon(FRENCH)
    assert [FRENCH.phonemes[i] for i in lexicon.phoneme_ids("aujourd'hui un oeuf")] == list('oʒuʁdɥi') + ['ɛ̃'] + list('œf')


def test_a_dictionary_has_what_can_be_spelled_and_the_elisions_of_the_texts():
    pairs = [("l'", ['l']), ('eau', ['o']), ('plus', ['p', 'l', 'y']), ('plus', ['p', 'l', 'y', 's']), ('peut-être', ['p'])]
    language = dataclasses.replace(FRENCH, pronunciations=lambda: pairs)
    assert dictionary_of(language, {"l'eau", "l'air", 'plus'}) == {
        'eau': [['o']], 'plus': [['p', 'l', 'y'], ['p', 'l', 'y', 's']], "l'eau": [['l', 'o']]}
