"""Test data is never training data: who speaks in one part, and each recording, is in no other."""
import collections
import os

from .archive import source_of
from .manifest import MOST_TOLD
from .speech_folder import TEST_SPLITS, TRAINING_SPLITS, speaker_of

PART_OF_SPLIT = {**dict.fromkeys(TRAINING_SPLITS, 'training'), 'dev': 'dev', **dict.fromkeys(TEST_SPLITS, 'test')}
OF_ONE_VOICE = {'training', 'dev'}  # parts that the only speaker of a data set may share: no test is among them


def add_known_speakers_option(p):
    p.add_argument('--known-speakers', default=[], type=lambda text: text.split(','), metavar='NAME,…', help='speakers whom training may share '
                   'with dev and test: for a model of these voices')


def places(table, key_of):
    """{key: {part: the first row there}} of the keys that several parts have. A row without a key is in none."""
    places = collections.defaultdict(dict)
    for manifest, row in table:
        if key := key_of(manifest, row):
            places[key].setdefault(PART_OF_SPLIT[row['split']], (manifest, row))
    return {key: parts for key, parts in places.items() if len(parts) > 1}


def _recording(manifest, row):
    """Where it is: the same one under whatever paths and links lead there."""
    return os.path.realpath(os.path.join(source_of(os.path.dirname(manifest), row['dataset']), row['file']))


def _speaker(_, row):
    """Names are those of a data set; None where nobody knows."""
    return (row['dataset'], speaker_of(row)) if speaker_of(row) else None


def _told(parts):
    """A line and split of each of the parts."""
    return ', '.join(f"{row['split']} (line {row['line']} of {manifest})" for manifest, row in parts.values())


def listed(lines):
    more = len(lines) - MOST_TOLD
    return '\n'.join(f'  {line}' for line in [*lines[:MOST_TOLD], *([f'and {more} more'] if more > 0 else [])])


def _shared_speakers(table, known):
    """The speakers of several parts but for those who may be: {(data set, speaker): parts}."""
    voices = collections.defaultdict(set)
    for _, row in table:
        voices[row['dataset']].add(speaker_of(row))
    shared = {}
    for (dataset, speaker), parts in places(table, _speaker).items():
        if speaker in known:
            continue
        if voices[dataset] == {speaker} and parts.keys() == OF_ONE_VOICE:
            print(f'{speaker}, the only voice of {dataset}, is in training and dev: error rates of {dataset} on dev are those of a voice that was learned')
        else:
            shared[dataset, speaker] = parts
    return shared


def _in_several(speakers):
    told = [f'{speaker} of {dataset}: {_told(parts)}' for (dataset, speaker), parts in speakers.items()]
    return (f'a speaker is expected in one of training, dev and test, got {len(told)} in several:\n{listed(told)}\n'
            'Error rates would be those of voices that the model has learned: give all lines of a speaker one split, or leave the speaker '
            'empty where nobody knows. For a model of these very voices name them with --known-speakers of training.prepare.')


def refuse_shared(folders, known=()):
    """Ends where a recording, or a speaker who is not among the `known`, is in more than one of training, dev and test.

    `folders`: {folder of speech: all rows of its manifest, by manifest.read_checked}."""
    table = [(os.path.join(folder, 'manifest.tsv'), row) for folder, rows in folders.items() for row in rows]
    problems = []
    if recordings := places(table, _recording):
        told = [f"{next(iter(parts.values()))[1]['file']}: {_told(parts)}" for parts in recordings.values()]
        problems.append(f'a recording is expected in one of training, dev and test, got {len(told)} in several:\n{listed(told)}\n'
                        'Give the lines of a recording one split.')
    if speakers := _shared_speakers(table, known):
        problems.append(_in_several(speakers))
    if problems:
        raise SystemExit('\n'.join(problems))


def refuse_shared_of_prepared(parts, known):
    """Ends where a speaker who is not among the `known` is in the training and in the dev clips of prepared `parts` (see dataset.Part): these may
    be of a preparation that did not look."""
    table = [(os.path.join(part.folder, 'clips.tsv'), dict(clip, line=i + 2)) for part in parts for i, clip in enumerate(part.clips)]
    if speakers := _shared_speakers(table, known):
        raise SystemExit(f'{_in_several(speakers)} Then run python -m training.prepare again.')


def refuse_packed_twice(store):
    """Ends where a recording of dev is trained on, of another pack as a rule. `store`: see sound_store.SoundStore; packs know no speakers."""
    dev, training = (set(zip(store.clips[f'{part}_dataset'].tolist(), store.clips[f'{part}_file'].tolist())) for part in ('dev', 'train'))
    if shared := sorted(file for _, file in dev & training):
        raise SystemExit(f'a recording of dev is expected to be in no pack for training, got {len(shared)} of them:\n{listed(shared)}\n'
                         'Leave the pack out that has them, or take their rows out of its manifest and pack again.')
