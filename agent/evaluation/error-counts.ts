import { type AlignedPair, align } from './alignment.ts';

/** Edits between hypotheses and references, in words or in characters. */
export interface ErrorCounts {
  /** Length of the references. */
  readonly reference: number;
  readonly substitutions: number;
  readonly insertions: number;
  readonly deletions: number;
}

export const NO_ERRORS: ErrorCounts = { reference: 0, substitutions: 0, insertions: 0, deletions: 0 };

/** Edits between two sequences of words. Both sides are taken as they are: normalise before. */
export function wordErrors(reference: readonly string[], hypothesis: readonly string[]): ErrorCounts {
  return countEdits(align(reference, hypothesis), reference.length);
}

/** Edits between two texts in characters, the spaces between words included. */
export function characterErrors(reference: string, hypothesis: string): ErrorCounts {
  return countEdits(align([...reference], [...hypothesis]), [...reference].length);
}

export function addCounts(a: ErrorCounts, b: ErrorCounts): ErrorCounts {
  return {
    reference: a.reference + b.reference,
    substitutions: a.substitutions + b.substitutions,
    insertions: a.insertions + b.insertions,
    deletions: a.deletions + b.deletions,
  };
}

export function totalErrors(counts: ErrorCounts): number {
  return counts.substitutions + counts.insertions + counts.deletions;
}

/** Edits per reference word or character: 0 is perfect, more than 1 is possible; `null` for an empty reference. */
export function errorRate(counts: ErrorCounts): number | null {
  return counts.reference === 0 ? null : totalErrors(counts) / counts.reference;
}

function countEdits(pairs: readonly AlignedPair[], reference: number): ErrorCounts {
  const of = (kind: AlignedPair['kind']) => pairs.filter((pair) => pair.kind === kind).length;
  return {
    reference,
    substitutions: of('substitution'),
    insertions: of('insertion'),
    deletions: of('deletion'),
  };
}
