import type { Node } from 'yaml';
import type { SlotValue } from '../decoder/command-graph.ts';
import { checkLength } from './name-length.ts';
import type { Expression, Grammar, Sentence, SentenceGroup, SlotList } from './template.ts';
import { parseTemplate } from './template-parser.ts';
import { readList } from './yaml-list.ts';
import { YamlReader } from './yaml-reader.ts';

/** Keys of Home Assistant's files that say nothing about what is spoken are read over. */
const FILE_KEYS = ['language', 'intents', 'lists', 'expansion_rules', 'skip_words', 'settings', 'responses'];
const GROUP_KEYS = [
  'sentences',
  'slots',
  'lists',
  'expansion_rules',
  'weight',
  'requires_context',
  'excludes_context',
  'response',
  'metadata',
  'required_keywords',
];

/**
 * Reads an intents file of hassil (`intents`, `lists`, `expansion_rules`, `skip_words`). Context, responses and metadata
 * are read over; wildcard lists are refused, since a closed grammar can not hear just anything. An intent may also
 * simply be a list of sentences. Beyond hassil: `weight` of a group of sentences and of a list's value.
 * @throws AgentError GRAMMAR_INVALID
 */
export function parseYamlGrammar(content: string, name: string): Grammar {
  return new YamlGrammarParser(new YamlReader(content, name)).parse(name);
}

interface Names {
  readonly lists: ReadonlyMap<string, SlotList>;
  readonly rules: ReadonlyMap<string, Expression>;
}

class YamlGrammarParser {
  readonly #yaml: YamlReader;

  constructor(yaml: YamlReader) {
    this.#yaml = yaml;
  }

  parse(name: string): Grammar {
    const file = this.#byKey(this.#yaml.root, 'a grammar', FILE_KEYS);
    const names = this.#names(file, { lists: new Map(), rules: new Map() });
    const groups = this.#yaml
      .entries(file.get('intents') ?? null, '"intents"')
      .flatMap(({ key, keyAt, value }) => this.#intent(checkLength(key, 'an intent', keyAt), value, names));
    if (groups.length === 0)
      throw this.#yaml.error(file.get('intents') ?? null, 'expected at least one intent');
    return { name, groups, skipWords: this.#skipWords(file.get('skip_words')) };
  }

  #intent(intent: string, node: Node | null, names: Names): SentenceGroup[] {
    if (this.#yaml.isList(node)) return [this.#plainGroup(intent, node, names)];
    const data = this.#byKey(node, `intent "${intent}"`, ['data', 'domain', 'metadata']).get('data') ?? null;
    return this.#yaml
      .items(data, `"data" of intent "${intent}"`)
      .map((item) => this.#group(intent, item, names));
  }

  #plainGroup(intent: string, node: Node | null, { lists, rules }: Names): SentenceGroup {
    return { intent, sentences: this.#sentences(node, 1), slots: {}, lists, rules };
  }

  #group(intent: string, node: Node | null, outer: Names): SentenceGroup {
    const parts = this.#byKey(node, `"data" of intent "${intent}"`, GROUP_KEYS);
    const names = this.#names(parts, outer);
    const weight = parts.has('weight')
      ? this.#yaml.number(parts.get('weight') ?? null, 'a weight above 0', (value) => value > 0)
      : 1;
    const slots: Record<string, SlotValue> = {};
    for (const { key, keyAt, value } of parts.has('slots')
      ? this.#yaml.entries(parts.get('slots') ?? null, '"slots"')
      : []) {
      slots[checkLength(key, 'a slot', keyAt)] = this.#yaml.slotValue(value, `slot "${key}"`);
    }
    return { intent, slots, sentences: this.#sentences(parts.get('sentences') ?? null, weight), ...names };
  }

  #sentences(node: Node | null, weight: number): Sentence[] {
    const sentences = this.#yaml.items(node, '"sentences"').map((item) => {
      const { text, at } = this.#yaml.text(item, 'a sentence');
      return { expression: parseTemplate(text, at), at, weight };
    });
    if (sentences.length === 0) throw this.#yaml.error(node, 'expected at least one sentence, got none');
    return sentences;
  }

  #names(parts: ReadonlyMap<string, Node | null>, outer: Names): Names {
    const lists = new Map(outer.lists);
    const rules = new Map(outer.rules);
    if (parts.has('lists')) {
      for (const { key, value } of this.#yaml.entries(parts.get('lists') ?? null, '"lists"')) {
        lists.set(key, readList(this.#yaml, key, value));
      }
    }
    if (parts.has('expansion_rules')) {
      for (const { key, value } of this.#yaml.entries(
        parts.get('expansion_rules') ?? null,
        '"expansion_rules"',
      )) {
        const { text, at } = this.#yaml.text(value, `rule "${key}"`);
        rules.set(key, parseTemplate(text, at));
      }
    }
    return { lists, rules };
  }

  #skipWords(node: Node | null | undefined): Expression[] {
    if (node === undefined) return [];
    return this.#yaml.items(node, '"skip_words"').map((item) => {
      const { text, at } = this.#yaml.text(item, 'a skip word');
      return parseTemplate(text, at);
    });
  }

  #byKey(node: Node | null, what: string, known: readonly string[]): Map<string, Node | null> {
    return new Map(this.#yaml.entries(node, what, known).map(({ key, value }) => [key, value]));
  }
}
