/** What a wake phrase does at one threshold. */
export interface WakePoint {
  readonly threshold: number;
  /** Recordings of the phrase in which it was not heard; null without recordings of it. */
  readonly missed: number | null;
  /** Times it was heard in speech and noise without it; null without such a background. */
  readonly falseAlarms: number | null;
}

/** How often a wake phrase is missed and wrongly heard, by threshold. */
export interface WakeCurve {
  /** Recordings of the phrase. */
  readonly recordings: number;
  /** Hours of the background. */
  readonly hours: number;
  /** Thresholds ascending. */
  readonly points: readonly WakePoint[];
}

/** Thresholds that are tried: closer together at both ends, where little changes much. */
export const WAKE_THRESHOLDS: readonly number[] = [
  ...[0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.06, 0.07, 0.085],
  ...Array.from({ length: 35 }, (_, i) => Math.round(100 + 25 * i) / 1000),
  ...[0.96, 0.97, 0.98, 0.99],
];

/** Share of the recordings in which the phrase was not heard, 0 to 1; null without recordings. */
export function missedShare({ recordings }: WakeCurve, { missed }: WakePoint): number | null {
  return missed === null || recordings === 0 ? null : missed / recordings;
}

/** False alarms an hour; null without a background. */
export function alarmsPerHour({ hours }: WakeCurve, { falseAlarms }: WakePoint): number | null {
  return falseAlarms === null || hours === 0 ? null : falseAlarms / hours;
}

/**
 * The lowest threshold at which, there and above it, the phrase is wrongly heard no more often than `perHour`; null when
 * there is none, or no background to judge by.
 */
export function proposedPoint(curve: WakeCurve, perHour: number): WakePoint | null {
  let proposed: WakePoint | null = null;
  for (const point of curve.points.toReversed()) {
    const rate = alarmsPerHour(curve, point);
    if (rate === null || rate > perHour) break;
    proposed = point;
  }
  return proposed;
}

/**
 * How many alarms an hour may hide behind so many in a background, at most, with 95 % certainty: the bound of a Poisson
 * rate, by the Wilson-Hilferty approximation of the chi-squared quantile.
 */
export function mostAlarmsPerHour(falseAlarms: number, hours: number): number {
  const shape = falseAlarms + 1;
  const normalQuantile = 1.645;
  const bound = shape * (1 - 1 / (9 * shape) + normalQuantile / (3 * Math.sqrt(shape))) ** 3;
  return bound / hours;
}
