import { AgentError } from '../errors.ts';
import { FragmentNetwork } from './fragment-network.ts';
import { grammarError, namesThereAre, type SourcePosition } from './grammar-error.ts';
import { rangeSize, spokenNumbers } from './number-forms.ts';
import { isOptional, type NameScope } from './optional-expression.ts';
import type { Choice, Expression, Grammar, ListValue, NumberRange, SentenceGroup } from './template.ts';

export interface ExpansionLimits {
  /** Parts of words that all sentences together may be written out to. */
  readonly maxArcs: number;
}

const LONGEST_PERMUTATION = 6;
const DEEPEST_RULES = 30;

/**
 * Writes out the sentences of several grammars as one graph, rules and lists put in their places. The intent with
 * number `i` is the i-th group, counted through all grammars.
 * @throws AgentError GRAMMAR_INVALID for a name that does not exist, a rule that contains itself, a sentence that may
 *   be empty; GRAMMAR_TOO_LARGE when `maxArcs` are not enough
 */
export function expandGrammars(grammars: readonly Grammar[], limits: ExpansionLimits): FragmentNetwork {
  const network = new FragmentNetwork();
  let intent = 0;
  for (const grammar of grammars) {
    const before = grammar.skipWords.length > 0 ? network.addState() : FragmentNetwork.START;
    const after = grammar.skipWords.length > 0 ? network.addState() : FragmentNetwork.FINAL;
    for (const group of grammar.groups) {
      new Expansion(network, group, limits).addGroup(intent, before, after);
      intent += 1;
    }
    addSkipWords(network, grammar, { before, after });
  }
  return network;
}

/** There may be more of them than a call takes arguments. */
function mostWeight(items: readonly { readonly weight: number }[]): number {
  return items.reduce((most, { weight }) => Math.max(most, weight), 0);
}

/** A skip word may be said once at the beginning and once at the end. */
function addSkipWords(
  network: FragmentNetwork,
  { skipWords }: Grammar,
  { before, after }: { before: number; after: number },
): void {
  if (skipWords.length === 0) return;
  network.addFree(FragmentNetwork.START, before);
  network.addFree(after, FragmentNetwork.FINAL);
  for (const { text } of skipWords.filter((word) => word.type === 'text')) {
    const spoken = network.addState();
    network.addText(FragmentNetwork.START, spoken, text);
    network.addSpace(spoken, before);
    const next = network.addState();
    network.addSpace(after, next);
    network.addText(next, FragmentNetwork.FINAL, text);
  }
}

class Expansion {
  readonly #network: FragmentNetwork;
  readonly #group: SentenceGroup;
  readonly #limits: ExpansionLimits;
  readonly #rulesOpen: string[] = [];

  constructor(network: FragmentNetwork, group: SentenceGroup, limits: ExpansionLimits) {
    this.#network = network;
    this.#group = group;
    this.#limits = limits;
  }

