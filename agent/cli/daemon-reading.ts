import type { Readiness } from '../server/server.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type { PrometheusText } from './prometheus-text.ts';

/** How a daemon fares, between two looks at it or since its start. */
export interface DaemonReading {
  readonly ready: boolean;
  readonly reasons: readonly string[];
  readonly version: string;
  readonly model: string;
  readonly provider: string | null;
  readonly precision: string | null;
  readonly microphone: { readonly state: string; readonly restarts: number; readonly droppedSamples: number };
  /** Null from an earlier daemon, which does not tell it. */
  readonly uptimeSeconds: number | null;
  readonly rssBytes: number;
  /** Share of one core, 0 to the number of cores; null when the time is not known. */
  readonly cpuShare: number | null;
  readonly clients: readonly { readonly protocol: string; readonly open: number }[];
  readonly streams: number;
  readonly detachedSessions: number;
  readonly workers: number;
  /** Seconds of computing a second of audio; null when no audio was computed. */
  readonly realTimeFactor: number | null;
  /** Streams computed together in a run of the model; null without runs. */
  readonly meanBatchSize: number | null;
  readonly queuedSeconds: number;
  readonly queueAgeSeconds: number;
  readonly partialLatencyMs: Quantiles;
  readonly finalLatencyMs: Quantiles;
  readonly counts: {
    readonly finals: number;
    readonly errorsSent: number;
    readonly connectionsRefused: number;
    readonly messagesDropped: number;
    readonly sourcePauses: number;
    readonly overrunSeconds: number;
    readonly workerRestarts: number;
  };
}

/** Null without observations. */
export interface Quantiles {
  readonly median: number | null;
  readonly p95: number | null;
}

/** What a daemon said at one moment. */
export interface Look {
  /** Monotonic milliseconds of this process. */
  readonly atMs: number;
  readonly readiness: Readiness;
  readonly metrics: PrometheusText;
}

/** What `now` says; rates and latencies since `before`, or since the daemon's start. Counts are since its start. */
export function readDaemon(now: Look, before: Look | null): DaemonReading {
  const { readiness, metrics } = now;
  const grown = (name: string) => {
    const earlier = before?.metrics.sum(name) ?? 0;
    return metrics.sum(name) - (earlier > metrics.sum(name) ? 0 : earlier); // a daemon that was started again
  };
  const uptimeSeconds = metrics.samples('earshot_uptime_seconds')[0]?.value ?? null;
  const seconds = before === null ? uptimeSeconds : (now.atMs - before.atMs) / 1000;
  const latency = (name: string) => {
    const all = LatencyHistogram.of(metrics, name);
    return quantiles(before === null ? all : all.since(LatencyHistogram.of(before.metrics, name)));
  };
  const placement = metrics.labels('earshot_model_info');
  const { microphone } = readiness;
  return {
    ready: readiness.ready,
    reasons: readiness.reasons,
    version: readiness.version,
    model: `${readiness.model.name} ${readiness.model.version}`,
    provider: readiness.provider,
    precision: placement?.['precision'] ?? null,
    microphone: {
      state: microphone.state,
      restarts: microphone.restarts,
      droppedSamples: microphone.counters.droppedSamples,
    },
    uptimeSeconds,
    rssBytes: metrics.sum('process_resident_memory_bytes'),
    cpuShare: ratio(grown('process_cpu_seconds_total'), seconds ?? 0),
    clients: metrics
      .samples('earshot_clients')
      .map(({ labels, value }) => ({ protocol: labels['protocol'] ?? '', open: value })),
    streams: metrics.sum('earshot_engine_streams'),
    detachedSessions: metrics.sum('earshot_sessions_detached'),
    workers: metrics.sum('earshot_engine_workers'),
    realTimeFactor: ratio(
      grown('earshot_engine_busy_seconds_total'),
      grown('earshot_engine_audio_seconds_total'),
    ),
    meanBatchSize: meanBatchSize(metrics, before?.metrics ?? null),
    queuedSeconds: metrics.sum('earshot_engine_queue_seconds'),
    queueAgeSeconds: metrics.sum('earshot_engine_queue_age_seconds'),
    partialLatencyMs: latency('earshot_partial_latency_seconds'),
    finalLatencyMs: latency('earshot_final_latency_seconds'),
    counts: {
      finals: metrics.sum('earshot_final_latency_seconds_count'),
      errorsSent: metrics.sum('earshot_errors_total'),
      connectionsRefused: metrics.sum('earshot_connections_refused_total'),
      messagesDropped: metrics.sum('earshot_messages_dropped_total'),
      sourcePauses: metrics.sum('earshot_source_pauses_total'),
      overrunSeconds: metrics.sum('earshot_engine_overrun_seconds_total'),
      workerRestarts: metrics.sum('earshot_engine_worker_restarts_total'),
    },
  };
}

function quantiles(histogram: LatencyHistogram): Quantiles {
  const ms = (share: number) => {
    const seconds = histogram.quantile(share);
    return seconds === null ? null : seconds * 1000;
  };
  return { median: ms(0.5), p95: ms(0.95) };
}

function meanBatchSize(now: PrometheusText, before: PrometheusText | null): number | null {
  const name = 'earshot_engine_runs_total';
  const earlier = new Map(
    before?.samples(name).map(({ labels, value }) => [labels['streams'], value] as const) ?? [],
  );
  let runs = 0;
  let streams = 0;
  for (const { labels, value } of now.samples(name)) {
    const count = Math.max(0, value - (earlier.get(labels['streams']) ?? 0));
    runs += count;
    streams += count * Number(labels['streams']);
  }
  return ratio(streams, runs);
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
