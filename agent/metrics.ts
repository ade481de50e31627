import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type AssistantMetrics, SINK_KINDS, type SinkKind } from './assistant/sink.ts';
import type { DeliveryOutcome } from './assistant/work-queue.ts';
import type { MicrophoneStatus } from './capture/microphone-status.ts';
import type { EngineStats } from './engine/speech-engine.ts';
import type { ErrorCode } from './errors.ts';
import type { AudioOrigin, DroppableType, ServerMetrics } from './server/server-metrics.ts';

/** How often the lag of the event loop is looked at. prom-client's 10 ms would wake an idle daemon 100 times a second. */
const LAG_PRECISION_MS = 500;
const LATENCY_BUCKETS_SECONDS = [0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];

type EngineReading = readonly [name: string, help: string, read: (stats: EngineStats | null) => number];

const ENGINE_GAUGES: readonly EngineReading[] = [
  ['earshot_engine_streams', 'Streams open in the engine.', (stats) => stats?.streams ?? 0],
  ['earshot_engine_workers', 'Engine workers that run.', (stats) => stats?.workers ?? 0],
  [
    'earshot_engine_grammars_waiting',
    'Settings whose grammars, hotwords or wake phrases are being compiled or wait for it.',
    (stats) => stats?.grammarsWaiting ?? 0,
  ],
  ['earshot_engine_queue_seconds', 'Audio waiting, all streams.', (stats) => (stats?.queuedMs ?? 0) / 1000],
  [
    'earshot_engine_queue_age_seconds',
    'How long the oldest audio waits; what came faster than it is spoken, only as far as it is late.',
    (stats) => (stats?.oldestQueuedMs ?? 0) / 1000,
  ],
];

const ENGINE_COUNTERS: readonly EngineReading[] = [
  [
    'earshot_engine_busy_seconds_total',
    'Time that the workers spent computing.',
    (stats) => stats?.busySeconds ?? 0,
  ],
  ['earshot_engine_audio_seconds_total', 'Audio computed.', (stats) => stats?.audioSeconds ?? 0],
  [
    'earshot_engine_overrun_seconds_total',
    'Audio lost because the engine was behind.',
    (stats) => stats?.overrunSeconds ?? 0,
  ],
  ['earshot_engine_worker_restarts_total', 'Workers started again.', (stats) => stats?.workerRestarts ?? 0],
];

type MicrophoneReading = readonly [name: string, help: string, read: (status: MicrophoneStatus) => number];

const MICROPHONE_COUNTERS: readonly MicrophoneReading[] = [
  [
    'earshot_recorder_restarts_total',
    'Times that the recorder was started again.',
    ({ restarts }) => restarts,
  ],
  [
    'earshot_recorder_overruns_total',
    'Times that the recorder said that it lost input.',
    ({ counters }) => counters.overruns,
  ],
  [
    'earshot_microphone_dropped_samples_total',
    'Samples of the microphone dropped because the engine was behind.',
    ({ counters }) => counters.droppedSamples,
  ],
];

/** What is read at the moment of a scrape. */
export interface MetricSources {
  readonly version: string;
  /** Null while the model loads. */
  readonly engine: () => EngineStats | null;
  readonly microphone: () => MicrophoneStatus;
  /** Null, or nothing, when no hook, webhook or broker is configured. */
  readonly assistant?: () => AssistantReading | null;
}

/** What the assistant tells of itself. */
interface AssistantReading {
  readonly mqttConnected: boolean;
  queued(sink: SinkKind): number;
}

