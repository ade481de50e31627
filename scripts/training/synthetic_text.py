"""What synthesisers are to read: sentences, spelled words, and numbers, as words alone."""
import hashlib
import json
import lzma
import os
import re

from .prepare import normalize
from .speech_folder import read_manifest

ONES = 'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split()
TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split()
ORDINALS = ('first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth '
            'sixteenth seventeenth eighteenth nineteenth twentieth').split()
MONTHS = 'January February March April May June July August September October November December'.split()
PLAIN = re.compile(r"[A-Z][A-Za-z' ,;-]*[.?!]")  # what every synthesiser reads as it is written
WORDS = range(3, 15)
KINDS = {'sentence': 0.62, 'novel': 0.13, 'spelled': 0.1, 'number': 0.1, 'words': 0.05}  # shares of the clips


def held_out_texts(speech, repository):
    """Normalised texts of the recordings that nothing may be trained on."""
    rows = [r for r in read_manifest(os.path.join(speech, 'manifest.tsv')) if r['split'] in ('dev', 'test', 'wake')]
    return set(normalize([r['text'] for r in rows], repository))


def sentences_of(text):
    """Plain sentences of a text whose lines are broken anywhere."""
    return [s for s in re.split(r'(?<=[.?!])\s+', ' '.join(text.split())) if PLAIN.fullmatch(s) and len(s.split()) in WORDS]


def below_hundred(n):
    return ONES[n] if n < 20 else TENS[n // 10 - 2] + (f' {ONES[n % 10]}' if n % 10 else '')


def number(rng):
    """A date, a telephone number, an amount or a time."""
    day = rng.randrange(31)
    ordinal = ORDINALS[day] if day < 20 else ('thirtieth' if day == 29 else f'{TENS[(day + 1) // 10 - 2]} {ORDINALS[day % 10]}')
    return rng.choice([
        f'{rng.choice(MONTHS)} {ordinal} nineteen {below_hundred(rng.randrange(10, 100))}',
        ', '.join(' '.join(rng.choice(ONES[:10]) for _ in range(n)) for n in rng.choice([(3, 4), (3, 3, 4), (5,), (2,), (1,)])),
        f'{rng.choice(ONES[1:10])} hundred {below_hundred(rng.randrange(1, 100))}',
        below_hundred(rng.randrange(1, 100)),
        f'{below_hundred(rng.randrange(1, 13))} {below_hundred(rng.randrange(10, 60))} {rng.choice(["in the morning", "in the afternoon", "tonight"])}',
    ])


def plain(words):
    """Drawn words, which have no numerals, as `normalize` gives them, without a program for each."""
    return ' '.join(re.findall(r"[a-z']+", words.lower()))


class Texts:
    """Draws texts; none is one of `held_out_texts`."""

    def __init__(self, speech, repository):
        folder = os.path.join(speech, 'text')
        with open(os.path.join(folder, 'common_voice_sentences.txt'), encoding='utf8') as f:
            lines = [s for line in f for s in sentences_of(line)]
        with lzma.open(os.path.join(folder, 'novels.txt.xz'), 'rt', encoding='utf8') as f:
            novels = sentences_of(f.read())
        self._held_out = held_out_texts(speech, repository)
        kept = {}
        for kind, found in (('sentence', lines), ('novel', novels)):
            kept[kind] = [s for s, n in zip(found, normalize(found, repository)) if n not in self._held_out]
        self._texts = kept
        self._words = sorted({w for s in kept['sentence'] for w in re.findall(r'[a-z]{3,}', s)})

    def digest(self):
        """Of all that decides, beside chance, what is drawn."""
        return hashlib.sha256(json.dumps([KINDS, self._texts, sorted(self._held_out)]).encode()).hexdigest()[:12]

    def draw(self, rng):
        """(text to read, the same as words)."""
        while True:
            text, words = self._draw(rng)
            if plain(words) not in self._held_out:
                return text, words

    def _draw(self, rng):
        """Letters stand alone, with a comma between them for the synthesiser."""
        kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
        if kind in self._texts:
            text = rng.choice(self._texts[kind])
        elif kind == 'spelled':
            letters = list(rng.choice(self._words)[:9].upper())
            return ', '.join(letters) + '.', ' '.join(letters)
        elif kind == 'number':
            text = number(rng)
        else:
            text = ', '.join(rng.choice(self._words) for _ in range(rng.randrange(1, 4)))
        return text, text
