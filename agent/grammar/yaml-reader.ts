import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  parseDocument,
  Scalar,
  visit,
} from 'yaml';
import type { SlotValue } from '../decoder/command-graph.ts';
import { AgentError } from '../errors.ts';
import { grammarError, type SourcePosition } from './grammar-error.ts';

/** An entry of a mapping. */
export interface YamlEntry {
  readonly key: string;
  readonly keyAt: SourcePosition;
  readonly value: Node | null;
}

/** Longest value of a slot, in characters: it is told with each command, and stands in the graph wherever it may be said. */
const LONGEST_VALUE = 1000;

/** Most marks, texts and line ends of a grammar: a list of 60,000 values has 300,000. Each becomes some objects. */
const MOST_TOKENS = 400_000;

/** Reads a YAML document node by node, so that every complaint names line and column. */
export class YamlReader {
  readonly root: Node | null;
  readonly #name: string;
  readonly #lines = new LineCounter();
  readonly #resolve: (node: unknown) => Node | null;

  /** @throws AgentError GRAMMAR_INVALID when `content` is not YAML, GRAMMAR_TOO_LARGE when it has too many parts */
  constructor(content: string, name: string) {
    this.#name = name;
    checkTokens(content, name);
    // The library compares each key with all before it, which takes minutes for a large mapping: `entries` has a set.
    const options = { lineCounter: this.#lines, prettyErrors: false, uniqueKeys: false };
    const document = parseDocument(content, options);
    const [error] = document.errors;
    if (error) throw grammarError(this.#at(error.pos[0]), `not YAML: ${error.message}`);
    const targets = aliasTargets(document);
    this.#resolve = (node) => (isAlias(node) ? (targets.get(node) ?? null) : (node as Node | null));
    this.root = document.contents;
  }

  /** Entries of a mapping, in their order. Keys outside of `known` are refused when it is given. */
  entries(node: Node | null, what: string, known?: readonly string[]): YamlEntry[] {
    if (!isMap(node)) throw this.error(node, `expected ${what} as a mapping, got ${kindOf(node)}`);
    const seen = new Set<string>();
    return node.items.map(({ key, value }) => {
      const text = isScalar(key) ? String(key.value) : '';
      if (seen.has(text))
        throw this.error(key as Node, `expected each key once in ${what}, got "${text}" again`);
      seen.add(text);
      if (known && !known.includes(text)) {
        throw this.error(key as Node, `expected one of ${known.join(', ')} in ${what}, got "${text}"`);
      }
      return { key: text, keyAt: this.position(key as Node), value: this.#resolve(value) };
    });
  }

  /** Items of a sequence. */
  items(node: Node | null, what: string): (Node | null)[] {
    if (!isSeq(node)) throw this.error(node, `expected ${what} as a list, got ${kindOf(node)}`);
    return node.items.map((item) => this.#resolve(item));
  }

  /** A text, and where it begins; the column is that of its first character where it stands on one line. */
  text(node: Node | null, what: string): { text: string; at: SourcePosition } {
    if (!isScalar(node) || node.value === null || typeof node.value === 'object') {
      throw this.error(node, `expected ${what} as text, got ${kindOf(node)}`);
    }
    const quoted = node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE;
    const isBlock = node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED;
    const at = this.position(node);
    // `on` and `off` are booleans to some; what was written counts
    const text = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
    if (isBlock) return { text: text.trim(), at: { ...at, line: at.line + 1, column: 1 } };
    return { text, at: quoted ? { ...at, column: at.column + 1 } : at };
  }

  number(node: Node | null, what: string, check: (value: number) => boolean = Number.isFinite): number {
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'number' && check(value)) return value;
    throw this.error(node, `expected ${what} as a number, got ${kindOf(node)}`);
  }

  slotValue(node: Node | null, what: string): SlotValue {
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'string') return this.valueText(node, value, what);
    if (typeof value === 'number' || typeof value === 'boolean') return value;
    throw this.error(node, `expected ${what} as a text, a number or true or false, got ${kindOf(node)}`);
  }

  /** A text that becomes the value of a slot. */
  valueText(node: Node | null, text: string, what: string): string {
    if (text.length <= LONGEST_VALUE) return text;
    throw this.error(node, `expected ${what} of at most ${LONGEST_VALUE} characters, got ${text.length}`);
  }

  isText(node: Node | null): boolean {
    return isScalar(node);
  }

  isList(node: Node | null): boolean {
    return isSeq(node);
  }

  position(node: Node | null): SourcePosition {
    return this.#at(node?.range?.[0] ?? 0);
  }

  error(node: Node | null, problem: string): Error {
    return grammarError(this.position(node), problem);
  }

  #at(offset: number): SourcePosition {
    const { line, col } = this.#lines.linePos(offset);
    return { source: this.#name, line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

/** @throws AgentError GRAMMAR_TOO_LARGE */
function checkTokens(content: string, name: string): void {
  let tokens = 0;
  for (const _ of new Lexer().lex(content)) {
    tokens++;
    if (tokens > MOST_TOKENS) {
      throw new AgentError(
        'GRAMMAR_TOO_LARGE',
        `${name} has more than ${MOST_TOKENS} marks, texts and line ends; expected at most so many: make lists shorter, or split the grammar`,
      );
    }
  }
}

/** What each alias stands for. One walk for all of them: `Alias.resolve` would walk through the whole document for each. */
function aliasTargets(document: Document): ReadonlyMap<unknown, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<unknown, Node>();
  visit(document, (_, node) => {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) targets.set(node, target);
    } else if (isNode(node) && 'anchor' in node && typeof node.anchor === 'string') {
      anchors.set(node.anchor, node);
    }
  });
  return targets;
}

function kindOf(node: unknown): string {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node) || node.value === null) return 'nothing';
  return `"${String(node.value).slice(0, 40)}"`;
}
