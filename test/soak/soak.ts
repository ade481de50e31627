/**
 * The daemon under steady use, for as long as asked: speakers who come and go, some of them without a word, a
 * subscriber of the microphone, and a recorder program that is killed at random. On the built tree:
 *
 *     npm run build && node --import tsx test/soak/soak.ts [--minutes 240] [--speakers 4] [--model FOLDER]
 *
 * Writes `soak.json`, and plots of memory, descriptors and latency, to `--out` (test/soak/results).
 *
 * Under `faketime -f '+0 x2'` (of libfaketime) the clocks of the daemon, the recorder and the speakers go twice as fast: four
 * hours by them take two of the wall's, and all durations are by them.
 */
import { setMaxListeners } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { openAudioFile } from '../../agent/capture/audio-file.ts';
import { svgPlot } from '../../agent/cli/svg-plot.ts';
import { AgentError, connect, followMicrophone } from '../../agent/client/node.ts';
import { quantile } from '../../agent/evaluation/quantile.ts';
import { seededRandom } from '../../agent/evaluation/random.ts';
import { scriptArguments } from '../../scripts/script-arguments.ts';
import { FakePrograms } from '../capture/fake-program.ts';
import { TINY_MODEL } from '../support/tiny-bundle.ts';
import { DaemonProcess, type Sample, slope } from './daemon-process.ts';

const RECORDING = 'test/fixtures/speech/two-sentences.wav';
const CHUNK_MS = 100;
const SAMPLE_EVERY_MS = 10_000;
/** Share of the run that is left out of the slopes: caches fill, code is compiled. */
const WARM_UP = 0.25;
/** For the subscriber of the microphone and for speakers whose place is taken before they have left it. */
const SPARE_PLACES = 8;
/** What libfaketime is told in: the daemon and its recorder are to have the clock of this process. */
const clockEnv = Object.fromEntries(
  Object.entries(env).filter(([name]) => /^(LD_PRELOAD|FAKETIME.*)$/.test(name)),
);
const clockRate = Number(/ x([\d.]+)$/.exec(clockEnv['FAKETIME'] ?? '')?.[1] ?? 1);

const { values } = scriptArguments(import.meta.filename, {
  options: {
    minutes: { type: 'string', default: '240' },
    speakers: { type: 'string', default: '4' },
    model: { type: 'string', default: TINY_MODEL },
    out: { type: 'string', default: 'test/soak/results' },
  },
});

interface SoakSample extends Sample {
  /** Milliseconds; null when no final came since the sample before. */
  readonly finalLatencyMs: number | null;
}

const random = seededRandom(20261125);
const counts = { sessions: 0, vanished: 0, finals: 0, recorderKills: 0, statusEvents: 0 };
/** What clients were told, by code. */
const clientErrors: Record<string, number> = {};
const over = AbortSignal.timeout(Number(values.minutes) * 60_000);
/** A listener each speaker. */
setMaxListeners(0, over);
const latencies: number[] = [];

const programs = await FakePrograms.create();
await programs.install('arecord', 'play(tone(320));');
const places = String(Number(values.speakers) + SPARE_PLACES);
const daemon = await DaemonProcess.start(['--model', values.model], {
  ...clockEnv,
  ...programs.env,
  EARSHOT_SERVER_MAX_CLIENTS: places,
  EARSHOT_SERVER_LIMITS_CLIENTS_PER_ADDRESS: places,
});
const audio = await readSamples();
const samples: SoakSample[] = [];
const speakers = Array.from({ length: Number(values.speakers) }, () => speaker());
await Promise.all([...speakers, subscriber(), killer(), watcher()]);
report();
daemon.stop();
await programs.remove();

/** One place at the table: somebody speaks for a while, leaves, the next one comes. */
async function speaker(): Promise<void> {
  while (!over.aborted) {
    await rest(random() * 2000);
    counts.sessions++;
    try {
      await speakOnce(3 + random() * 20, random() < 0.2);
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      clientErrors[error.code] = (clientErrors[error.code] ?? 0) + 1;
    }
  }
}

