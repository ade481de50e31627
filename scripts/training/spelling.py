"""Texts as ids of the head that spells, and back: characters, or word pieces."""
import argparse
import functools
import io
import os
import re

from .files import whole_file
from .languages import BLANK, BOUNDARY, LANGUAGES

PIECES_FILE = 'tokens.txt'
ARGUMENT = 'wordpieces:'


def tokens_argument(text):
    """Number of word pieces of an option; 0: characters."""
    if text == 'characters':
        return 0
    count = text.removeprefix(ARGUMENT)
    if count == text or not count.isdigit() or int(count) == 0:
        raise argparse.ArgumentTypeError(f'expected characters or {ARGUMENT}N, got {text}')
    return int(count)


class Characters:
    """A token a letter, and the boundary between two words."""

    def __init__(self, tokens):
        self.tokens = tuple(tokens)
        self._ids = {token: i for i, token in enumerate(self.tokens)}

    def ids(self, text):
        """Ids of a normalised text: letters, apostrophe, single spaces."""
        return [self._ids[BOUNDARY if c == ' ' else c] for c in text]

    def text(self, ids):
        """The text of ids without blanks and repeats."""
        return ' '.join(''.join(self.tokens[i] for i in ids).replace(BOUNDARY, ' ').split())


class WordPieces(Characters):
    """Byte-pair encoding: Sennrich et al. 2016, "Neural machine translation of rare words with subword units". Every word
    begins with the boundary. Tokens are in the order in which they were put together, so that they are all that is needed to
    cut a word: of the pairs side by side that are a token, the one with the lowest id is joined first, the leftmost of
    several. The agent cuts words in the same way (agent/decoder/word-pieces.ts)."""

    def __init__(self, tokens):
        super().__init__(tokens)
        self._word = functools.cache(self._word)

    def _word(self, word):
        pieces = [BOUNDARY, *word]
        while True:
            known = [(self._ids[a + b], at) for at, (a, b) in enumerate(zip(pieces, pieces[1:])) if a + b in self._ids]
            if not known:
                return [self._ids[piece] for piece in pieces]
            at = min(known)[1]
            pieces[at:at + 2] = [pieces[at] + pieces[at + 1]]

    def ids(self, text):
        return [i for word in text.split() for i in self._word(word)]


def spelling_of(language, pieces=()):
    """`pieces`: the tokens of word pieces; none: the characters of the language."""
    return WordPieces(pieces) if pieces else Characters(language.characters)


def spelled(spelling, clips):
    """Ids of the text of each of the clips, (file, text). Ends where one has what the tokens can not spell, and names it: clips that were
    prepared before training.prepare looked for that."""
    ids = []
    for file, text in clips:
        try:
            ids.append(spelling.ids(text))
        except KeyError as unknown:
            raise SystemExit(f'the text of {file} has {unknown}, expected letters that the tokens of the model have: prepare again, which drops such '
                             'recordings, or give the --language of the text') from None
    return ids


def learn(texts, count, language):
    """What sentencepiece learns of `texts`: byte-pair encoding with `count` tokens, all letters of the language among them."""
    import sentencepiece

    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts), model_writer=out, model_type='bpe', vocab_size=count, character_coverage=1.0,
        required_chars=''.join(language.characters[2:]), normalization_rule_name='identity', split_by_unicode_script=False, unk_id=0,
        bos_id=-1, eos_id=-1, num_threads=1, minloglevel=2)
    return sentencepiece.SentencePieceProcessor(model_proto=out.getvalue())


def pieces_of(learned):
    """Its tokens; the blank takes the place of what it can not cut."""
    return (BLANK, *(learned.id_to_piece(i) for i in range(1, learned.get_piece_size())))


def learn_pieces(texts, count, language):
    """`count` tokens for the words of `texts`, the blank and all letters of the language among them."""
    fewest = len(language.characters)
    if count < fewest:
        raise SystemExit(f'{count} word pieces were asked for, expected at least {fewest}: each character is one')
    try:
        return pieces_of(learn(texts, count, language))
    except RuntimeError as error:
        if not (most := re.search(r'value <= (\d+)', str(error))):
            raise
        raise SystemExit(f'{count} word pieces were asked for, expected at most {most[1]}, which is all that the texts of the training have: give '
                         f'--tokens {ARGUMENT}N with a lower N, or characters') from None


def chosen_pieces(a, language, texts):
    """The word pieces that `--tokens` asks for, none for characters: learned from texts once, and kept with the run."""
    if a.tokens == 0:
        return ()
    path = os.path.join(a.run, PIECES_FILE)
    if not os.path.exists(path):
        with whole_file(path, encoding='utf8') as f:
            f.writelines(f'{token}\n' for token in learn_pieces(texts, a.tokens, LANGUAGES[language]))
    return read_tokens(path)


def read_tokens(path):
    with open(path, encoding='utf8') as f:
        return tuple(f.read().split('\n')[:-1])
