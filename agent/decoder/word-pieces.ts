import type { TokenTable } from './token-table.ts';

/**
 * Cuts words into the tokens of a head that spells, by byte-pair encoding (Sennrich et al. 2016, "Neural machine translation
 * of rare words with subword units"): of the mark and the letters of a word, the two neighbours whose token has the lowest
 * id are joined, the leftmost of several, until no two are a token. So the trainer cuts the words of word pieces, whose
 * tokens are in the order in which they were learned (`scripts/training/spelling.py`); characters are never joined.
 * @returns the ids of a word's tokens, or null when it has a letter that none has
 */
export function wordCutter(tokens: TokenTable): (word: string) => readonly number[] | null {
  const ids = new Map(Array.from({ length: tokens.size }, (_, id) => [tokens.token(id), id]));
  const mark = tokens.wordBoundary === null ? [] : [tokens.wordBoundary];
  return (word) => {
    const pieces = [...mark, ...word];
    for (let at = firstJoint(pieces, ids); at !== null; at = firstJoint(pieces, ids)) {
      pieces.splice(at, 2, `${pieces[at]}${pieces[at + 1]}`);
    }
    const cut = pieces.map((piece) => ids.get(piece));
    return cut.some((id) => id === undefined) ? null : (cut as number[]);
  };
}

/** Where the two neighbours begin that are joined first; null: none are. */
function firstJoint(pieces: readonly string[], ids: ReadonlyMap<string, number>): number | null {
  let joint: number | null = null;
  let lowest = Number.POSITIVE_INFINITY;
  for (let at = 0; at + 1 < pieces.length; at += 1) {
    const id = ids.get(`${pieces[at]}${pieces[at + 1]}`) ?? Number.POSITIVE_INFINITY;
    if (id < lowest) [joint, lowest] = [at, id];
  }
  return joint;
}
