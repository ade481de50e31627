import { AgentError } from '../errors.ts';
import type { Bundle } from './bundle.ts';
import type { GraphTensor } from './onnx-session.ts';

/** The two sides of a graph, as ONNX Runtime reports them. */
export interface Graph {
  readonly inputs: readonly GraphTensor[];
  readonly outputs: readonly GraphTensor[];
}

/** What a tensor has to look like; -1: any size must be allowed. */
interface Expected {
  readonly field: string;
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
}

/**
 * Holds the graph to what `model.json` says of it.
 * @throws AgentError MODEL_SHAPE naming the tensor, the field, what was expected and what the graph has
 */
export function checkGraph(bundle: Bundle, graph: Graph): void {
  const inputs = expectedInputs(bundle);
  for (const expected of inputs) checkTensor('input', expected, graph.inputs);
  for (const expected of expectedOutputs(bundle)) checkTensor('output', expected, graph.outputs);
  const surplus = graph.inputs.find(({ name }) => !inputs.some((expected) => expected.name === name));
  if (surplus) {
    throw mismatch(
      `The graph has an input "${surplus.name}" that neither inputs nor states of model.json name.`,
    );
  }
}

function expectedInputs({ description, frontend }: Bundle): Expected[] {
  const { inputs, states } = description;
  const shape = [-1, -1, frontend.coefficients];
  return [
    { field: 'inputs.features', name: inputs.features, type: 'float32', shape },
    ...states.map(({ input, type, shape }, i) => ({ field: `states.${i}.input`, name: input, type, shape })),
  ];
}

function expectedOutputs({ description, heads }: Bundle): Expected[] {
  return [
    ...heads.map(({ output, tokenCount }, i) => ({
      field: `heads.${i}.output`,
      name: output,
      type: 'float32',
      shape: [-1, -1, tokenCount],
    })),
    ...description.states.map(({ output, type, shape }, i) => {
      return { field: `states.${i}.output`, name: output, type, shape };
    }),
  ];
}

function checkTensor(side: string, expected: Expected, tensors: readonly GraphTensor[]): void {
  const { field, name, type, shape } = expected;
  const tensor = tensors.find((candidate) => candidate.name === name);
  if (!tensor) {
    const names = tensors.map((candidate) => candidate.name).join(', ');
    throw mismatch(
      `The graph has no ${side} "${name}" (${field} in model.json); its ${side}s are: ${names}.`,
    );
  }
  if (tensor.type === type && fits(shape, tensor.shape)) return;
  throw mismatch(
    `The graph's ${side} "${name}" (${field} in model.json) is ${tensor.type} ${print(tensor.shape)}, expected ${type} ${print(shape)}.`,
  );
}

/** A size that the graph leaves open (a string) fits everything; an output may even leave open a fixed one. */
function fits(expected: readonly number[], got: readonly (number | string)[]): boolean {
  if (expected.length !== got.length) return false;
  return expected.every((size, axis) => typeof got[axis] === 'string' || got[axis] === size);
}

function print(shape: readonly (number | string)[]): string {
  return `[${shape.map((size) => (size === -1 || size === '' ? '?' : size)).join(', ')}]`;
}

/**
 * Holds the dimensions that a first run really gave to the expected ones, for graphs that leave them open.
 * @param dims of every output, for a run of one stream and one step
 */
export function checkFirstRun(bundle: Bundle, dims: ReadonlyMap<string, readonly number[]>): void {
  for (const { field, name, shape } of expectedOutputs(bundle)) {
    const expected = shape.map((size) => (size === -1 ? 1 : size));
    const got = dims.get(name) ?? [];
    if (expected.join() === got.join()) continue;
    throw mismatch(
      `The graph's output "${name}" (${field} in model.json) has the shape ${print(got)} for one stream and one step, expected ${print(expected)}.`,
    );
  }
}

function mismatch(message: string): AgentError {
  return new AgentError('MODEL_SHAPE', message);
}
