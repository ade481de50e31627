import type { StateDescription } from './bundle-schema.ts';

export type StateArray = Float32Array | Int32Array | BigInt64Array;

const ARRAYS = { float32: Float32Array, int32: Int32Array, int64: BigInt64Array } as const;

function allocate(type: StateDescription['type'], length: number): StateArray {
  return new ARRAYS[type](length);
}

/** The sizes on either side of the batch axis: a state of one stream is `[outer, inner]`. */
function layout(shape: readonly number[]): { outer: number; inner: number } {
  const axis = shape.indexOf(-1);
  const product = (sizes: readonly number[]) => sizes.reduce((total, size) => total * size, 1);
  return { outer: product(shape.slice(0, axis)), inner: product(shape.slice(axis + 1)) };
}

/** Rows of `array`, cut every `inner` elements. */
function cutRows(array: StateArray, inner: number): StateArray[] {
  return Array.from({ length: array.length / inner }, (_, row) =>
    array.subarray(row * inner, (row + 1) * inner),
  );
}

/**
 * What a model remembers of one stream between steps: a list of tensors, in the order of the bundle's `states`.
 * Nothing here knows what they mean.
 */
export class ModelState {
  readonly #arrays: readonly StateArray[];
  /** `rows[i][o]`: row `o` of state `i`, `[inner]`. */
  readonly rows: readonly (readonly StateArray[])[];

  constructor(descriptions: readonly StateDescription[]) {
    const sizes = descriptions.map(({ shape }) => layout(shape));
    this.#arrays = descriptions.map(({ type }, i) => allocate(type, sizes[i]!.outer * sizes[i]!.inner));
    this.rows = this.#arrays.map((array, i) => cutRows(array, sizes[i]!.inner));
  }

  /** Back to zeros, as at the start of a segment. */
  reset(): void {
    for (const array of this.#arrays) {
      if (array instanceof BigInt64Array) array.fill(0n);
      else array.fill(0);
    }
  }
}

/** Where the states of many streams lie side by side for one run. */
export class StateBuffers {
  readonly descriptions: readonly StateDescription[];
  readonly inputs: readonly StateArray[];
  readonly outputs: readonly StateArray[];

  /** Buffers for up to `maxBatch` streams. */
  constructor(descriptions: readonly StateDescription[], maxBatch: number) {
    this.descriptions = descriptions;
    const make = ({ shape, type }: StateDescription) => {
      const { outer, inner } = layout(shape);
      return allocate(type, outer * inner * maxBatch);
    };
    this.inputs = descriptions.map(make);
    this.outputs = descriptions.map(make);
  }
}

/**
 * The view of `StateBuffers` for one batch size: tensors `[…outer, batch, …inner]`, wherever the batch axis is.
 * The views are cut once, so that gathering and scattering allocate nothing.
 */
export class StateBatch {
  readonly batch: number;
  /** Dimensions of each state's tensor at this batch size. */
  readonly dims: readonly (readonly number[])[];
  readonly inputs: readonly StateArray[];
  readonly outputs: readonly StateArray[];
  /** `[i][o · batch + b]`: row `o` of state `i` of stream `b`. */
  readonly #inputRows: readonly (readonly StateArray[])[];
  readonly #outputRows: readonly (readonly StateArray[])[];

  constructor(buffers: StateBuffers, batch: number) {
    this.batch = batch;
    const layouts = buffers.descriptions.map(({ shape }) => layout(shape));
    const view = (array: StateArray, i: number) =>
      array.subarray(0, layouts[i]!.outer * layouts[i]!.inner * batch);
    this.dims = buffers.descriptions.map(({ shape }) => shape.map((size) => (size === -1 ? batch : size)));
    this.inputs = buffers.inputs.map(view);
    this.outputs = buffers.outputs.map(view);
    this.#inputRows = this.inputs.map((array, i) => cutRows(array, layouts[i]!.inner));
    this.#outputRows = this.outputs.map((array, i) => cutRows(array, layouts[i]!.inner));
  }

  /** Copies the states of `batch` streams into the inputs. */
  gather(states: readonly ModelState[]): void {
    for (let i = 0; i < this.#inputRows.length; i++) {
      const rows = this.#inputRows[i]!;
      for (let row = 0; row < rows.length; row++) {
        copy(states[row % this.batch]!.rows[i]![Math.floor(row / this.batch)]!, rows[row]!);
      }
    }
  }

  /** Copies the outputs back into the states of the same streams. */
  scatter(states: readonly ModelState[]): void {
    for (let i = 0; i < this.#outputRows.length; i++) {
      const rows = this.#outputRows[i]!;
      for (let row = 0; row < rows.length; row++) {
        copy(rows[row]!, states[row % this.batch]!.rows[i]![Math.floor(row / this.batch)]!);
      }
    }
  }
}

/** Both come from the same description and so have the same type, which the compiler can not see. */
function copy(from: StateArray, to: StateArray): void {
  (to as Float32Array).set(from as Float32Array);
}
