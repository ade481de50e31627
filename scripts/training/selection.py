"""Which rows of manifests are worth training on, by what is known before their recordings are read."""
import collections

from .languages import LANGUAGES
from .manifest import MOST_TOLD
from .sound_file import MIN_SECONDS

MAX_SECONDS = 20.0
LONGEST_DECODED = MAX_SECONDS + 1  # encoders pad, and manifests round
MAX_REPEATS = 8  # clips of one sentence, over all speakers and datasets with sentences
MIN_LABEL_SCORE = -0.37  # mean log-probability a token of machine labels; below it they are too often wrong
# Datasets of isolated words or one fixed sentence pattern: their repetitions are the point.
REPEATS_ALLOWED = {'an4', 'alphanum', 'english_ccc', 'fsdd', 'gcompris_words', 'grid_s1', 'speechocean762', 'synthetic', 'wuw2'}
FOREIGN_LETTERS = 'letters that the language has not'


def is_unsure_label(row):
    """Whether a row of a manifest has a machine's text that is too often wrong."""
    return bool(row.get('score')) and float(row['score']) < MIN_LABEL_SCORE


def print_dropped(dropped):
    """What was counted, a line a data set and reason."""
    for (dataset, reason), n in sorted(dropped.items()):
        print(f'dropped {n:5d} of {dataset}: {reason}')


def foreign_letters(text, language):
    """What a head of characters can not spell of a normalised text."""
    return sorted(set(text) - set(language.characters) - {' '})


def _tell_foreign_letters(row, language, already):
    """By name, as long as these are few: a whole data set of another language is told by its count."""
    if already < MOST_TOLD:
        letters = ' '.join(foreign_letters(row['normalized'], language))
        print(f"dropped {row['file']}, line {row['line']} of its manifest: expected the letters of {language.code} once its text is normalised, got "
              f'{letters}', flush=True)


def select(rows, dropped, language):
    """Rows worth training on; `dropped` counts the others by data set and reason."""
    language = LANGUAGES[language]
    kept, repeats = [], collections.Counter()
    for row in rows:
        seconds = float(row['seconds'] or 0)
        sentence = (row['dataset'] in REPEATS_ALLOWED, row['normalized'])
        reason = None
        if not row['normalized']:
            reason = 'no text'
        elif foreign_letters(row['normalized'], language):
            reason = FOREIGN_LETTERS
            _tell_foreign_letters(row, language, dropped[(row['dataset'], reason)])
        elif not MIN_SECONDS <= seconds <= MAX_SECONDS:
            reason = f'not {MIN_SECONDS} to {MAX_SECONDS:g} s long'
        elif len(row['normalized']) > 25 * seconds:
            reason = 'more than 25 characters a second'
        elif is_unsure_label(row):
            reason = f'machine label scored below {MIN_LABEL_SCORE}'
        elif not sentence[0] and row['split'] != 'dev' and repeats[sentence] >= MAX_REPEATS:
            reason = f'sentence seen {MAX_REPEATS} times'
        if reason:
            dropped[(row['dataset'], reason)] += 1
        else:
            repeats[sentence] += 1
            kept.append(row)
    return kept
