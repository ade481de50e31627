/** Score of the best alignment of a token sequence with all steps, found by trying every place for it. */
export function referenceCommandScore(
  logProbs: readonly (readonly number[])[],
  sequence: readonly number[],
  { blank, blankPenalty, fillerPenalty }: { blank: number; blankPenalty: number; fillerPenalty: number },
): number {
  const rows = logProbs.map((row) =>
    row.map((value, token) => (token === blank ? value - blankPenalty : value)),
  );
  const free = rows.map((row) => Math.max(...row));
  const filler = rows.map((row, step) => {
    const isSound = logProbs[step]!.indexOf(Math.max(...logProbs[step]!)) !== blank;
    return isSound ? Math.max(row[blank]! - free[step]!, -fillerPenalty) : 0;
  });
  const sum = (from: number, to: number) => filler.slice(from, to).reduce((total, value) => total + value, 0);
  let best = Number.NEGATIVE_INFINITY;
  for (let start = 0; start < rows.length; start += 1) {
    const byEnd = forced(rows.slice(start), free.slice(start), { sequence, blank });
    for (const [index, score] of byEnd.entries()) {
      const end = start + index + 1;
      best = Math.max(best, sum(0, start) + score + sum(end, rows.length));
    }
  }
  return best;
}

/** By number of steps: the best alignment that begins with the first token and has come to the last. */
function forced(
  rows: readonly (readonly number[])[],
  free: readonly number[],
  { sequence, blank }: { sequence: readonly number[]; blank: number },
): number[] {
  const states = sequence.flatMap((token) => [token, blank]);
  let scores = states.map(() => Number.NEGATIVE_INFINITY);
  return rows.map((row, step) => {
    scores = states.map((token, state) => {
      const ways = [
        scores[state]!,
        scores[state - 1] ?? (state === 0 && step === 0 ? 0 : Number.NEGATIVE_INFINITY),
      ];
      if (state % 2 === 0 && state > 0 && states[state - 2] !== token) ways.push(scores[state - 2]!);
      return Math.max(...ways) + row[token]! - free[step]!;
    });
    return Math.max(scores.at(-1)!, scores.at(-2)!);
  });
}
