"""What is wrong with the manifest of a folder of speech, all of it at once, before anything is made of it."""
import csv
import math
import os

from .archive import names_in, source_of
from .speech_folder import TEST_SPLITS, TRAINING_SPLITS

COLUMNS = ('file', 'dataset', 'split', 'speaker', 'seconds', 'licence', 'text')
SPLITS = (*TRAINING_SPLITS, 'dev', *TEST_SPLITS)
MOST_TOLD = 10


def refuse(path, problems):
    """Ends with the problems, (line, what was expected and got), if there are any."""
    if problems:
        told = [f'{path}, line {line}: {problem}' for line, problem in problems[:MOST_TOLD]]
        more = len(problems) - len(told)
        raise SystemExit('\n'.join([*told, *([f'and {more} more in {path}'] if more else [])]))


def manifest_of(folder):
    """Its path; ends where there is none."""
    path = os.path.join(folder, 'manifest.tsv')
    if not os.path.isfile(path):
        raise SystemExit(f'{path} was expected, and is not there: scripts/README.md (Data) tells what is in a folder of speech')
    return path


def _lines(path):
    """[(number, cells)] of the lines that are not empty."""
    try:
        with open(path, newline='', encoding='utf-8-sig') as f:
            reader = csv.reader(f, delimiter='\t', quoting=csv.QUOTE_NONE)
            return [(reader.line_num, cells) for cells in reader if cells]
    except UnicodeDecodeError as error:
        raise SystemExit(f'{path}: expected UTF-8, got the byte 0x{error.object[error.start]:02x}: save it as UTF-8') from None
    except csv.Error as error:
        raise SystemExit(f'{path}, line {reader.line_num}: expected a line of a tab-separated table, got one that can not be read ({error})') from None


def _is_number(text, least=-math.inf):
    try:
        return math.isfinite(float(text)) and float(text) >= least
    except ValueError:
        return False


def _problems(row):
    """What was expected and got in a row, a text each."""
    for column in ('file', 'dataset'):
        if not row[column]:
            yield f'expected {column} to be given, got an empty cell'
    if row['split'] not in SPLITS:
        yield f"expected split to be one of {', '.join(SPLITS)}, got {row['split']!r}"
    if not _is_number(row['seconds'], 0):
        yield f"expected seconds to be a number with a decimal point, got {row['seconds']!r}"
    if row.get('score') and not _is_number(row['score']):
        yield f"expected score to be a number with a decimal point, or empty, got {row['score']!r}"


def read_checked(folder):
    """The rows of the manifest of a folder, with the line of each; ends where one is not as scripts/README.md says."""
    path = manifest_of(folder)
    (first, header), *lines = _lines(path) or [(1, [])]
    if absent := [column for column in COLUMNS if column not in header]:
        refuse(path, [(first, f"expected the columns {', '.join(COLUMNS)}, separated by tabs, got none called {', '.join(absent)}")])
    rows, problems = [], []
    for line, cells in lines:
        if len(cells) != len(header):
            problems.append((line, f'expected {len(header)} columns as in the first line, got {len(cells)}'))
            continue
        row = dict(zip(header, cells), line=line)
        problems += [(line, problem) for problem in _problems(row)]
        rows.append(row)
    refuse(path, problems)
    return rows


def refuse_missing(folder, rows):
    """Ends where recordings of rows of `read_checked` are not in the folder."""
    problems = []
    for dataset in sorted({row['dataset'] for row in rows}):
        source, of_set = source_of(folder, dataset), [row for row in rows if row['dataset'] == dataset]
        there = names_in(source, [row['file'] for row in of_set])
        problems += [(row['line'], f"expected {row['file']} in {source}, got none") for row in of_set if row['file'] not in there]
    refuse(os.path.join(folder, 'manifest.tsv'), sorted(problems))
