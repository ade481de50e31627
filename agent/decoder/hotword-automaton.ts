import type { SpokenHotword, SpokenWord } from './hotword.ts';
import type { TokenTable } from './token-table.ts';

/** A boost is at most so much for each token: what is spelled has no language model that bounds it. */
const MOST_PER_TOKEN = 2;

/** A hotword as tokens, the mark before each word included. */
interface SpelledHotword {
  readonly tokens: readonly number[];
  readonly boost: number;
}

/**
 * Finds hotwords in what is spelled, all at once: the automaton of Aho and Corasick (1975, "Efficient string matching: an
 * aid to bibliographic search") over tokens. Hotwords begin with a token that begins a word, and end before the next one.
 * On the way through a hotword a prefix has a share of its boost; the whole at its end, nothing where it breaks off.
 * Immutable.
 */
export class HotwordAutomaton {
  /** Within a word that is none. */
  static readonly ROOT = 0;

  /** State before the first token of a text: a word may begin. */
  readonly start: number;
  readonly #children: Map<number, number>[] = [new Map()];
  readonly #failure: number[] = [HotwordAutomaton.ROOT];
  /** By state: score on the way, … */
  readonly #onTheWay: number[] = [0];
  /** … what is left of it when the hotword breaks off here: that of a shorter one, … */
  readonly #broken: number[] = [0];
  /** … and that of the hotword which is whole when its last word ends here. */
  readonly #whole: number[] = [0];

  /** @param hotwords each saying of a word begins with a token that begins a word */
  constructor(hotwords: readonly SpokenHotword[], tokens: TokenTable) {
    const { separator } = tokens; // a text begins as if one stood before it
    this.start = separator === null ? HotwordAutomaton.ROOT : this.#child(HotwordAutomaton.ROOT, separator);
    for (const { words, boost } of hotwords) {
      for (const spelling of words.reduce<readonly number[][]>(joined, [[]])) {
        const most = MOST_PER_TOKEN * spelling.length;
        this.#add({ tokens: spelling, boost: Math.min(boost * words.length, most) });
      }
    }
    this.#link(tokens);
  }

  /** The state after `token`; `startsWord`: it ends the word before. */
  next(state: number, token: number): number {
    let at = state;
    for (;;) {
      const child = this.#children[at]!.get(token);
      if (child !== undefined) return child;
      if (at === HotwordAutomaton.ROOT) return at;
      at = this.#failure[at]!;
    }
  }

  /** What stays for good of the hotwords that end or break off when `token` comes after `state`. */
  gain(state: number, token: number, startsWord: boolean): number {
    if (this.#children[state]!.has(token)) return 0;
    return startsWord ? this.wholeScore(state) : this.#broken[state]!;
  }

  /** Score on the way through a hotword. */
  score(state: number): number {
    return this.#onTheWay[state]!;
  }

  /** Score when the word that `state` is in ends with it. */
  wholeScore(state: number): number {
    return Math.max(this.#whole[state]!, this.#broken[state]!);
  }

  #add({ tokens, boost }: SpelledHotword): void {
    let state: number = HotwordAutomaton.ROOT;
    for (const [i, token] of tokens.entries()) {
      state = this.#child(state, token);
      this.#onTheWay[state] = Math.max(this.#onTheWay[state]!, (boost * (i + 1)) / tokens.length);
    }
    this.#whole[state] = Math.max(this.#whole[state]!, boost);
  }

  #child(state: number, token: number): number {
    const known = this.#children[state]!.get(token);
    if (known !== undefined) return known;
    const child = this.#children.length;
    this.#children[state]!.set(token, child);
    this.#children.push(new Map());
    this.#failure.push(HotwordAutomaton.ROOT);
    this.#onTheWay.push(0);
    this.#broken.push(0);
    this.#whole.push(0);
    return child;
  }

  /** Breadth first: a state fails to the longest end of its tokens that begins a hotword too. */
  #link(tokens: TokenTable): void {
    const queue: number[] = [HotwordAutomaton.ROOT];
    for (let state = queue.shift(); state !== undefined; state = queue.shift()) {
      for (const [token, child] of this.#children[state]!) {
        queue.push(child);
        if (state !== HotwordAutomaton.ROOT) {
          const failure = this.next(this.#failure[state]!, token);
          this.#failure[child] = failure;
          this.#whole[child] = Math.max(this.#whole[child]!, this.#whole[failure]!);
        }
        this.#broken[child] = tokens.startsWord(token) ? this.wholeScore(state) : this.#broken[state]!;
        this.#onTheWay[child] = Math.max(this.#onTheWay[child]!, this.#broken[child]!);
      }
    }
  }
}

/** Every way to spell what was spelled so far, and then a word. */
function joined(before: readonly number[][], word: SpokenWord): number[][] {
  return before.flatMap((begin) => word.sayings.map((saying) => [...begin, ...saying]));
}
