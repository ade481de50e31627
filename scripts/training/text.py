"""Texts as phonemes, what a head says, and distances between sequences."""
import functools

from .languages import ENGLISH


@functools.cache
def _ids(tokens):
    return {token: i for i, token in enumerate(tokens)}


def spelled_letters(words):
    """Which of the words are letters of something spelled: those beside another letter, and one that stands alone."""
    single = [len(word) == 1 for word in words]
    return [one and (len(words) == 1 or any(single[max(0, i - 1):i] + single[i + 1:i + 2])) for i, one in enumerate(single)]


class Lexicon:
    """The first pronunciation of each word; one that begins with an elision (`l'eau`) may be put together of two."""

    def __init__(self, language=ENGLISH):
        ids = _ids(language.phonemes)
        self._words, self._elisions = {}, language.elisions
        self._names = {letter: [ids[p] for p in phones] for letter, phones in language.letter_names.items()}
        for word, phones in language.pronunciations():
            if word not in self._words:
                self._words[word] = [ids[p] for p in phones]

    def _word_ids(self, word):
        known = self._words.get(word)
        at = word.find("'") + 1
        if known is not None or word[:at] not in self._elisions:
            return known
        first, second = self._words.get(word[:at]), self._words.get(word[at:])
        return None if first is None or second is None else first + second

    def phoneme_ids(self, text):
        """Ids of a normalised text, or None when a word is not in the dictionary. A letter that is spelled has its name."""
        ids, words = [], text.split()
        for word, spelled in zip(words, spelled_letters(words)):
            phones = self._names.get(word) if spelled else None
            phones = phones or self._word_ids(word)
            if phones is None:
                return None
            ids += phones
        return ids


def collapse(best):
    """Greedy CTC: ids of the best token a step -> ids without repeats and blanks."""
    previous, out = 0, []
    for token in best:
        if token != previous and token != 0:
            out.append(token)
        previous = token
    return out


def edit_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]
