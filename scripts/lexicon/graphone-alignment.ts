import { logAdd } from '../../agent/decoder/log-math.ts';

/** A word and how it is said, as codes from 1: letters and phonemes. */
export interface CodedWord {
  readonly letters: Uint8Array;
  readonly phonemes: Uint8Array;
}

/** How many letters and how many phonemes a piece of a word has. */
export interface Piece {
  readonly letters: number;
  readonly phonemes: number;
}

const PIECES: readonly Piece[] = [
  { letters: 1, phonemes: 0 },
  { letters: 1, phonemes: 1 },
  { letters: 1, phonemes: 2 },
  { letters: 2, phonemes: 1 },
];
/** Codes of letters and of phonemes are below these. */
export interface CodeLimits {
  readonly letters: number;
  readonly phonemes: number;
}

/**
 * Cuts words into graphones, pieces of one or two letters with no, one or two phonemes, such that the words are most
 * probable: expectation maximisation over all ways to cut (Bisani & Ney 2008, "Joint-sequence models for
 * grapheme-to-phoneme conversion", section 3, with the pieces of Jiampojamarn et al. 2007, "Applying Many-to-Many
 * Alignments and Hidden Markov Models to Letter-to-Phoneme Conversion"). The probability of a piece counts as many
 * times as it has letters or phonemes, so that fewer, larger pieces are no advantage by themselves.
 */
export class GraphoneAligner {
  readonly #limits: CodeLimits;
  #logProbs: Float64Array;
  #counts: Float64Array;

  constructor(limits: CodeLimits) {
    const pieces = limits.letters ** 2 * limits.phonemes ** 2;
    this.#limits = limits;
    this.#logProbs = new Float64Array(pieces);
    this.#counts = new Float64Array(pieces);
  }

  /** One round of learning, from the cuts that the rounds before make probable. */
  train(words: readonly CodedWord[]): void {
    this.#counts.fill(0);
    for (const word of words) this.#count(word);
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    this.#logProbs = this.#counts.map((count) => Math.log(count / total));
  }

  /** The most probable cut of a word; `null`: there is none, as for spoken abbreviations. */
  align(word: CodedWord): Piece[] | null {
    const grid = new Grid(word);
    const best = new Float64Array(grid.size).fill(Number.NEGATIVE_INFINITY);
    const from: (Piece | null)[] = new Array(grid.size).fill(null);
    best[0] = 0;
    for (let start = 0; start < grid.size; start += 1) {
      if (best[start] === Number.NEGATIVE_INFINITY) continue;
      for (const piece of PIECES) {
        const end = grid.after(start, piece);
        if (end < 0) continue;
        const score = best[start]! + this.#score(grid.code(start, piece, this.#limits), piece);
        if (score <= best[end]!) continue;
        best[end] = score;
        from[end] = piece;
      }
    }
    const pieces: Piece[] = [];
    for (let at = grid.size - 1; at > 0; at -= grid.distance(pieces[0]!)) {
      const piece = from[at];
      if (piece == null) return null;
      pieces.unshift(piece);
    }
    return pieces;
  }

  #score(code: number, { letters, phonemes }: Piece): number {
    return this.#logProbs[code]! * Math.max(letters, phonemes);
  }

  /** Adds the expected number of each piece in a word. */
  #count(word: CodedWord): void {
    const grid = new Grid(word);
    const forward = new Float64Array(grid.size).fill(Number.NEGATIVE_INFINITY);
    const backward = new Float64Array(grid.size).fill(Number.NEGATIVE_INFINITY);
    forward[0] = 0;
    backward[grid.size - 1] = 0;
    for (let start = 0; start < grid.size; start += 1) {
      for (const piece of PIECES) {
        const end = grid.after(start, piece);
        if (end < 0) continue;
        forward[end] = logAdd(
          forward[end]!,
          forward[start]! + this.#score(grid.code(start, piece, this.#limits), piece),
        );
      }
    }
    const total = forward[grid.size - 1]!;
    if (total === Number.NEGATIVE_INFINITY) return;
    for (let start = grid.size - 2; start >= 0; start -= 1) {
      for (const piece of PIECES) {
        const end = grid.after(start, piece);
        if (end < 0) continue;
        const code = grid.code(start, piece, this.#limits);
        const rest = this.#score(code, piece) + backward[end]!;
        backward[start] = logAdd(backward[start]!, rest);
        this.#counts[code]! += Math.exp(forward[start]! + rest - total);
      }
    }
  }
}

/** The places in a word: so many letters and so many phonemes are behind. */
class Grid {
  readonly size: number;
  readonly #word: CodedWord;
  readonly #width: number;

  constructor(word: CodedWord) {
    this.#word = word;
    this.#width = word.phonemes.length + 1;
    this.size = (word.letters.length + 1) * this.#width;
  }

  distance({ letters, phonemes }: Piece): number {
    return letters * this.#width + phonemes;
  }

  /** The place after a piece; -1: the word does not have so many letters or phonemes. */
  after(start: number, piece: Piece): number {
    if ((start % this.#width) + piece.phonemes >= this.#width) return -1;
    const end = start + this.distance(piece);
    return end < this.size ? end : -1;
  }

  code(start: number, { letters, phonemes }: Piece, limits: CodeLimits): number {
    const letter = Math.floor(start / this.#width);
    const phoneme = start % this.#width;
    const { letters: l, phonemes: p } = this.#word;
    const spelled = l[letter]! * limits.letters + (letters > 1 ? l[letter + 1]! : 0);
    const said = (phonemes > 0 ? p[phoneme]! : 0) * limits.phonemes + (phonemes > 1 ? p[phoneme + 1]! : 0);
    return spelled * limits.phonemes ** 2 + said;
  }
}
