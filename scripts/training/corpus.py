"""The clips of a training, as batches for its updates."""
import functools

import torch

from .alignment import Alignment
from .dataset import Part, plan_epoch
from .languages import LANGUAGES
from .spelling import chosen_pieces, spelled, spelling_of
from .text import Lexicon


def refuse_other_clips(folders, parts):
    """A clip is the same one at every speed: the text of the first part is the target of all."""
    first, *others = ([(c['file'], c['text']) for c in part.clips] for part in parts)
    for folder, clips in zip(folders[1:], others):
        if clips != first:
            raise SystemExit(f'{folders[0]} and {folder} were expected to have the same recordings and texts in the same order, and have not: '
                             'prepare all speeds again, with one run of python -m training.prepare, or remove one of the two')


class Corpus:
    """The training clips at all prepared speeds, with their targets.

    `characters[i]` are ids of the head that spells, `phonemes[i]` ids or None where a word has no pronunciation. `fits[i]` is
    false where an alignment says that the sound has another text."""

    def __init__(self, folders, language, a):
        self.a, self.language, self.lexicon = a, language, Lexicon(LANGUAGES[language])
        self.parts = [Part(folder) for folder in folders]
        refuse_other_clips(folders, self.parts)
        texts = [c['text'] for c in self.parts[0].clips]
        self.pieces = self._pieces(texts)
        self.characters = spelled(spelling_of(LANGUAGES[language], self.pieces), [(c['file'], c['text']) for c in self.parts[0].clips])
        self.phonemes = [self.lexicon.phoneme_ids(text) for text in texts]
        self.cosine = self.parts[0].cosine
        self.alignments = [Alignment.read(folder, a.frames_per_step) for folder in folders] if a.alignment else None
        self.fits = [True] * len(texts) if self.alignments is None else (self.alignments[0].misfit <= a.most_misfit).tolist()
        if not any(self.fits):
            raise SystemExit(f'no clip of {folders[0]} fits its text: expected some with a misfit of {a.most_misfit:g} or less, as --most-misfit '
                             'says. Align with a model that hears them better, or train without --alignment')
        self._plan = functools.lru_cache(3)(self._plan)  # epoch 0 and the present one

    def _pieces(self, texts):
        return chosen_pieces(self.a, self.language, texts)

    def _plan(self, epoch):
        a, frames = self.a, self.parts[0].frames
        if self.alignments is not None:
            frames = self.alignments[0].trimmed_frames(frames)
        uses = [a.repeat.get(clip['dataset'], 1) if len(t) > 0 and n >= 20 and fit else 0
                for clip, t, n, fit in zip(self.parts[0].clips, self.characters, frames, self.fits)]
        return plan_epoch(frames, epoch, a, uses)

    def plan(self, index):
        """Clips of the index-th batch since the start of the training."""
        per_epoch = len(self._plan(0))  # epochs differ by a few batches: the plan wraps
        plan = self._plan(index // per_epoch)
        return plan[index % per_epoch % len(plan)]

    def own_heads(self, heard):
        """{head: log-probabilities} of what a model heard, those of the language of these clips."""
        return heard

    def mfcc_statistics(self, clips=400):
        """Mean and standard deviation [D] of the coefficients of loud and soft clips."""
        part = self.parts[0]
        step = max(1, len(part) // clips)
        rows = torch.cat([part.log_mel(i) for i in range(0, len(part), step)]) @ self.cosine.t()
        return rows.mean(0), rows.std(0)
