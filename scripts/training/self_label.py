"""Texts of recordings from our own model, its lexicon and its language model: the next training's labels where people's are
missing. What is left of a text is how sure the search was of it, on average over its words.

    npx earshot transcribe FOLDER/set/* --json > labels.jsonl
    python -m training.self_label --speech FOLDER --transcripts labels.jsonl --out LABELLED
    python -m training.prepare --extra LABELLED …

Only recordings of the splits `train` and `weak` are taken, and all become `weak`.

Kahn et al. 2020, "Self-training for end-to-end speech recognition" (sections 2.2 and 2.3: language model, filter by
confidence). Repeated with the model that comes out, it is iterated (Xu et al. 2020, "Iterative pseudo-labeling for speech
recognition").
"""
import argparse
import json
import math
import os

from .speech_folder import TRAINING_SPLITS, link_recordings, read_manifest, write_manifest


def read_transcripts(path):
    """{path as it was transcribed: (text, mean confidence of its words)} of the finals that `earshot transcribe --json` wrote."""
    words = {}
    with open(path, encoding='utf8') as f:
        for line in f:
            event = json.loads(line)
            if event['type'] == 'final':
                words.setdefault(event['file'], []).extend(event['words'])
    return {file: (' '.join(w['text'] for w in said), sum(w['confidence'] for w in said) / len(said))
            for file, said in words.items() if said}


def relabel(rows, heard, least_confidence):
    """The rows with what was heard as their text and the logarithm of its confidence as their score, in the order in which they
    were, all of the split `weak`; without those of which nothing was heard, or nothing surely enough."""
    kept = []
    for row in rows:
        text, confidence = heard.get(row['file'], ('', 0))
        if text and confidence >= least_confidence:
            kept.append({**row, 'split': 'weak', 'text': text, 'score': f'{math.log(confidence):.4f}'})
    return kept


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--speech', required=True, help='folder with manifest.tsv, its recordings in folders')
    p.add_argument('--transcripts', required=True, help='what `earshot transcribe --json` wrote of them')
    p.add_argument('--out', required=True, help='folder for the new manifest.tsv; its recordings are links to the old ones')
    p.add_argument('--least-confidence', type=float, default=0.7, help='mean of the words, 0 to 1; below it a '
                   'recording is left out, as training.prepare does below 0.69')
    a = p.parse_args()
    rows = [row for row in read_manifest(os.path.join(a.speech, 'manifest.tsv')) if row['split'] in TRAINING_SPLITS]
    heard = {os.path.relpath(file, a.speech): said for file, said in read_transcripts(a.transcripts).items()}
    kept = relabel(rows, heard, a.least_confidence)
    if not kept:
        raise SystemExit(f'none of the {len(rows)} recordings for training in {a.speech} has a text of confidence {a.least_confidence} or more in '
                         f'{a.transcripts}')
    for dataset in {row['dataset'] for row in kept}:
        link_recordings(a.out, dataset, os.path.join(a.speech, dataset))
    write_manifest(os.path.join(a.out, 'manifest.tsv'), kept)
    hours = sum(float(row['seconds']) for row in kept) / 3600
    print(f'{len(kept)} of {len(rows)} recordings for training, {hours:.2f} h, have a text of confidence {a.least_confidence} or more')


if __name__ == '__main__':
    main()
