export interface RunLimits {
  /** Streams in one run. */
  readonly maxBatch: number;
  /** Steps of one stream in one run. */
  readonly maxSteps: number;
}

/** One run of the model: the same number of steps for each of some streams. */
export interface RunPlan {
  readonly steps: number;
  /** Indices into the list of streams. */
  readonly members: readonly number[];
}

/**
 * Chooses the next run. The stream that waited longest always takes part, so none starves; the number of steps
 * is the one that computes the most with those who have that many, and at a tie the smaller one, which serves
 * more streams. A lone stream gets all its steps at once, and nobody is waited for.
 * @param stepsReady of each stream, the one that was served longest ago first
 * @returns null when no stream has a step ready
 */
export function planRun(stepsReady: readonly number[], { maxBatch, maxSteps }: RunLimits): RunPlan | null {
  const leader = stepsReady.find((ready) => ready > 0);
  if (leader === undefined) return null;
  let steps = 1;
  let most = 0;
  for (let candidate = 1; candidate <= Math.min(leader, maxSteps); candidate++) {
    const work = candidate * Math.min(countWith(stepsReady, candidate), maxBatch);
    if (work <= most) continue;
    most = work;
    steps = candidate;
  }
  return { steps, members: firstWith(stepsReady, steps, maxBatch) };
}

function countWith(stepsReady: readonly number[], steps: number): number {
  let count = 0;
  for (const ready of stepsReady) if (ready >= steps) count++;
  return count;
}

function firstWith(stepsReady: readonly number[], steps: number, limit: number): number[] {
  const members: number[] = [];
  for (let index = 0; index < stepsReady.length && members.length < limit; index++) {
    if (stepsReady[index]! >= steps) members.push(index);
  }
  return members;
}