async function speakOnce(seconds: number, vanishes: boolean): Promise<void> {
  const stream = await connect({ url: `${daemon.url}/v1/stream` });
  const listening = (async () => {
    for await (const event of stream) {
      if (event.type !== 'final') continue;
      counts.finals++;
      if (event.latencyMs !== undefined) latencies.push(event.latencyMs);
    }
  })();
  const chunk = (16000 * CHUNK_MS) / 1000;
  for (let at = 0; at < seconds * 16000 && !over.aborted; at += chunk) {
    const from = at % (audio.length - chunk);
    await stream.send(audio.subarray(from, from + chunk));
    await rest(CHUNK_MS);
  }
  if (vanishes) {
    counts.vanished++;
    stream.close();
  } else stream.stop();
  await listening;
}

async function subscriber(): Promise<void> {
  const following = followMicrophone({ url: `${daemon.url}/v1/microphone`, signal: over });
  for await (const event of following) if (event.type === 'microphone') counts.statusEvents++;
}

async function killer(): Promise<void> {
  while (!over.aborted) {
    await rest(10_000 + random() * 50_000);
    const pid = (await programs.startedPids('arecord')).at(-1);
    if (pid !== undefined && isAlive(pid)) {
      process.kill(pid, random() < 0.5 ? 'SIGKILL' : 'SIGTERM');
      counts.recorderKills++;
    }
  }
}

async function watcher(): Promise<void> {
  while (!over.aborted) {
    await rest(SAMPLE_EVERY_MS);
    if (daemon.hasEnded) throw new Error('the daemon has ended');
    const batch = latencies.splice(0);
    const finalLatencyMs =
      batch.length === 0
        ? null
        : quantile(
            batch.sort((a, b) => a - b),
            0.5,
          );
    samples.push({ ...(await daemon.sample()), finalLatencyMs });
    writeFileSync(target('soak.json'), `${JSON.stringify(summary(), null, 1)}\n`);
  }
}

function summary() {
  const steady = samples.slice(Math.floor(samples.length * WARM_UP));
  const last = samples.at(-1);
  const per = (read: (sample: Sample) => number) =>
    steady.length < 2 ? null : slope(steady.map((sample) => ({ x: sample.minutes / 60, y: read(sample) })));
  return {
    minutes: last?.minutes,
    speakers: Number(values.speakers),
    cpu: cpus()[0]?.model,
    clockRate,
    coreShare: last === undefined ? null : (last.cpuSeconds * clockRate) / (last.minutes * 60),
    ...counts,
    clientErrors,
    slopePerHour: {
      rssMiB: per((s) => s.rssMiB),
      heapMiB: per((s) => s.heapMiB),
      fileDescriptors: per((s) => s.fileDescriptors),
    },
    samples,
  };
}

function report(): void {
  const plot = (
    name: string,
    yTitle: string,
    series: { name: string; read: (s: SoakSample) => number | null }[],
  ) => {
    const caption = `${counts.sessions} sessions, ${counts.recorderKills} recorders killed; test/soak/soak.ts`;
    const lines = series.map(({ name: line, read }) => ({
      name: line,
      points: samples.flatMap((s) => (read(s) === null ? [] : [{ x: s.minutes, y: read(s) ?? 0 }])),
    }));
    const limit = { name: '', y: 0 };
    const svg = svgPlot({
      title: `Soak: ${name}`,
      xTitle: 'minutes',
      yTitle,
      series: lines,
      limit,
      caption,
      isLinear: true,
    });
    writeFileSync(target(`${name}.svg`), svg);
  };
  plot('memory', 'MiB', [
    { name: 'resident', read: (s) => s.rssMiB },
    { name: 'heap', read: (s) => s.heapMiB },
  ]);
  plot('descriptors', 'open', [{ name: 'descriptors', read: (s) => s.fileDescriptors }]);
  plot('latency', 'ms', [{ name: 'final, median', read: (s) => s.finalLatencyMs }]);
}

function target(name: string): string {
  mkdirSync(values.out, { recursive: true });
  return join(values.out, name);
}

async function readSamples(): Promise<Int16Array> {
  const source = await openAudioFile(RECORDING, { sampleRate: 16000 });
  const chunks: number[] = [];
  for await (const { samples: chunk } of source) chunks.push(...chunk);
  return Int16Array.from(chunks);
}

async function rest(ms: number): Promise<void> {
  await delay(ms, undefined, { signal: over }).catch(() => {});
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
