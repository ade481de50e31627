const ROUNDS = 5;

/**
 * MiB by which the process grew in that round of `work` in which it grew least. What is lost is lost in every
 * round; a heap that waits for its collector, or a pool that fills, grows in some of them only. The first round
 * warms up and does not count.
 */
export async function leastGrowthMib(work: () => unknown): Promise<number> {
  await work();
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.memoryUsage.rss();
    await work();
    least = Math.min(least, process.memoryUsage.rss() - before);
  }
  return least / 2 ** 20;
}
