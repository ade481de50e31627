/**
 * What happens when more is spoken than the machine computes: clients in real time at 1, 2 and 4 times of the capacity
 * that is measured first. On the built tree:
 *
 *     npm run build && node --import tsx test/bench/overload.bench.ts [--model FOLDER] [--seconds N] [--json]
 *
 * `--seconds` is how long each client speaks; a load lasts as long, times its factor where that is more than the machine
 * computes, so that all three take seven times as long. Memory is told at a third, at two thirds and at the end of each
 * load: what grows with the clients is seen between loads, what grows with time within one.
 * Exit code 1 when a final is missing or reads differently than in a quiet run.
 */

import { openAudioFile } from '../../agent/capture/audio-file.ts';
import { connect, type SpeechStream } from '../../agent/client/node.ts';
import { distribution } from '../../agent/evaluation/quantile.ts';
import { scriptArguments } from '../../scripts/script-arguments.ts';
import { DaemonProcess, metricValue } from '../soak/daemon-process.ts';
import { TINY_MODEL } from '../support/tiny-bundle.ts';

const RECORDING = 'test/fixtures/speech/two-sentences.wav';
const CHUNK_MS = 100;
const FACTORS = [1, 2, 4];
const SAMPLE_EVERY_MS = 500;
/** What memory is at some time: the median of so many samples up to then. */
const SAMPLES_AT_ONCE = 5;
/** Streams at once while the capacity is measured: enough to keep every worker busy. */
const PROBES = 8;

const { values } = scriptArguments(import.meta.filename, {
  options: {
    model: { type: 'string', default: TINY_MODEL },
    seconds: { type: 'string', default: '20' },
    json: { type: 'boolean' },
  },
});
const limits = ['server.maxClients=5000', 'server.limits.clientsPerAddress=5000', 'engine.maxStreams=5000'];
const settings = limits.flatMap((setting) => ['--set', setting]);
const daemon = await DaemonProcess.start(['--model', values.model, '--no-microphone', ...settings], {});
try {
  const chunks = await recording(Number(values.seconds));
  const [quiet] = await speakTogether(1, chunks, { isPaced: false });
  const capacity = await measureCapacity(chunks);
  const results = [];
  for (const factor of FACTORS) results.push(await load(factor, Math.max(1, Math.round(factor * capacity))));
  const report = { model: values.model, secondsOfSpeech: Number(values.seconds), capacity };
  process.stdout.write(`${JSON.stringify({ ...report, results }, null, values.json ? 0 : 1)}
`);
  if (results.some(({ transcriptsThatDiffer }) => transcriptsThatDiffer > 0)) process.exitCode = 1;

  async function load(factor: number, clients: number) {
    const before = await daemon.metrics();
    const grown = (after: string, name: string) => metricValue(after, name) - metricValue(before, name);
    const watch = watchDaemon();
    const begin = performance.now();
    const spoken = await speakTogether(clients, chunks, { isPaced: true });
    const wallSeconds = (performance.now() - begin) / 1000;
    const { rssMiB, queueAgeSeconds, refused } = await watch();
    const after = await daemon.metrics();
    return {
      load: factor,
      clients,
      wallSeconds,
      transcriptsThatDiffer: spoken.filter(({ text }) => text !== quiet?.text).length,
      finals: grown(after, 'earshot_final_latency_seconds_count'),
      partialsPerClientSecond:
        spoken.reduce((sum, { partials }) => sum + partials, 0) / clients / wallSeconds,
      partialsThinned: grown(after, 'earshot_partials_thinned_total'),
      newSessionsRefused: refused,
      oldestQueueAgeSeconds: queueAgeSeconds,
      afterEndMs: distribution(spoken.map(({ afterEndMs }) => afterEndMs)),
      rssMiB,
    };
  }
} finally {
  daemon.stop();
}