/** Every metric of the daemon, by name, in a registry of its own. Label sets are fixed; ids are never labels. */
export class Metrics implements ServerMetrics, AssistantMetrics {
  readonly #registry = new Registry();
  readonly #clients = this.#gauge('earshot_clients', 'WebSocket connections open now.', ['protocol']);
  readonly #sessions = this.#counter('earshot_sessions_total', 'WebSocket connections opened.', ['protocol']);
  readonly #refused = this.#counter(
    'earshot_connections_refused_total',
    'Connections turned away, by error code.',
    ['code'],
  );
  readonly #detached = this.#gauge(
    'earshot_sessions_detached',
    'Sessions that wait for their client to come back.',
    [],
  );
  readonly #resumed = this.#counter('earshot_sessions_resumed_total', 'Clients that came back in time.', []);
  readonly #expired = this.#counter(
    'earshot_sessions_expired_total',
    'Sessions given up because their client did not come back in time.',
    [],
  );
  readonly #errors = this.#counter('earshot_errors_total', 'Error messages sent to clients, by code.', [
    'code',
  ]);
  readonly #dropped = this.#counter(
    'earshot_messages_dropped_total',
    'Messages not sent because the client reads too slowly.',
    ['type'],
  );
  readonly #thinned = this.#counter(
    'earshot_partials_thinned_total',
    'Partials left out because the engine is behind.',
    [],
  );
  readonly #pauses = this.#counter(
    'earshot_source_pauses_total',
    'Times that a client was paused because its audio came faster than it was computed.',
    [],
  );
  readonly #certificateReads = this.#counter(
    'earshot_tls_certificate_reads_total',
    'Times that the files of the certificate had changed, by whether the new one could be used.',
    ['result'],
  );
  readonly #certificateExpiry = this.#gauge(
    'earshot_tls_certificate_expiry_seconds',
    'When the certificate in use ends, since 1970; 0 without TLS.',
    [],
  );
  readonly #partialLatency = this.#latency(
    'earshot_partial_latency_seconds',
    'From the arrival of the audio that completes a partial to its sending.',
  );
  readonly #finalLatency = this.#latency(
    'earshot_final_latency_seconds',
    'From the arrival of the audio (or flush, or stop) that completes a final to its sending.',
  );

  readonly #deliveries = this.#counter(
    'earshot_assistant_deliveries_total',
    'Events for hooks, webhooks and MQTT, by how their delivery ended.',
    ['sink', 'outcome'],
  );

  constructor(sources: MetricSources) {
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: LAG_PRECISION_MS });
    this.#observeEngine(sources.engine);
    this.#observeMicrophone(sources.microphone);
    this.#observeAssistant(sources.assistant ?? (() => null));
    this.#observePlacement(sources.engine);
    const uptime = 'Time since the daemon was started; steps of the clock do not count.';
    this.#gauge('earshot_uptime_seconds', uptime, [], (metric) => metric.set(process.uptime()));
    this.#gauge('earshot_info', 'Version; always 1.', ['version']).set({ version: sources.version }, 1);
  }

  clientOpened(protocol: string): void {
    this.#clients.inc({ protocol });
    this.#sessions.inc({ protocol });
  }

  clientClosed(protocol: string): void {
    this.#clients.dec({ protocol });
  }

  connectionRefused(code: ErrorCode): void {
    this.#refused.inc({ code });
  }

  detachedSessions(count: number): void {
    this.#detached.set(count);
  }

  sessionResumed(): void {
    this.#resumed.inc();
  }

  sessionExpired(): void {
    this.#expired.inc();
  }

  observePartial(origin: AudioOrigin, latencyMs: number): void {
    this.#partialLatency.observe({ origin }, latencyMs / 1000);
  }

  observeFinal(origin: AudioOrigin, latencyMs: number): void {
    this.#finalLatency.observe({ origin }, latencyMs / 1000);
  }

  messageDropped(type: DroppableType): void {
    this.#dropped.inc({ type });
  }

  partialThinned(): void {
    this.#thinned.inc();
  }

  sourcePaused(): void {
    this.#pauses.inc();
  }

  errorSent(code: ErrorCode): void {
    this.#errors.inc({ code });
  }

  delivered(sink: SinkKind, outcome: DeliveryOutcome): void {
    this.#deliveries.inc({ sink, outcome });
  }

  certificateRead(result: 'ok' | 'failed'): void {
    this.#certificateReads.inc({ result });
  }

  certificateExpires(atSeconds: number): void {
    this.#certificateExpiry.set(atSeconds);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics in the Prometheus text format. */
  render(): Promise<string> {
    return this.#registry.metrics();
  }

  #observeEngine(engine: MetricSources['engine']): void {
    for (const [name, help, read] of ENGINE_GAUGES) {
      this.#gauge(name, help, [], (metric) => metric.set(read(engine())));
    }
    for (const [name, help, read] of ENGINE_COUNTERS) {
      this.#counter(name, help, [], (metric) => replaceCount(metric, read(engine())));
    }
  }

  #observePlacement(engine: MetricSources['engine']): void {
    const labels = ['model', 'provider', 'precision'];
    this.#gauge('earshot_model_info', 'Model in use and what computes it; always 1.', labels, (metric) => {
      const stats = engine();
      metric.reset();
      if (stats === null) return;
      const { model, provider, precision } = stats;
      metric.set({ model, provider, precision }, 1);
    });
    const help = 'Runs of the model, by the number of streams computed together.';
    this.#counter('earshot_engine_runs_total', help, ['streams'], (metric) => {
      metric.reset();
      for (const [streams, runs] of (engine()?.batchSizes ?? []).entries()) {
        if (runs > 0) metric.inc({ streams }, runs);
      }
    });
  }

  #observeMicrophone(microphone: MetricSources['microphone']): void {
    for (const [name, help, read] of MICROPHONE_COUNTERS) {
      this.#counter(name, help, [], (metric) => replaceCount(metric, read(microphone())));
    }
    this.#gauge('earshot_microphone_running', '1 while the microphone delivers sound.', [], (metric) =>
      metric.set(microphone().state === 'running' ? 1 : 0),
    );
  }

  #observeAssistant(assistant: () => AssistantReading | null): void {
    this.#gauge('earshot_assistant_queue', 'Events waiting and under way.', ['sink'], (metric) => {
      for (const sink of SINK_KINDS) metric.set({ sink }, assistant()?.queued(sink) ?? 0);
    });
    this.#gauge('earshot_mqtt_connected', '1 while the broker is reached.', [], (metric) =>
      metric.set(assistant()?.mqttConnected === true ? 1 : 0),
    );
  }

  #gauge(name: string, help: string, labelNames: string[], read?: (metric: Gauge) => void): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.#registry], ...collectWith(read) });
  }

  #counter(name: string, help: string, labelNames: string[], read?: (metric: Counter) => void): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry], ...collectWith(read) });
  }

  #latency(name: string, help: string): Histogram {
    const registers = [this.#registry];
    return new Histogram({ name, help, labelNames: ['origin'], buckets: LATENCY_BUCKETS_SECONDS, registers });
  }
}

/** prom-client calls `collect` with the metric as `this`, at every scrape. */
function collectWith<Metric>(read: ((metric: Metric) => void) | undefined) {
  if (read === undefined) return {};
  return {
    collect(this: Metric) {
      read(this);
    },
  };
}

/** Takes over a count that is kept elsewhere; prom-client's counters can only be raised. */
function replaceCount(metric: Counter, count: number): void {
  metric.reset();
  metric.inc(count);
}
