import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadBundle } from '../../agent/acoustic/bundle.ts';
import { checkFirstRun, checkGraph, type Graph } from '../../agent/acoustic/graph-check.ts';
import type { GraphTensor } from '../../agent/acoustic/onnx-session.ts';
import { TINY_MODEL } from '../support/tiny-bundle.ts';

const bundle = await loadBundle(TINY_MODEL);

function float(name: string, shape: (number | string)[]): GraphTensor {
  return { name, type: 'float32', shape };
}

const inputs = [
  float('features', ['batch', 'frames', 40]),
  float('context', ['batch', 4, 40]),
  float('hidden', [1, 'batch', 16]),
];
const outputs = [
  float('log_probs_characters', ['batch', 'steps', 29]),
  float('log_probs_phonemes', ['batch', 'steps', 12]),
  float('context_out', ['batch', 4, 40]),
  float('hidden_out', [1, 'batch', 16]),
];

/** The graph that fits, with one tensor replaced or (without `tensor`) left out. */
function graphWith(name: string, tensor?: GraphTensor): Graph {
  const replace = (tensors: GraphTensor[]) =>
    tensors.flatMap((old) => (old.name === name ? (tensor ?? []) : old));
  return { inputs: replace(inputs), outputs: replace(outputs) };
}

test('a graph with the stated inputs and outputs fits', () => {
  checkGraph(bundle, { inputs, outputs });
});

test('a graph may leave open what is stated, and have outputs that nobody wants', () => {
  checkGraph(bundle, graphWith('hidden_out', float('hidden_out', ['a', 'b', 'c'])));
  checkGraph(bundle, { inputs, outputs: [...outputs, float('attention', [1])] });
});

const misfits: [string, Graph, RegExp][] = [
  ['lacks an input', graphWith('hidden'), /no input "hidden" \(states\.1\.input.*features, context/],
  ['lacks an output', graphWith('log_probs_phonemes'), /no output "log_probs_phonemes" \(heads\.1\.output/],
  [
    'has a state of another size',
    graphWith('hidden', float('hidden', [1, 'batch', 32])),
    /"hidden".*float32 \[1, batch, 32\], expected float32 \[1, \?, 16\]/,
  ],
  [
    'has fewer tokens than the tokens file',
    graphWith('log_probs_characters', float('log_probs_characters', ['batch', 'steps', 28])),
    /"log_probs_characters".*28\], expected float32 \[\?, \?, 29\]/,
  ],
  [
    'has a fixed batch size',
    graphWith('features', float('features', [1, 'frames', 40])),
    /"features" \(inputs\.features.*\[1, frames, 40\]/,
  ],
  [
    'has another element type',
    graphWith('context', { name: 'context', type: 'float16', shape: ['batch', 4, 40] }),
    /"context".*float16/,
  ],
  [
    'has another rank',
    graphWith('hidden_out', float('hidden_out', ['batch', 16])),
    /"hidden_out" \(states\.1\.output.*\[batch, 16\]/,
  ],
  [
    'wants an input that nobody gives',
    { inputs: [...inputs, float('speaker', [1])], outputs },
    /input "speaker"/,
  ],
];

for (const [what, graph, message] of misfits) {
  test(`a graph that ${what} is refused and the tensor named`, () => {
    assert.throws(() => checkGraph(bundle, graph), { code: 'MODEL_SHAPE', message });
  });
}

test('the shapes of a first run must be the stated ones', () => {
  const dims = new Map([
    ['log_probs_characters', [1, 1, 29]],
    ['log_probs_phonemes', [1, 1, 12]],
    ['context_out', [1, 4, 40]],
    ['hidden_out', [1, 1, 16]],
  ]);
  checkFirstRun(bundle, dims);
  dims.set('log_probs_phonemes', [1, 2, 12]);
  assert.throws(() => checkFirstRun(bundle, dims), {
    code: 'MODEL_SHAPE',
    message: /"log_probs_phonemes".*\[1, 2, 12\].*expected \[1, 1, 12\]/,
  });
});