/** As many streams as are computed in a second, in seconds of audio. */
async function measureCapacity(chunks: readonly Int16Array[]): Promise<number> {
  const begin = performance.now();
  await speakTogether(PROBES, chunks, { isPaced: false });
  const audioSeconds = (PROBES * chunks.length * CHUNK_MS) / 1000;
  return (audioSeconds * 1000) / (performance.now() - begin);
}

/** So many clients; all are let in before the first one speaks. */
async function speakTogether(clients: number, chunks: readonly Int16Array[], pace: { isPaced: boolean }) {
  const streams = await Promise.all(
    Array.from({ length: clients }, () => connect({ url: `${daemon.url}/v1/stream` })),
  );
  return await Promise.all(streams.map((stream) => speak(stream, chunks, pace)));
}

/** What one client heard, and how long after its last audio the last final came. */
async function speak(stream: SpeechStream, chunks: readonly Int16Array[], { isPaced }: { isPaced: boolean }) {
  const texts: string[] = [];
  let partials = 0;
  let endMs = 0;
  const sending = (async () => {
    const begin = performance.now();
    for (const [i, chunk] of chunks.entries()) {
      await stream.send(chunk);
      const waitMs = begin + (i + 1) * CHUNK_MS - performance.now();
      if (isPaced && waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
    endMs = performance.now();
    stream.stop();
  })();
  for await (const event of stream) {
    if (event.type === 'partial') partials++;
    if (event.type === 'final') texts.push(event.text);
  }
  await sending;
  return { text: texts.join(' | '), partials, afterEndMs: performance.now() - endMs };
}

/** Looks at memory and queue, and knocks at the door, until it is called. */
function watchDaemon() {
  let isOver = false;
  const begin = performance.now();
  const rss: { atMs: number; mib: number }[] = [];
  const seen = { queueAgeSeconds: 0, refused: 0 };
  const done = (async () => {
    while (!isOver) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_EVERY_MS));
    }
    await look();
  })();
  async function look(): Promise<void> {
    const text = await daemon.metrics();
    const mib = metricValue(text, 'process_resident_memory_bytes') / 2 ** 20;
    rss.push({ atMs: performance.now() - begin, mib });
    seen.queueAgeSeconds = Math.max(
      seen.queueAgeSeconds,
      metricValue(text, 'earshot_engine_queue_age_seconds'),
    );
    const knock = await connect({ url: `${daemon.url}/v1/stream` }).catch(() => null);
    if (knock === null) seen.refused++;
    else knock.close();
  }
  return async () => {
    isOver = true;
    await done;
    return { ...seen, rssMiB: overTime(rss) };
  };
}

/** Memory at the beginning, at a third, at two thirds and at the end, and the most of all. */
function overTime(samples: readonly { readonly atMs: number; readonly mib: number }[]) {
  const endMs = samples.at(-1)?.atMs ?? 0;
  const at = (share: number) => {
    const before = samples.filter(({ atMs }) => atMs <= share * endMs).slice(-SAMPLES_AT_ONCE);
    return distribution(before.map(({ mib }) => mib))?.p50 ?? 0;
  };
  const most = Math.max(...samples.map(({ mib }) => mib));
  return { begin: samples[0]?.mib ?? 0, third: at(1 / 3), twoThirds: at(2 / 3), end: at(1), most };
}

/** The recording again and again, for so many seconds, in chunks of 16 kHz mono. */
async function recording(seconds: number): Promise<Int16Array[]> {
  const chunkSamples = 16 * CHUNK_MS;
  const all: Int16Array[] = [];
  const source = await openAudioFile(RECORDING);
  for await (const { samples } of source) all.push(samples.slice());
  const whole = Int16Array.from(all.flatMap((samples) => [...samples]));
  return Array.from({ length: Math.round((seconds * 1000) / CHUNK_MS) }, (_, i) =>
    Int16Array.from({ length: chunkSamples }, (_, k) => whole[(i * chunkSamples + k) % whole.length]!),
  );
}
