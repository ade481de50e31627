import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { lookAtDaemon } from '../../agent/cli/daemon-look.ts';
import type { Look } from '../../agent/cli/daemon-reading.ts';
import { readDaemon } from '../../agent/cli/daemon-reading.ts';
import { FullScreen } from '../../agent/cli/full-screen.ts';
import { LatencyHistogram } from '../../agent/cli/latency-histogram.ts';
import { PrometheusText } from '../../agent/cli/prometheus-text.ts';
import { topLines } from '../../agent/cli/top-view.ts';
import { EarshotProcess, startDaemon } from '../support/daemon.ts';
import { NO_TERMINAL, TerminalProcess } from '../support/terminal.ts';
import { pcm, TestClient } from '../support/test-client.ts';

const SCRAPE = `# HELP seconds of something
# TYPE seconds histogram
seconds_bucket{le="0.1",origin="client"} 2
seconds_bucket{le="0.2",origin="client"} 8
seconds_bucket{le="+Inf",origin="client"} 10
seconds_bucket{le="0.1",origin="microphone"} 0
seconds_bucket{le="0.2",origin="microphone"} 0
seconds_bucket{le="+Inf",origin="microphone"} 0
info{text="a \\"quoted\\" \\\\ line\\nbreak",empty=""} 1
no value
negative -3.5e2 1700000000000
`;

test('a scrape is read with its labels, numbers and escapes; what is no sample is passed over', () => {
  const scrape = new PrometheusText(SCRAPE);
  assert.deepEqual(scrape.labels('info'), { text: 'a "quoted" \\ line\nbreak', empty: '' });
  assert.equal(scrape.sum('negative'), -350);
  assert.equal(scrape.sum('absent'), 0);
  assert.equal(scrape.labels('absent'), undefined);
  assert.equal(scrape.samples('seconds_bucket')[2]?.value, 10);
});

test('quantiles are linear within their bucket, and end at the last finite bound', () => {
  const histogram = LatencyHistogram.of(new PrometheusText(SCRAPE), 'seconds');
  assert.equal(histogram.quantile(0.2), 0.1);
  assert.ok(Math.abs((histogram.quantile(0.5) ?? 0) - 0.15) < 1e-9);
  assert.equal(histogram.quantile(0.99), 0.2);
  assert.equal(histogram.since(histogram).quantile(0.5), null);
});

test('rates are of the time between two looks, and a daemon that was started again counts from zero', () => {
  const before = look(10_000, { cpu: 5, busy: 1, audio: 10 });
  const now = look(12_000, { cpu: 6, busy: 1.5, audio: 20 });
  const reading = readDaemon(now, before);
  assert.equal(reading.cpuShare, 0.5);
  assert.equal(reading.realTimeFactor, 0.05);
  assert.equal(readDaemon(look(12_000, { cpu: 1, busy: 0, audio: 0 }), before).cpuShare, 0.5);
});

test('the time since the start is what the daemon says, whatever the clock of this machine is', () => {
  const metrics = new PrometheusText(
    'earshot_uptime_seconds 40\nprocess_start_time_seconds 3600\nprocess_cpu_seconds_total 10\n',
  );
  const reading = readDaemon({ ...look(12_000, { cpu: 0, busy: 0, audio: 0 }), metrics }, null);
  assert.deepEqual([reading.uptimeSeconds, reading.cpuShare], [40, 0.25]);
});

test('an earlier daemon, which does not say how long it runs, has dashes there', () => {
  const reading = readDaemon(look(12_000, { cpu: 6, busy: 0, audio: 0 }), null);
  assert.match(topLines('http://x', reading).join('\n'), /^process +up –, CPU – of a core,/m);
});

test('the time between two looks does not depend on the clock', async (t) => {
  const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const before = performance.now();
  const { atMs } = await lookAtDaemon(`http://127.0.0.1:${port}`, undefined);
  assert.ok(atMs >= before && atMs <= performance.now(), String(atMs));
});

test('top --once tells what a daemon does, and --json the same as numbers', async (t) => {
  const { url, httpUrl } = await startDaemon(t, ['--no-microphone']);
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.sendAudio(pcm(1));
  client.send({ type: 'stop' });
  await client.next('final');
  const idle = await TestClient.connect(`${url}/v1/stream`);
  await idle.next('ready');
  const text = await EarshotProcess.start(t, ['top', '--once', '--server', httpUrl]).ended;
  assert.match(text.stdout, /^Earshot \S+: ready\nat http:\S+\n/);
  assert.match(text.stdout, /^final latency +median \d+ ms, 95 % below \d+ ms$/m);
  assert.match(text.stdout, /^clients +\d native-stream$/m);
  const { stdout } = await EarshotProcess.start(t, ['top', '--once', '--json', '--server', httpUrl]).ended;
  const reading = JSON.parse(stdout) as ReturnType<typeof readDaemon>;
  assert.equal(reading.counts.finals, 1);
  assert.ok((reading.uptimeSeconds ?? 0) > 0 && (reading.uptimeSeconds ?? 0) < 120, stdout);
  assert.ok(reading.rssBytes > 1e7 && (reading.realTimeFactor ?? 0) > 0);
  idle.close();
});

