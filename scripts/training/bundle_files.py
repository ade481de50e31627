"""Files of a model bundle, for what writes one: the trainer's export and the import from Keras."""
import hashlib

import onnxruntime


def sha256(path):
    with open(path, 'rb') as f:
        return hashlib.sha256(f.read()).hexdigest()


def write_text(path, text):
    with open(path, 'w', encoding='utf8') as f:
        f.write(text)


def open_session(path):
    return onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
