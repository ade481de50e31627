import { AgentError } from '../errors.ts';

export interface TokenTableOptions {
  /** Id of the CTC blank. */
  readonly blank: number;
  /**
   * Mark that begins a word: a token of its own (characters) or the first letter of word pieces. `null`: the
   * tokens do not spell words (phonemes); each token then counts as a word of its own.
   */
  readonly wordBoundary: string | null;
  /** Name of the file, for error messages. */
  readonly source?: string;
}

/** The tokens of one model output ("head"): ids, the blank, and where words begin. Immutable and shared. */
export class TokenTable {
  readonly blank: number;
  readonly wordBoundary: string | null;
  readonly #tokens: readonly string[];
  readonly #texts: readonly string[];
  readonly #startsWord: readonly boolean[];

  private constructor(tokens: readonly string[], options: TokenTableOptions) {
    const mark = options.wordBoundary;
    this.blank = options.blank;
    this.wordBoundary = mark;
    this.#tokens = tokens;
    this.#texts = tokens.map((token) =>
      mark !== null && token.startsWith(mark) ? token.slice(mark.length) : token,
    );
    this.#startsWord = tokens.map((token) => mark === null || token.startsWith(mark));
  }

  /**
   * Reads a tokens file: one token a line, the line number (from 0) is the id. A byte order mark, CRLF line ends
   * and a newline at the end are accepted.
   * @throws AgentError MODEL_INVALID naming the line.
   */
  static parse(text: string, options: TokenTableOptions): TokenTable {
    const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
    if (lines.at(-1) === '') lines.pop();
    const fail = (what: string): never => {
      throw new AgentError('MODEL_INVALID', `${options.source ?? 'tokens'}: ${what}`);
    };
    checkLines(lines, fail);
    checkOptions(lines, options, fail);
    return new TokenTable(lines, options);
  }

  /** Number of tokens, the blank included: the width of a row of log-probs. */
  get size(): number {
    return this.#tokens.length;
  }

  /** The token as it stands in the file. */
  token(id: number): string {
    return this.#at(this.#tokens, id);
  }

  /** What the token adds to its word: the token without the word-boundary mark; '' for a lone mark. */
  text(id: number): string {
    return this.#at(this.#texts, id);
  }

  /** Whether the token ends the word before it. */
  startsWord(id: number): boolean {
    return this.#at(this.#startsWord, id);
  }

  /** The token that stands between two words and does no more; null: tokens that begin words carry the mark with them. */
  get separator(): number | null {
    const starts = this.#startsWord.flatMap((starts, id) => (starts ? [id] : []));
    return starts.length === 1 && this.#texts[starts[0]!] === '' ? starts[0]! : null;
  }

  #at<T>(list: readonly T[], id: number): T {
    const value = list[id];
    if (value === undefined) {
      throw new AgentError('INTERNAL', `token id ${id} is outside of the table of ${this.size} tokens`);
    }
    return value;
  }
}

function checkLines(lines: readonly string[], fail: (what: string) => never): void {
  const seen = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    if (line === '') fail(`line ${index + 1} is empty; expected one token a line`);
    if (/\s/.test(line)) {
      fail(
        `line ${index + 1} ("${line}") holds white space; expected only the token, its line number is its id`,
      );
    }
    const first = seen.get(line);
    if (first !== undefined) fail(`line ${index + 1} repeats the token "${line}" of line ${first + 1}`);
    seen.set(line, index);
  }
}

function checkOptions(
  lines: readonly string[],
  { blank, wordBoundary }: TokenTableOptions,
  fail: (what: string) => never,
): void {
  if (lines.length < 2) fail(`holds ${lines.length} tokens; expected the blank and at least one more`);
  if (!Number.isInteger(blank) || blank < 0 || blank >= lines.length) {
    fail(`blank is ${blank}; expected an id from 0 to ${lines.length - 1}`);
  }
  if (wordBoundary === null) return;
  if (wordBoundary === '') fail('wordBoundary is empty; expected a mark, or null when tokens spell no words');
  if (!lines.some((line) => line.startsWith(wordBoundary))) {
    fail(`no token begins with the word-boundary mark "${wordBoundary}"`);
  }
}
