import type { CommandAction, CommandGraph, CommandIntent, CommandMark, SlotValue } from './command-graph.ts';
import type { CommandSlot, HypothesisWord } from './decoder.ts';
import { WordTrail } from './word-trail.ts';

/** What a sentence of a grammar says and means. */
export interface CommandReading {
  readonly words: readonly HypothesisWord[];
  readonly intent: CommandIntent | null;
  readonly slots: readonly CommandSlot[];
}

/** How sure a path is: from its score and the number of its tokens to 0 to 1. */
export type ConfidenceOf = (score: number, tokens: number) => number;

/** Reads the words, the intent and the slots off a path's trail; of an unfinished sentence, those so far. */
export function readCommand(
  graph: CommandGraph,
  trail: WordTrail,
  last: number,
  confidenceOf: ConfidenceOf,
): CommandReading {
  const path: number[] = [];
  for (let at = last; at !== WordTrail.EMPTY; at = trail.previous[at]!)
    if (trail.wordEnd[at]! >= 0) path.unshift(at);
  const words = path.map((at) => wordAt(graph, trail, at, confidenceOf));
  const actions = path.map((at) => graph.actions.at(graph.endAction[trail.wordEnd[at]!]!)!);
  return {
    words,
    ...readMarks(
      actions,
      graph.intents,
      words.map(({ text }) => text),
    ),
  };
}

/** What the marks of a sentence mean: an action for each word of `texts`. */
export function readMarks(
  actions: readonly CommandAction[],
  intents: readonly CommandIntent[],
  texts: readonly string[],
): Pick<CommandReading, 'intent' | 'slots'> {
  const reader = new MarkReader(intents, texts);
  for (const [index, { before, after }] of actions.entries()) {
    for (const mark of before) reader.read(mark, index);
    for (const mark of after) reader.read(mark, index + 1);
  }
  return { intent: reader.intent, slots: reader.slots() };
}

function wordAt(
  graph: CommandGraph,
  trail: WordTrail,
  at: number,
  confidenceOf: ConfidenceOf,
): HypothesisWord {
  const end = trail.wordEnd[at]!;
  const before = trail.previous[at]!;
  return {
    text: graph.words.at(graph.endWord[end]!)!,
    startStep: trail.startStep[at]!,
    endStep: trail.endStep[at]!,
    confidence: confidenceOf(trail.score[at]! - (trail.score[before] ?? 0), graph.endLength[end]!),
  };
}

/** Follows the marks of a sentence. */
class MarkReader {
  intent: CommandIntent | null = null;
  readonly #intents: readonly CommandIntent[];
  readonly #words: readonly string[];
  readonly #slots: CommandSlot[] = [];
  readonly #open: { name: string; value: SlotValue | null; firstWord: number }[] = [];

  constructor(intents: readonly CommandIntent[], words: readonly string[]) {
    this.#intents = intents;
    this.#words = words;
  }

  /** @param word index of the word before which the mark stands */
  read(mark: CommandMark, word: number): void {
    if (mark.type === 'intent') this.intent = this.#intents[mark.intent]!;
    else if (mark.type === 'begin') this.#open.push({ name: mark.slot, value: mark.value, firstWord: word });
    else this.#close(word);
  }

  slots(): CommandSlot[] {
    while (this.#open.length > 0) this.#close(this.#words.length);
    const fixed = Object.entries(this.intent?.slots ?? {}).map(([name, value]) => {
      return { name, value, firstWord: 0, endWord: 0 };
    });
    return [...this.#slots, ...fixed];
  }

  #close(endWord: number): void {
    const slot = this.#open.pop();
    if (slot === undefined) return;
    const spoken = this.#words.slice(slot.firstWord, endWord);
    this.#slots.push({
      name: slot.name,
      value: slot.value ?? spoken.join(' '),
      firstWord: slot.firstWord,
      endWord,
    });
  }
}
