"""Scores text with KenLM: common logarithms of the probabilities of every word and of the end of each sentence.

    .cache/kenlm/bin/python scripts/language-model/reference/score.py MODEL.arpa TEXT > SCORES.json

TEXT has a sentence a line, normalised; SCORES is a list of lists, one a sentence.
"""
import json
import sys

import kenlm

model = kenlm.Model(sys.argv[1])
with open(sys.argv[2], encoding='utf8') as f:
    sentences = [line.strip() for line in f if line.strip()]
scores = [[round(score, 7) for score, _, _ in model.full_scores(sentence)] for sentence in sentences]
print('[\n' + ',\n'.join(json.dumps(each) for each in scores) + '\n]')
