"""A folder of speech: manifest.tsv, a row a recording, and for each data set a tar or a folder of its recordings."""
import csv
import os

TRAINING_SPLITS = ('train', 'weak')
TEST_SPLITS = ('test', 'wake')


def read_manifest(path):
    with open(path, newline='', encoding='utf-8-sig') as f:
        return list(csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE))


def speaker_of(row):
    """Who speaks in the recording of a row; empty where nobody knows."""
    return '' if row['speaker'].endswith('unknown') else row['speaker']


def manifest_writer(f, columns):
    """Writes rows, dicts, to a manifest that was opened with newline=''."""
    return csv.DictWriter(f, columns, delimiter='\t', quoting=csv.QUOTE_NONE, quotechar=None, lineterminator='\n')


def write_manifest(path, rows):
    with open(path, 'w', newline='', encoding='utf8') as f:
        writer = manifest_writer(f, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def link_recordings(folder, dataset, recordings):
    """Makes the recordings of a data set, which lie in another folder, those of `folder`, if it has none."""
    if not os.path.isdir(recordings):
        raise SystemExit(f'{recordings}: expected a folder of recordings, and there is none')
    os.makedirs(folder, exist_ok=True)
    link = os.path.join(folder, dataset)
    if not os.path.lexists(link):
        os.symlink(os.path.abspath(recordings), link)
    elif os.path.islink(link) and os.path.realpath(link) != os.path.realpath(recordings):
        raise SystemExit(f'{link} is a link to {os.readlink(link)}, expected {recordings}: remove it, or choose another folder')
