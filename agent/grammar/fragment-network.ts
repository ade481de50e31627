import type { CommandMark } from '../decoder/command-graph.ts';

/** `text` is part of a word, `space` the border of words; an arc with neither is free. */
export interface FragmentArc {
  readonly target: number;
  readonly label: 'text' | 'space' | 'none';
  readonly text: string;
  readonly mark: CommandMark | null;
  /** Natural log; 0 costs nothing. */
  readonly logWeight: number;
}

/**
 * A grammar written out as a graph whose arcs spell parts of words: state 0 begins a sentence, state 1 ends it.
 * The graph has no cycles. Only while compiling.
 */
export class FragmentNetwork {
  static readonly START = 0;
  static readonly FINAL = 1;
  readonly arcs: FragmentArc[][] = [[], []];
  #size = 0;

  /** Arcs in all, and parts that brought none: what a limit on expansion looks at. */
  get size(): number {
    return this.#size;
  }

  /** A part of a sentence that says nothing: rules that hold nothing but such may still be very many. */
  countEmpty(): void {
    this.#size += 1;
  }

  /** A new state without arcs. */
  addState(): number {
    this.arcs.push([]);
    return this.arcs.length - 1;
  }

  addText(from: number, target: number, text: string): void {
    this.#add(from, { target, label: 'text', text, mark: null, logWeight: 0 });
  }

  addSpace(from: number, target: number): void {
    this.#add(from, { target, label: 'space', text: '', mark: null, logWeight: 0 });
  }

  /** An arc on which nothing is spoken. */
  addFree(from: number, target: number, mark: CommandMark | null = null, logWeight = 0): void {
    this.#add(from, { target, label: 'none', text: '', mark, logWeight });
  }

  #add(from: number, arc: FragmentArc): void {
    this.arcs[from]!.push(arc);
    this.#size += 1;
  }
}
