/** One step of an alignment; the side that has nothing there is `null`. */
export interface AlignedPair {
  readonly kind: 'match' | 'substitution' | 'insertion' | 'deletion';
  readonly reference: string | null;
  readonly hypothesis: string | null;
}

const MATCH_OR_SUBSTITUTION = 0;
const DELETION = 1;
const INSERTION = 2;

/**
 * Aligns a hypothesis with its reference by least edit distance (Levenshtein 1966; every edit costs 1), for words
 * or characters. Where several alignments cost the same, a substitution is preferred to an insertion with a
 * deletion, and edits are placed as late as possible. Time and memory O(reference × hypothesis), one byte a cell.
 */
export function align(reference: readonly string[], hypothesis: readonly string[]): AlignedPair[] {
  return traceBack(reference, hypothesis, editMoves(reference, hypothesis));
}

/** Row-major `[reference + 1, hypothesis + 1]`: the cheapest last move into each cell. */
function editMoves(reference: readonly string[], hypothesis: readonly string[]): Uint8Array {
  const columns = hypothesis.length + 1;
  const moves = new Uint8Array((reference.length + 1) * columns);
  let costs = Uint32Array.from({ length: columns }, (_, column) => column);
  moves.fill(INSERTION, 1, columns);
  let next = new Uint32Array(columns);
  for (let row = 1; row <= reference.length; row++) {
    next[0] = row;
    moves[row * columns] = DELETION;
    for (let column = 1; column < columns; column++) {
      const differs = reference[row - 1] === hypothesis[column - 1] ? 0 : 1;
      let best = costs[column - 1]! + differs;
      let move = MATCH_OR_SUBSTITUTION;
      if (costs[column]! + 1 < best) {
        best = costs[column]! + 1;
        move = DELETION;
      }
      if (next[column - 1]! + 1 < best) {
        best = next[column - 1]! + 1;
        move = INSERTION;
      }
      next[column] = best;
      moves[row * columns + column] = move;
    }
    [costs, next] = [next, costs];
  }
  return moves;
}

function traceBack(
  reference: readonly string[],
  hypothesis: readonly string[],
  moves: Uint8Array,
): AlignedPair[] {
  const pairs: AlignedPair[] = [];
  let row = reference.length;
  let column = hypothesis.length;
  while (row > 0 || column > 0) {
    const move = moves[row * (hypothesis.length + 1) + column];
    const spoken = move === INSERTION ? null : reference[--row]!;
    const heard = move === DELETION ? null : hypothesis[--column]!;
    pairs.push({ kind: kindOf(spoken, heard), reference: spoken, hypothesis: heard });
  }
  return pairs.reverse();
}

function kindOf(reference: string | null, hypothesis: string | null): AlignedPair['kind'] {
  if (reference === null) return 'insertion';
  if (hypothesis === null) return 'deletion';
  return reference === hypothesis ? 'match' : 'substitution';
}
