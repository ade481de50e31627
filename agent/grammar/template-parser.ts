import { normalizeText } from '../evaluation/text-normalization.ts';
import { grammarError, type SourcePosition } from './grammar-error.ts';
import type { Choice, Expression } from './template.ts';
import { parseReference } from './template-reference.ts';
import { LONGEST_WORD, tooLong } from './word-network.ts';

/** Brackets and references may be nested this deep. */
const DEEPEST_NESTING = 50;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' };
const SPECIAL = /[()[\]{}<>|;\s\\]/;
const WEIGHT = /^\s*\/\s*(\d+(?:\.\d+)?)\s*\//;

/**
 * Reads a sentence template of Home Assistant's hassil: words, `(a|b)` alternatives, `[a]` optional parts,
 * `(a;b)` permutations, `{list}` and `{list:slot}` slots, `<rule>`, and `\` before a character that is to stand
 * for itself. Beyond hassil: `{slot:0-100}` and `{slot:0-100,5}` (steps of 5) for numbers, and the weights of
 * JSGF before alternatives, `(/3/ on | off)`.
 * @param at where the text begins in its file
 * @throws AgentError GRAMMAR_INVALID with line and column; GRAMMAR_TOO_LARGE for a word that is too long
 */
export function parseTemplate(text: string, at: SourcePosition): Expression {
  return new TemplateParser(text, at).parse();
}

class TemplateParser {
  readonly #text: string;
  readonly #start: SourcePosition;
  #index = 0;
  #depth = 0;

  constructor(text: string, start: SourcePosition) {
    this.#text = text;
    this.#start = start;
  }

  parse(): Expression {
    if (this.#text.trim() === '') throw this.#error('expected a sentence, got nothing', 0);
    return this.#choices(null);
  }

  /** Everything up to `closing`, which is taken too; up to the end when it is `null`. */
  #choices(closing: string | null): Expression {
    const opened = this.#index - 1;
    const choices: Choice[] = [this.#choice()];
    let separator: string | null = null;
    for (;;) {
      const character = this.#text[this.#index];
      if (character === undefined && closing !== null) {
        throw this.#error(`expected "${closing}" to close this bracket before the end`, opened);
      }
      this.#index += 1;
      if (character === undefined || character === closing) break;
      if (character !== '|' && character !== ';') throw this.#misplaced(character, closing);
      if (separator !== null && separator !== character) {
        throw this.#error(
          'expected only "|" or only ";" between brackets, got both; add brackets',
          this.#index - 1,
        );
      }
      separator = character;
      choices.push(this.#choice());
    }
    if (separator === ';') return { type: 'permutation', items: choices.map(({ expression }) => expression) };
    return choices.length === 1 ? choices[0]!.expression : { type: 'alternatives', choices };
  }

  #choice(): Choice {
    const weight = this.#weight();
    const items: Expression[] = [];
    for (;;) {
      const item = this.#item();
      if (item === null) break;
      items.push(item);
    }
    return { weight, expression: items.length === 1 ? items[0]! : { type: 'sequence', items } };
  }

  /** The next part, or `null` before a separator, a closing bracket and the end. */
  #item(): Expression | null {
    const character = this.#text[this.#index];
    if (character === undefined || '|;)]}>'.includes(character)) return null;
    if (/\s/.test(character)) return this.#space();
    if (character === '(' || character === '[') return this.#group(character);
    if (character === '{' || character === '<') return this.#reference(character);
    return this.#word();
  }

  #group(opening: '(' | '['): Expression {
    const at = this.#index;
    this.#index += 1;
    this.#depth += 1;
    if (this.#depth > DEEPEST_NESTING) {
      throw this.#error(`expected at most ${DEEPEST_NESTING} brackets inside each other, got more`, at);
    }
    const inner = this.#choices(CLOSING[opening]!);
    this.#depth -= 1;
    if (opening === '(') return inner;
    const choices = inner.type === 'alternatives' ? inner.choices : [{ expression: inner, weight: 1 }];
    return {
      type: 'alternatives',
      choices: [...choices, { expression: { type: 'sequence', items: [] }, weight: 1 }],
    };
  }

  #reference(opening: '{' | '<'): Expression {
    const begin = this.#index;
    const end = this.#text.indexOf(CLOSING[opening]!, begin);
    if (end < 0)
      throw this.#error(`expected "${CLOSING[opening]}" to close this bracket before the end`, begin);
    this.#index = end + 1;
    return parseReference(opening, this.#text.slice(begin + 1, end), this.#position(begin));
  }

  #word(): Expression {
    const begin = this.#index;
    let text = '';
    for (
      let character = this.#text[this.#index];
      character !== undefined;
      character = this.#text[this.#index]
    ) {
      if (character === '\\') {
        this.#index += 1;
        const escaped = this.#text[this.#index];
        if (escaped === undefined)
          throw this.#error('expected a character after "\\", got the end', this.#index - 1);
        text += escaped;
      } else if (SPECIAL.test(character)) break;
      else text += character;
      this.#index += 1;
    }
    if (text.length > LONGEST_WORD) throw tooLong(text, this.#position(begin));
    if (/[\p{L}\p{N}]/u.test(text) && normalizeText(text) === '') {
      throw this.#error(`expected a word in letters that can be spoken, got "${text}"`, begin);
    }
    return { type: 'text', text };
  }

  #space(): Expression {
    while (/\s/.test(this.#text[this.#index] ?? '')) this.#index += 1;
    return { type: 'space' };
  }

  #weight(): number {
    const match = WEIGHT.exec(this.#text.slice(this.#index, this.#index + 40));
    if (match === null) return 1;
    const weight = Number(match[1]);
    if (!(weight > 0)) throw this.#error('expected a weight above 0', this.#index);
    this.#index += match[0].length;
    return weight;
  }

  #misplaced(character: string, closing: string | null): Error {
    const wanted = closing === null ? 'no closing bracket here: none is open' : `"${closing}"`;
    return this.#error(`expected ${wanted}, got "${character}"`, this.#index - 1);
  }

  #position(index: number): SourcePosition {
    return { ...this.#start, column: this.#start.column + index };
  }

  #error(problem: string, index: number): Error {
    return grammarError(this.#position(Math.max(index, 0)), problem);
  }
}
