import type { PrometheusText } from './prometheus-text.ts';

/** Counts of a Prometheus histogram, all labels added up: how many observations lie at or below each bound. */
export class LatencyHistogram {
  /** Ascending, the last one infinite. */
  readonly #bounds: readonly number[];
  readonly #counts: readonly number[];

  private constructor(bounds: readonly number[], counts: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = counts;
  }

  /** The histogram `name` of a scrape, in the unit of the metric. */
  static of(scrape: PrometheusText, name: string): LatencyHistogram {
    const counts = new Map<number, number>();
    for (const { labels, value } of scrape.samples(`${name}_bucket`)) {
      const bound = labels['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels['le']);
      counts.set(bound, (counts.get(bound) ?? 0) + value);
    }
    const bounds = [...counts.keys()].sort((a, b) => a - b);
    return new LatencyHistogram(
      bounds,
      bounds.map((bound) => counts.get(bound)!),
    );
  }

  get count(): number {
    return this.#counts.at(-1) ?? 0;
  }

  /** What came since an earlier scrape; everything when that one is of another daemon. */
  since(earlier: LatencyHistogram): LatencyHistogram {
    if (earlier.#bounds.length !== this.#bounds.length || earlier.count > this.count) return this;
    return new LatencyHistogram(
      this.#bounds,
      this.#counts.map((count, i) => count - earlier.#counts[i]!),
    );
  }

  /**
   * The value below which `share` (0 to 1) of the observations lie, linear within its bucket as Prometheus's
   * `histogram_quantile`; beyond the last finite bound that bound; null without observations.
   */
  quantile(share: number): number | null {
    if (this.count === 0) return null;
    const rank = share * this.count;
    const i = this.#counts.findIndex((count) => count >= rank);
    const upper = this.#bounds[i]!;
    const lower = i === 0 ? 0 : this.#bounds[i - 1]!;
    if (upper === Number.POSITIVE_INFINITY) return lower;
    const before = i === 0 ? 0 : this.#counts[i - 1]!;
    const inside = this.#counts[i]! - before;
    return inside === 0 ? upper : lower + ((upper - lower) * (rank - before)) / inside;
  }
}
