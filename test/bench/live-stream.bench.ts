/**
 * What one live speaker costs the daemon: share of a core, memory, and how long the events take to the client, after
 * the first minute. Over the network interface of the machine, on the built tree:
 *
 *     npm run build && node --import tsx test/bench/live-stream.bench.ts [--model FOLDER] [--seconds N] [--json]
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { openAudioFile } from '../../agent/capture/audio-file.ts';
import { PacedSource } from '../../agent/capture/paced-source.ts';
import { AgentClient } from '../../agent/client/agent-client.ts';
import { openNodeSocket } from '../../agent/client/node-socket.ts';
import { SYSTEM_CLOCK } from '../../agent/clock.ts';
import { distribution } from '../../agent/evaluation/quantile.ts';
import { scriptArguments } from '../../scripts/script-arguments.ts';
import { TINY_MODEL } from '../support/tiny-bundle.ts';

const RECORDING = 'test/fixtures/speech/two-sentences.wav';
const CHUNK_MS = 40;
/** Code that runs a few times a second is still being compiled after half a minute. */
const WARM_UP_SECONDS = 60;

const { values } = scriptArguments(import.meta.filename, {
  options: {
    model: { type: 'string', default: TINY_MODEL },
    seconds: { type: 'string', default: '30' },
    json: { type: 'boolean' },
  },
});

const options = ['--model', values.model, '--port', '0', '--no-microphone'];
const daemon = spawn(process.execPath, ['dist/agent/main.js', 'serve', ...options], {
  stdio: ['ignore', 'ignore', 'pipe'],
});
try {
  const result = { model: values.model, ...(await measure(await pageOf())) };
  process.stdout.write(`${JSON.stringify(values.json ? { results: [result] } : result, null, 2)}\n`);
} finally {
  daemon.kill('SIGTERM');
}

async function pageOf(): Promise<string> {
  for await (const line of createInterface({ input: daemon.stderr! })) {
    const { msg, page } = JSON.parse(line);
    if (msg === 'ready') {
      daemon.stderr?.resume();
      return page;
    }
  }
  throw new Error('the daemon ended before it was ready; is the tree built?');
}

async function measure(page: string) {
  const client = await AgentClient.connect({ url: `${page.replace('http', 'ws')}v1/stream` }, openNodeSocket);
  const latencies: number[] = [];
  const listener = listen(client, latencies);
  const speaker = speak(client);
  await sleep(WARM_UP_SECONDS * 1000);
  latencies.length = 0;
  const before = await metricsOf(page);
  const start = performance.now();
  await Promise.all([speaker, listener]);
  const seconds = (performance.now() - start) / 1000;
  const after = await metricsOf(page);
  return {
    seconds,
    coreShare: (after.cpuSeconds - before.cpuSeconds) / seconds,
    residentMiB: after.residentBytes / 2 ** 20,
    latencyMs: distribution(latencies),
  };
}

/** Collects the milliseconds from the arrival of the audio at the daemon to its event, as the daemon says. */
async function listen(client: AgentClient, latencies: number[]): Promise<void> {
  for await (const message of client) {
    if ('latencyMs' in message && message.latencyMs !== undefined) latencies.push(message.latencyMs);
  }
}

async function speak(client: AgentClient): Promise<void> {
  let left = (WARM_UP_SECONDS + Number(values.seconds)) * 16000;
  const speech = new PacedSource({
    open: () => openAudioFile(RECORDING),
    clock: SYSTEM_CLOCK,
    loop: true,
    chunkMs: CHUNK_MS,
  });
  for await (const { samples } of speech) {
    await client.send(samples);
    left -= samples.length;
    if (left <= 0) break;
  }
  client.stop();
}

async function metricsOf(page: string): Promise<{ cpuSeconds: number; residentBytes: number }> {
  const text = await (await fetch(`${page}metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} ([\\d.e+]+)`, 'm').exec(text)?.[1]);
  return {
    cpuSeconds: value('process_cpu_seconds_total'),
    residentBytes: value('process_resident_memory_bytes'),
  };
}
