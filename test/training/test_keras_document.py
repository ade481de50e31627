"""The reader of features that models/KERAS.md shows gives what the trainer reads."""
import os
import re

import numpy as np
from tiny_data import write_data

from training.dataset import Part

DOCUMENT = os.path.join(os.path.dirname(__file__), '..', '..', 'models', 'KERAS.md')


def test_the_documented_reader_gives_the_features_and_texts_of_the_trainer(tmp_path):
    write_data(tmp_path)
    with open(DOCUMENT, encoding='utf8') as f:
        code = re.search(r'```python\n(import csv.*?)```', f.read(), re.DOTALL).group(1)
    names = {}
    exec(compile(code, DOCUMENT, 'exec'), names)
    part, clips = Part(str(tmp_path / 'dev')), list(names['clips'](str(tmp_path / 'dev')))
    assert [text for _, text in clips] == [clip['text'] for clip in part.clips]
    for i, (mfcc, _) in enumerate(clips):
        assert np.allclose(mfcc, (part.log_mel(i) @ part.cosine.t()).numpy(), atol=1e-4)
