"""Training with recordings of a second language beside: more mouths for the same recurrent layers.

Both languages share all layers, each has heads of its own; those of the second serve training alone: Heigold et al. 2013,
"Multilingual acoustic models using distributed deep neural networks" (section 3).
"""
import argparse

from .corpus import Corpus
from .dataset import language_of, prepared_folders
from .languages import LANGUAGES
from .model import BESIDE


def _argument(text):
    language, equals, folder = text.partition('=')
    if not (equals and folder and language in LANGUAGES):
        raise argparse.ArgumentTypeError(f'expected LANGUAGE=FOLDER with one of {", ".join(sorted(LANGUAGES))}, got {text!r}')
    return language, folder


def _share(text):
    share = float(text)
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError(f'expected more than 0 and less than 1, got {text}')
    return share


def add_beside_options(p):
    p.add_argument('--beside', type=_argument, metavar='LANGUAGE=FOLDER', help='what training.prepare made of a second language, whose '
                   'recordings teach the layers as well')
    p.add_argument('--beside-share', type=_share, default=0.3, help='share of the batches that are in the second language')


def refuse_what_does_not_go(a):
    """The teacher and the head of frames know one language, and a second one is not the first."""
    if a.beside and a.beside[0] == a.language:
        raise SystemExit(f'--beside names {a.language}, which is the language of the training: expected another one')
    for option, is_given in (('--teacher', a.teacher), ('--frame-weight', a.frame_weight > 0)):
        if a.beside and is_given:
            raise SystemExit(f'--beside does not go with {option}, which knows one language: leave out one of them')


class BesideCorpus(Corpus):
    """Clips of the second language; its head that spells has characters."""

    def _pieces(self, texts):
        return ()

    def own_heads(self, heard):
        return {name.removeprefix(BESIDE): rows for name, rows in heard.items() if name.startswith(BESIDE)}


class Turns:
    """Whose turn a batch is: evenly mixed, a pure function of its number."""

    def __init__(self, corpus, a):
        self._corpus, self._share = corpus, a.beside_share if a.beside else 0
        self._beside = BesideCorpus(prepared_folders(a.beside[1]), language_of(a.beside[1], a.beside[0]), a) if a.beside else None

    @property
    def datasets(self):
        """Names of the data sets of all clips."""
        return {c['dataset'] for corpus in (self._corpus, self._beside) if corpus for c in corpus.parts[0].clips}

    def at(self, index):
        """The corpus of the index-th batch since the start of the training, and its clips."""
        before = int(index * self._share)
        if int((index + 1) * self._share) > before:
            return self._beside, self._beside.plan(before)
        return self._corpus, self._corpus.plan(index - before)
