import type { CommandAction, CommandGraph, CompiledGraph, Numbered } from '../decoder/command-graph.ts';
import type { CompiledCommands } from '../decoder/decoder-resources.ts';

const ARRAYS = [
  'nodeToken',
  'firstChild',
  'childCount',
  'firstEnd',
  'endWord',
  'endAction',
  'endPlace',
  'endLogWeight',
  'endLength',
  'firstRoot',
  'rootCount',
  'finalLogWeight',
] as const;
type Arrays = Pick<CommandGraph, (typeof ARRAYS)[number]>;

/** Values as JSON, one behind the other. */
interface JsonList {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each begins, and where the last one ends. */
  readonly offsets: Int32Array<ArrayBuffer>;
}

/**
 * Compiled commands as plain buffers: they pass from thread to thread by transfer, or by copying memory, and no thread makes objects of
 * them but those that a result needs. Not shared memory, which is freed late: no thread counts it as its own.
 */
export interface PackedCommands {
  readonly arrays: Arrays;
  readonly words: JsonList;
  readonly actions: JsonList;
  readonly intents: CommandGraph['intents'];
  readonly head: string;
}

export function packCommands({ graph, head }: { graph: CompiledGraph; head: string }): PackedCommands {
  const arrays = Object.fromEntries(ARRAYS.map((name) => [name, graph[name]])) as unknown as Arrays;
  const { words, actions, intents } = graph;
  return { arrays, words: packList(words), actions: packList(actions), intents, head };
}

export function unpackCommands({ arrays, words, actions, intents, head }: PackedCommands): CompiledCommands {
  const lists = { words: new UnpackedList<string>(words), actions: new UnpackedList<CommandAction>(actions) };
  return { graph: { ...arrays, ...lists, intents }, head };
}

/** What to transfer with them. */
export function buffersOf({ arrays, words, actions }: PackedCommands): ArrayBuffer[] {
  const lists = [words, actions].flatMap(({ bytes, offsets }) => [bytes.buffer, offsets.buffer]);
  return [...ARRAYS.map((name) => arrays[name].buffer as ArrayBuffer), ...lists];
}

function packList(items: readonly unknown[]): JsonList {
  const encoder = new TextEncoder();
  const parts = items.map((item) => encoder.encode(JSON.stringify(item)));
  const offsets = new Int32Array(parts.length + 1);
  for (const [index, part] of parts.entries()) offsets[index + 1] = offsets[index]! + part.length;
  const bytes = new Uint8Array(offsets.at(-1)!);
  for (const [index, part] of parts.entries()) bytes.set(part, offsets[index]);
  return { bytes, offsets };
}

/** A list of which each item is read when it is asked for. */
class UnpackedList<T> implements Numbered<T> {
  readonly #list: JsonList;
  readonly #decoder = new TextDecoder();

  constructor(list: JsonList) {
    this.#list = list;
  }

  at(index: number): T | undefined {
    const { bytes, offsets } = this.#list;
    if (index < 0 || index >= offsets.length - 1) return undefined;
    return JSON.parse(this.#decoder.decode(bytes.subarray(offsets[index], offsets[index + 1])));
  }
}
