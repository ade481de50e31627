import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Clock, SYSTEM_CLOCK } from '../../agent/clock.ts';
import { type Config, configSchema } from '../../agent/config.ts';
import type { SpeechEngine, StreamOptions } from '../../agent/engine/speech-engine.ts';
import { type Logger, SILENT_LOGGER } from '../../agent/logger.ts';
import { Metrics } from '../../agent/metrics.ts';
import { AccessControl } from '../../agent/server/access-control.ts';
import { Hub, type MicrophoneSource, NO_MICROPHONE } from '../../agent/server/hub.ts';
import { NATIVE_MICROPHONE, NATIVE_STREAM } from '../../agent/server/protocols/native.ts';
import type { Protocol } from '../../agent/server/protocols/protocol.ts';
import { Server, type ServerOptions } from '../../agent/server/server.ts';
import type { TranscriptListener } from '../../agent/server/transcript-listener.ts';
import { FakeEngine } from './fake-engine.ts';

export interface TestServerOptions {
  /** Settings of the section `server`. */
  readonly config?: Partial<Config['server']>;
  /** Default: any free one. */
  readonly port?: number;
  /** Why `/readyz` says no. */
  readonly notReady?: readonly string[];
  /** Age of the oldest audio that waits for the engine. */
  readonly queueAgeMs?: () => number;
  /** Default: a `FakeEngine`. A promise stands for a model that still loads. */
  readonly engine?: SpeechEngine | Promise<SpeechEngine>;
  readonly clock?: Clock;
  readonly microphone?: MicrophoneSource;
  /** What the microphone's stream listens for. */
  readonly listenFor?: StreamOptions;
  readonly log?: Logger;
  readonly onTranscript?: TranscriptListener;
  /** Default: a folder with three small files. */
  readonly pageFolder?: string;
  /** Default: the native protocol. */
  readonly protocols?: readonly Protocol[];
  readonly useModel?: ServerOptions['useModel'];
  /** Opens the port of Wyoming too, on any free one. */
  readonly wyoming?: Protocol;
}

export interface TestServer {
  /** `ws://127.0.0.1:PORT` */
  readonly url: string;
  /** `http://127.0.0.1:PORT` */
  readonly httpUrl: string;
  /** 0 when it is closed. */
  readonly wyomingPort: number;
  readonly server: Server;
  readonly hub: Hub;
  metrics(): Promise<string>;
  /** Resolves when the server has noticed that every client is gone. */
  clientsGone(): Promise<void>;
}

/** A whole server on a free port of 127.0.0.1, stopped at the end of the test. */
export async function startTestServer(t: TestContext, options: TestServerOptions = {}): Promise<TestServer> {
  const { server: config, wyoming } = configSchema.parse({
    server: { ...options.config, port: options.port ?? 0 },
    wyoming: { port: 0 },
  });
  const log = options.log ?? SILENT_LOGGER;
  const engine = Promise.resolve(options.engine ?? new FakeEngine());
  const source = options.microphone ?? null;
  const microphone = () => source?.status ?? NO_MICROPHONE;
  const metrics = new Metrics({ version: 'test', engine: () => null, microphone });
  const { onTranscript } = options;
  const hub = new Hub({ source, engine, listenFor: options.listenFor ?? {}, log, metrics, onTranscript });
  const model = { name: 'fake', version: '1.2.3', language: 'en' };
  const server = new Server({
    config,
    onTranscript,
    clock: options.clock ?? SYSTEM_CLOCK,
    log,
    metrics,
    hub,
    accessControl: AccessControl.create(config),
    queueAgeMs: options.queueAgeMs ?? (() => 0),
    protocols: options.protocols ?? [NATIVE_STREAM, NATIVE_MICROPHONE],
    wyoming: options.wyoming === undefined ? null : { config: wyoming, protocol: options.wyoming },
    access: { engine, model, sampleRate: 16000 },
    pageFolder: options.pageFolder ?? (await pageFolder(t)),
    readiness: () => ({
      ready: options.notReady === undefined,
      reasons: options.notReady ?? [],
      version: 'test',
      model,
      provider: 'cpu',
      rejectedProviders: [],
      microphone: hub.status,
    }),
    useModel: options.useModel ?? (async () => model),
    renderMetrics: async () => ({ contentType: metrics.contentType, text: await metrics.render() }),
  });
  await server.start();
  hub.start();
  t.after(async () => {
    await hub.stop();
    await server.stop();
  });
  const port = server.address?.port;
  return {
    url: `ws://127.0.0.1:${port}`,
    httpUrl: `http://127.0.0.1:${port}`,
    wyomingPort: server.wyomingAddress?.port ?? 0,
    server,
    hub,
    metrics: () => metrics.render(),
    clientsGone: () =>
      until(async () => (await metrics.render()).match(/^earshot_clients\{.*\} [1-9]/m) === null),
  };
}

/** Waits for something that happens by itself, looking again at every turn of the event loop. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

async function pageFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-page-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>test</title>');
  await writeFile(join(folder, 'app.js'), 'export {};\n');
  await writeFile(join(folder, 'secret.txt'), 'not a page file');
  return folder;
}
