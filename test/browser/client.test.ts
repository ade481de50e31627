import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { RecordingEngine } from '../support/recording-engine.ts';
import { startTestServer } from '../support/test-server.ts';
import { BROWSER_TEST, openBrowser, SKIP_WITHOUT_CHROMIUM } from './chromium.ts';
import { failOnPageErrors } from './open-page.ts';

const ROOT = new URL('../../', import.meta.url);
const SPEECH = 'test/fixtures/speech/heart-light.wav';
const WAV_HEADER_BYTES = 44;
const WORD_SAMPLES = 8000;

const read = (path: string) => readFileSync(new URL(path, ROOT));
/** What a bundler would take for a browser. */
const entry = JSON.parse(String(read('package.json'))).exports['./client'].browser as string;
const notBuilt = !existsSync(new URL(entry, ROOT)) && 'the package is not built: npm run build';
const CLIENT_TEST = { ...BROWSER_TEST, skip: SKIP_WITHOUT_CHROMIUM || notBuilt };

/** A page as somebody might write it, who has no bundler. The test says where the server is, and cuts. */
const PAGE = `<!doctype html>
<title>speech</title>
<script type="importmap">{ "imports": { "earshot/client": "${new URL(entry, 'http://x/').pathname}" } }</script>
<script type="module">
  import { connect } from 'earshot/client';

  const wav = await (await fetch('/${SPEECH}')).arrayBuffer();
  const samples = new Int16Array(wav, ${WAV_HEADER_BYTES});

  async function* speech() {
    for (let at = 0; at < samples.length; at += 1600) {
      if (at === 16000) await cut();
      yield samples.subarray(at, at + 1600);
    }
  }

  window.transcribe = async (request) => {
    const stream = await connect(request);
    void stream.sendAll(speech());
    const events = [];
    for await (const { type, text } of stream) events.push({ type, text });
    return events;
  };
  window.codeOfFailure = (request) => connect(request).catch(({ code }) => code);
</script>
`;

/** A site of its own, on another port than the daemon. */
async function startSite(t: TestContext): Promise<string> {
  const site = createServer(({ url = '/' }, response) => {
    const type = { '.js': 'text/javascript', '.wav': 'audio/wav' }[extname(url)] ?? 'text/html';
    response.setHeader('content-type', type);
    if (url === '/favicon.ico') response.statusCode = 404;
    response.end(type === 'text/html' ? PAGE : read(url.slice(1)));
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  t.after(() => site.close());
  return `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
}

for (const [cut, what] of [
  ['both', 'a connection that is cut'],
  ['silent', 'a network that goes silent'],
] as const) {
  test(`a page gets the transcript of its sound over ${what}`, CLIENT_TEST, async (t) => {
    const origin = await startSite(t);
    const engine = new RecordingEngine();
    const config = { token: 'open sesame', allowedOrigins: [origin] };
    const { httpUrl } = await startTestServer(t, { engine, config });
    const proxy = await CuttingProxy.start(t, Number(new URL(httpUrl).port));
    const page = await (await openBrowser(t)).newPage();
    failOnPageErrors(t, page);
    await page.exposeFunction('cut', () => proxy.cut(cut));
    await page.goto(origin);
    await page.waitForFunction('window.transcribe !== undefined');

    const request = {
      url: `ws://127.0.0.1:${proxy.port}/v1/stream`,
      backOff: { minMs: 50 },
      lostAfterMs: 1000,
    };
    assert.equal(await page.evaluate(`codeOfFailure(${JSON.stringify(request)})`), 'SERVER_UNREACHABLE');
    const withToken = JSON.stringify({ ...request, token: config.token });
    const events = (await page.evaluate(`transcribe(${withToken})`)) as { type: string; text?: string }[];

    const wav = read(SPEECH);
    const samples = new Int16Array(new Uint8Array(wav.subarray(WAV_HEADER_BYTES)).buffer);
    assert.deepEqual(engine.last.samples, samples);
    const words = Array.from(
      { length: Math.floor(samples.length / WORD_SAMPLES) },
      (_, index) => `word${index}`,
    );
    const finals = events.filter(({ type }) => type === 'final').map(({ text }) => text);
    assert.deepEqual(finals, [words.join(' ')]);
    const kinds = new Set(events.map(({ type }) => type));
    assert.ok(kinds.has('disconnected') && kinds.has('resumed'), [...kinds].join(' '));
    assert.equal(engine.streams.length, 1);
  });
}