test('in a terminal top draws over its second screen until Ctrl-C, and outlives the daemon', {
  skip: NO_TERMINAL,
}, async (t) => {
  const { daemon, httpUrl } = await startDaemon(t, ['--no-microphone']);
  const top = TerminalProcess.start(t, ['top', '--interval', '0.2', '--server', httpUrl]);
  await top.shows(/␛\[\?1049h.*␛\[HEarshot \S+: ready␛\[K\s+at http:\S+.*Ctrl-C ends\./s);
  await top.shows(/␛\[HEarshot \S+: ready␛\[K\s+at http:\S+/);
  daemon.process.kill('SIGKILL');
  await top.shows(/␛\[HThe daemon at http:\S+ does not answer\. Trying again …/);
  const port = new URL(httpUrl).port;
  await startDaemon(t, ['--no-microphone', '--port', port]);
  await top.shows(/␛\[HEarshot \S+: ready␛\[K\s+at http:\S+/);
  top.type('\x03');
  assert.equal(await top.ended(), 0);
  assert.match(top.written, /␛\[\?1049l$/, 'the first screen is back');
});

test('top says where no daemon answers, and what to start', async (t) => {
  const { code, stderr } = await EarshotProcess.start(t, ['top', '--once', '--server', 'http://127.0.0.1:1'])
    .ended;
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^earshot: SERVER_UNREACHABLE: No connection to http:\/\/127\.0\.0\.1:1\S+: .*earshot serve/,
  );
  const wrong = await EarshotProcess.start(t, ['top', '--server', 'kitchen']).ended;
  assert.equal(wrong.code, 2);
});

test('a daemon that is not ready says why, and what was never measured is a dash', () => {
  const { readiness, ...rest } = look(1000, { cpu: 0, busy: 0, audio: 0 });
  const notReady = { ...readiness, ready: false, reasons: ['the model loads'] };
  const lines = topLines('http://x', readDaemon({ ...rest, readiness: notReady }, null));
  assert.deepEqual(lines.slice(0, 2), ['Earshot 1.0.0: NOT READY: the model loads', 'at http://x']);
  assert.match(lines.join('\n'), /^final latency +–$/m);
});

test('in a narrow terminal nothing is cut off on the right: what does not fit goes on below', () => {
  const reading = readDaemon(look(1000, { cpu: 0, busy: 0, audio: 0 }), null);
  const words = (lines: readonly string[]) => lines.join(' ').replaceAll(': ', ' ').split(/\s+/);
  const whole = topLines('http://127.0.0.1:2750', reading);
  const narrow = topLines('http://127.0.0.1:2750', reading, 39);
  assert.deepEqual(words(narrow), words(whole));
  for (const line of narrow) assert.ok(line.length <= 39, line);
  assert.deepEqual(topLines('http://127.0.0.1:2750', reading, 200), whole);
});

test('a terminal of 40×24 shows all there is to tell, with the numbers of a day', () => {
  const reading = readDaemon(look(1000, { cpu: 0, busy: 0, audio: 0 }), null);
  const lines = topLines(
    'http://127.0.0.1:2750',
    {
      ...{ ...reading, uptimeSeconds: 93_784, cpuShare: 0.12, rssBytes: 312e6, realTimeFactor: 0.031 },
      ...{ streams: 3, workers: 1, meanBatchSize: 1.2, queuedSeconds: 0.02, queueAgeSeconds: 0.01 },
      ...{ precision: 'int8', microphone: { ...reading.microphone, state: 'listening' } },
      clients: ['native-stream', 'openai-realtime'].map((protocol) => ({ protocol, open: 12 })),
      partialLatencyMs: { median: 67, p95: 120 },
      finalLatencyMs: { median: 300, p95: 480 },
      counts: {
        ...reading.counts,
        finals: 1203,
        connectionsRefused: 31,
        messagesDropped: 12,
        errorsSent: 40,
      },
    },
    39,
  );
  let written = '';
  const terminal = { columns: 40, rows: 24, isTTY: true, write: (text: string) => (written = text) };
  new FullScreen(terminal).draw([...lines, '', 'Ctrl-C ends.']);
  assert.match(written, /worker restarts.*Ctrl-C ends\./s);
  assert.ok(written.split('\r\n').length <= 24);
});

function look(atMs: number, { cpu, busy, audio }: { cpu: number; busy: number; audio: number }): Look {
  const metrics = new PrometheusText(
    `process_cpu_seconds_total ${cpu}\nearshot_engine_busy_seconds_total ${busy}\nearshot_engine_audio_seconds_total ${audio}\n`,
  );
  const counters = { overruns: 0, droppedSamples: 0 };
  const microphone = {
    state: 'disabled',
    restarts: 0,
    counters,
  } as unknown as Look['readiness']['microphone'];
  const model = { name: 'fake', version: '1', language: 'en' };
  const readiness = {
    ready: true,
    reasons: [],
    version: '1.0.0',
    model,
    provider: 'cpu',
    rejectedProviders: [],
    microphone,
  };
  return { atMs, metrics, readiness: { ...readiness, clients: 0 } };
}
