"""Keras, on the backend that KERAS_BACKEND names or else on one that is installed.

Any backend computes the same from the same file. Keras itself would insist on the one that keras.json names, which it
writes with TensorFlow at its first start, installed or not.
"""
import importlib.util
import os

HOW_TO_INSTALL = 'pip install -r scripts/training/requirements-keras.txt'
BACKENDS = ('tensorflow', 'torch', 'jax')


def choose_backend():
    installed = [name for name in BACKENDS if importlib.util.find_spec(name)]
    if installed:
        os.environ.setdefault('KERAS_BACKEND', installed[0])


choose_backend()
try:
    import keras
except ImportError as cause:
    raise SystemExit(f'expected Keras 3 with a backend (TensorFlow, PyTorch or JAX), got: {cause}. Run {HOW_TO_INSTALL}') from cause
if int(keras.__version__.split('.')[0]) < 3:
    raise SystemExit(f'expected Keras 3 (it reads the files of Keras 2, too), got {keras.__version__}. Run {HOW_TO_INSTALL}')