  addGroup(intent: number, from: number, to: number): void {
    const begin = this.#network.addState();
    this.#network.addFree(from, begin, { type: 'intent', intent });
    const most = mostWeight(this.#group.sentences);
    for (const { expression, at, weight } of this.#group.sentences) {
      const start = this.#network.addState();
      this.#network.addFree(begin, start, null, Math.log(weight / most));
      this.#network.addFree(this.#add(expression, start), to);
      if (isOptional(expression, this.#group satisfies NameScope)) {
        throw grammarError(
          at,
          'expected a sentence of at least one word, got one whose parts are all optional',
        );
      }
    }
  }

  /** Adds `expression` after state `from`; returns the state where it ends. */
  #add(expression: Expression, from: number): number {
    this.#checkSize();
    switch (expression.type) {
      case 'text':
        return this.#to((end) => this.#network.addText(from, end, expression.text));
      case 'space':
        return this.#to((end) => this.#network.addSpace(from, end));
      case 'sequence':
        if (expression.items.length === 0) this.#network.countEmpty();
        return expression.items.reduce((at, item) => this.#add(item, at), from);
      case 'alternatives':
        return this.#addChoices(expression.choices, from);
      case 'permutation':
        return this.#addPermutation(expression.items, from);
      case 'list':
        return this.#addList(expression, from);
      case 'range':
        return this.#to((end) => this.#addRange(expression.range, expression, { from, end }));
      case 'rule':
        return this.#addRule(expression, from);
    }
  }

  #to(add: (end: number) => void): number {
    const end = this.#network.addState();
    add(end);
    return end;
  }

  #addChoices(choices: readonly Choice[], from: number): number {
    const most = mostWeight(choices);
    return this.#to((end) => {
      for (const { expression, weight } of choices) {
        const start = this.#network.addState();
        this.#network.addFree(from, start, null, Math.log(weight / most));
        this.#network.addFree(this.#add(expression, start), end);
      }
    });
  }

  /** One path for each order; a graph of sets of items keeps it to 2ⁿ states, a space between any two items. */
  #addPermutation(items: readonly Expression[], from: number): number {
    if (items.length > LONGEST_PERMUTATION) {
      throw new AgentError(
        'GRAMMAR_TOO_LARGE',
        `a permutation has ${items.length} parts; expected at most ${LONGEST_PERMUTATION}`,
      );
    }
    const all = (1 << items.length) - 1;
    const states = Array.from({ length: all + 1 }, (_, set) => (set === 0 ? from : this.#network.addState()));
    for (let set = 0; set < all; set += 1) {
      for (const [index, item] of items.entries()) {
        if (set & (1 << index)) continue;
        const spaced = this.#to((end) => this.#network.addSpace(states[set]!, end));
        const ended = this.#add(item, spaced);
        this.#network.addSpace(ended, states[set | (1 << index)]!);
      }
    }
    return states[all]!;
  }

  #addList({ list, slot, at }: { list: string; slot: string; at: SourcePosition }, from: number): number {
    const found = this.#group.lists.get(list);
    if (found === undefined) {
      throw grammarError(
        at,
        `expected the name of a list, got "${list}"; ${namesThereAre(this.#group.lists.keys())}`,
      );
    }
    return this.#to((end) => {
      if (found.type === 'range') this.#addRange(found.range, { slot, at }, { from, end });
      else this.#addValues(found.values, slot, { from, end });
    });
  }

  #addValues(values: readonly ListValue[], slot: string, { from, end }: { from: number; end: number }): void {
    const most = mostWeight(values);
    for (const { spoken, value, weight } of values) {
      const begin = this.#network.addState();
      this.#network.addFree(from, begin, { type: 'begin', slot, value }, Math.log(weight / most));
      this.#network.addFree(this.#add(spoken, begin), end, { type: 'end' });
    }
  }

  #addRange(
    range: NumberRange,
    { slot, at }: { slot: string; at: SourcePosition },
    { from, end }: { from: number; end: number },
  ): void {
    if (rangeSize(range) > this.#limits.maxArcs)
      throw grammarError(
        at,
        `this range has ${rangeSize(range)} numbers; expected at most ${this.#limits.maxArcs}`,
      );
    for (const { value, forms } of spokenNumbers(range)) {
      const begin = this.#network.addState();
      this.#network.addFree(from, begin, { type: 'begin', slot, value });
      for (const form of forms) {
        const spoken = this.#addWords(form, begin);
        this.#network.addFree(spoken, end, { type: 'end' });
      }
      this.#checkSize();
    }
  }

  #addWords(words: string, from: number): number {
    let at = from;
    for (const [index, word] of words.split(' ').entries()) {
      const before = at;
      const spaced = index === 0 ? before : this.#to((end) => this.#network.addSpace(before, end));
      at = this.#to((end) => this.#network.addText(spaced, end, word));
    }
    return at;
  }

  #addRule({ rule, at }: { rule: string; at: SourcePosition }, from: number): number {
    const expression = this.#group.rules.get(rule);
    if (expression === undefined) {
      throw grammarError(
        at,
        `expected the name of a rule, got "${rule}"; ${namesThereAre(this.#group.rules.keys())}`,
      );
    }
    if (this.#rulesOpen.includes(rule)) {
      throw grammarError(at, `the rule <${rule}> contains itself: ${[...this.#rulesOpen, rule].join(' → ')}`);
    }
    if (this.#rulesOpen.length >= DEEPEST_RULES) {
      throw grammarError(at, `expected at most ${DEEPEST_RULES} rules inside each other, got more`);
    }
    this.#rulesOpen.push(rule);
    const end = this.#add(expression, from);
    this.#rulesOpen.pop();
    return end;
  }

  #checkSize(): void {
    if (this.#network.size <= this.#limits.maxArcs) return;
    throw new AgentError(
      'GRAMMAR_TOO_LARGE',
      `the grammar grows to more than ${this.#limits.maxArcs} parts when its rules and lists are put in; ` +
        'expected less: make lists shorter, or refer to large ones fewer times',
    );
  }
}
