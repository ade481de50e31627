"""A model that Keras trained becomes a bundle whose graph, in pieces of a stream, gives what Keras gives of the whole."""
import importlib.util
import json

import numpy as np
import onnx
import pytest

if importlib.util.find_spec('keras') is None:
    pytest.skip('Keras is not installed: bash scripts/training/install.sh', allow_module_level=True)

from training import import_keras, keras_layers
from training.keras_backend import keras

L = keras.layers
TOKENS = ['<blank>', '▁', 'a', 'b', 'c']
RECURRENT = {
    'gru': lambda: L.GRU(7, return_sequences=True),
    'gru with the reset gate before the product': lambda: L.GRU(7, return_sequences=True, reset_after=False),
    'gru without bias': lambda: L.GRU(7, return_sequences=True, use_bias=False),
    'gru of other activations': lambda: L.GRU(7, return_sequences=True, activation='relu', recurrent_activation='sigmoid'),
    'lstm': lambda: L.LSTM(7, return_sequences=True),
    'lstm of other activations': lambda: L.LSTM(7, return_sequences=True, activation='sigmoid', recurrent_activation='tanh'),
    'rnn': lambda: L.SimpleRNN(7, return_sequences=True),
}


def model_of(*layers, width=40):
    """Those layers between normalised features and scores, with weights as large as training makes them."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((None, width)), normalization(width), *layers, L.Dense(len(TOKENS))])
    disturb(model)
    return model


def normalization(width=40):
    return L.Normalization(mean=np.linspace(-5, 90, width), variance=np.r_[300.0, [40.0] * (width - 1)] ** 2)


def disturb(model):
    random = np.random.default_rng(0)
    for layer in model.layers:
        change = (lambda x: np.abs(x) + 0.1) if isinstance(layer, L.BatchNormalization) else lambda x: x  # variances are positive
        layer.set_weights([change(w + random.normal(0, 0.3, w.shape)) for w in layer.get_weights()])


def run(model, folder, *options, heads=('characters',), file='model.keras'):
    """Saves the model and imports it; returns model.json."""
    folder.mkdir(exist_ok=True)
    model.save(folder / file)
    (folder / 'tokens.txt').write_text('\n'.join(TOKENS) + '\n', 'utf8')
    named = [part for head in heads for part in ('--head', f'{head}={folder / "tokens.txt"}')]
    import_keras.main([str(folder / file), *named, '--out', str(folder / 'bundle'), '--name', 'mine', *options])
    return json.loads((folder / 'bundle' / 'model.json').read_text('utf8'))


@pytest.mark.parametrize('cell', RECURRENT)
def test_two_recurrent_layers_give_in_pieces_what_keras_gives_of_the_whole(cell, tmp_path, capsys):
    description = run(model_of(RECURRENT[cell](), L.Dropout(0.2), RECURRENT[cell]()), tmp_path)
    assert 'differs from Keras by' in capsys.readouterr().out
    assert description['framesPerStep'] == 1
    assert [s['shape'] for s in description['states']] == [[1, -1, 7]] * (4 if cell.startswith('lstm') else 2)


def test_a_model_that_was_trained_for_some_steps_is_imported_with_what_it_learnt(tmp_path):
    model, random = model_of(L.GRU(8, return_sequences=True)), np.random.default_rng(1)
    before = model.get_weights()
    model.compile(optimizer='adam', loss=keras.losses.CTC())
    for _ in range(3):
        model.train_on_batch(random.normal(0, 50, (4, 20, 40)).astype('float32'), random.integers(1, 5, (4, 6)))
    run(model, tmp_path)
    graph = onnx.load(tmp_path / 'bundle' / 'model.fp32.onnx').graph
    kernel = onnx.numpy_helper.to_array(next(c for c in graph.initializer if c.name == f'{model.layers[-1].name}_kernel'))
    assert np.array_equal(kernel, model.layers[-1].get_weights()[0])
    assert not np.array_equal(kernel, before[-2])


def test_frames_are_joined_to_steps_by_reshape_convolution_and_the_input_itself(tmp_path):
    layers = [L.Reshape((-1, 160)), L.Conv1D(6, 3, strides=3, padding='causal', activation='relu'),
              L.Conv1D(6, 3, dilation_rate=2, padding='causal'), L.GRU(5, return_sequences=True)]
    description = run(model_of(*layers, width=80), tmp_path)
    assert description['framesPerStep'] == 2 * 2 * 3
    assert [s['shape'] for s in description['states']] == [[-1, 2, 160], [-1, 4, 6], [1, -1, 5]]


def test_normalising_layers_and_activations_are_those_of_keras(tmp_path):
    layers = [L.TimeDistributed(L.Dense(6)), L.BatchNormalization(), L.ReLU(), L.GRU(6, return_sequences=True),
              L.LayerNormalization(scale=False), L.Dense(6, activation='elu', use_bias=False), L.Activation('sigmoid')]
    run(model_of(*layers), tmp_path)


def test_a_graph_of_layers_with_residuals_and_two_heads_is_imported(tmp_path):
    features = keras.Input((None, 40))
    x = L.GRU(6, return_sequences=True)(normalization()(features))
    x = L.Add()([x, L.GRU(6, return_sequences=True)(x)])
    x = L.Concatenate()([x, L.LSTM(4, return_sequences=True)(x)])
    letters = L.Dense(len(TOKENS), activation='softmax')(x)
    model = keras.Model(features, [letters, L.Softmax()(L.Dense(len(TOKENS))(x))])
    disturb(model)
    description = run(model, tmp_path, '--blank', '4', heads=('characters', 'phonemes'))
    assert [(h['name'], h['blank']) for h in description['heads']] == [('characters', 4), ('phonemes', 4)]
    assert len(description['states']) == 4


def test_an_hdf5_file_is_imported_as_well(tmp_path):
    run(model_of(L.GRU(5, return_sequences=True)), tmp_path, file='model.h5')


def test_normalisation_outside_of_the_model_moves_into_the_graph(tmp_path):
    model = keras.Sequential([keras.Input((None, 40)), L.GRU(5, return_sequences=True), L.Dense(len(TOKENS))])
    np.savez(tmp_path / 'stats.npz', mean=np.full(40, 3.0), std=np.r_[300.0, [40.0] * 39])
    run(model, tmp_path, '--normalization', str(tmp_path / 'stats.npz'))
    np.savez(tmp_path / 'short.npz', mean=np.zeros(3), std=np.ones(3))
    with pytest.raises(SystemExit, match='expected 40 values each, got 3 and 3'):
        run(model, tmp_path, '--normalization', str(tmp_path / 'short.npz'))


def gru(**options):
    return L.GRU(5, **{'return_sequences': True, **options})


REFUSED = {
    'Bidirectional': (lambda: model_of(L.Bidirectional(gru())), 'is a Bidirectional, which reads the stream from its end'),
    'a layer that is not known': (lambda: model_of(L.UnitNormalization(), gru()), 'is a UnitNormalization; layers that can be'),
    'a convolution that waits': (lambda: model_of(L.Conv1D(5, 3, padding='same'), gru()), 'padding="causal".* got "same"'),
    'an activation without an ONNX operator': (lambda: model_of(gru(activation='gelu')), 'activations of .* got "gelu"'),
    'a layer that reads backwards': (lambda: model_of(gru(go_backwards=True)), 'got go_backwards=True'),
    'another width': (lambda: model_of(gru(), width=41), 'of 40 coefficients a frame .* got 41'),
    'too few tokens': (lambda: keras.Sequential([keras.Input((None, 40)), gru(), L.Dense(9)]), 'expected 9 tokens.* got 5'),
    'a fixed length': (lambda: keras.Sequential([keras.Input((30, 40)), gru(), L.Dense(5)]), r'expected Input\(\(None, D\)\)'),
    'one output for all': (lambda: keras.Sequential([keras.Input((None, 40)), gru(return_sequences=False), L.Dense(5)]),
                           'expected return_sequences=True, got False'),
}


@pytest.mark.parametrize('case', REFUSED)
def test_what_can_not_stream_is_refused_with_the_reason(case, tmp_path):
    make, message = REFUSED[case]
    with pytest.raises(SystemExit, match=message):
        run(make(), tmp_path)
    assert not (tmp_path / 'bundle' / 'model.json').exists()


def test_operators_and_shared_layers_are_refused(tmp_path):
    features = keras.Input((None, 40))
    with pytest.raises(SystemExit, match='expected layers in place of operators'):
        run(keras.Model(features, L.Dense(5)(features * 2)), tmp_path)
    shared = L.Dense(40)
    with pytest.raises(SystemExit, match='is used twice'):
        run(keras.Model(features, L.Dense(5)(shared(shared(features)))), tmp_path)


def test_a_graph_that_differs_from_keras_is_not_kept(tmp_path, monkeypatch):
    monkeypatch.setitem(keras_layers.GATES, 'GRU', (1, 0, 2))  # update and reset gate exchanged
    with pytest.raises(SystemExit, match='differs from Keras by'):
        run(model_of(gru()), tmp_path)
    assert not list((tmp_path / 'bundle').iterdir())


def test_a_bundle_that_is_there_stays_as_it_was_when_the_new_graph_is_not_good(tmp_path, monkeypatch):
    run(model_of(gru()), tmp_path)
    before = {path.name: path.read_bytes() for path in (tmp_path / 'bundle').iterdir()}
    monkeypatch.setitem(keras_layers.GATES, 'GRU', (1, 0, 2))
    with pytest.raises(SystemExit, match='differs from Keras by'):
        run(model_of(gru(), gru()), tmp_path)
    assert {path.name: path.read_bytes() for path in (tmp_path / 'bundle').iterdir()} == before


def test_a_file_that_keras_can_not_read_is_named(tmp_path):
    (tmp_path / 'model.keras').write_text('no zip')
    with pytest.raises(SystemExit, match='model.keras: expected a model saved by model.save'):
        import_keras.main([str(tmp_path / 'model.keras'), '--head', f'characters={tokens(tmp_path)}', '--out', str(tmp_path), '--name', 'x'])


def test_tokens_with_spaces_or_a_blank_outside_of_them_are_refused(tmp_path):
    with pytest.raises(keras_layers.Unsupported, match="got ' ' in line 2"):
        import_keras.read_tokens(tokens(tmp_path, '<blank>\n \na\n'), 0)
    with pytest.raises(keras_layers.Unsupported, match='an id of 0 to 4, got 5'):
        import_keras.read_tokens(tokens(tmp_path), 5)


def tokens(folder, text='\n'.join(TOKENS) + '\n'):
    path = folder / 'tokens.txt'
    path.write_text(text, 'utf8')
    return str(path)
