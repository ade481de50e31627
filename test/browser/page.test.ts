import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { WebSocket } from 'ws';
import { BROWSER_TEST } from './chromium.ts';
import { hasText, LINES, openPage, REEL, startDaemon } from './open-page.ts';
import { ReelMicrophone } from './reel-microphone.ts';
import { ScriptedEngine } from './scripted-engine.ts';
import { toWav } from './speech-reel.ts';

/** What the browser's microphone says, over and over. */
const ENDLESS_REEL = `${LINES.join(' ')} `.repeat(100);

/** Makes the stream of the microphone known as `microphone`. */
const KEEP_MICROPHONE = `{
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wanted) => (window.microphone = await open(wanted));
}`;

test(
  'a press of the button turns speech into words: faint, then stable, then final',
  BROWSER_TEST,
  async (t) => {
    const { page } = await openPage(t);
    await hasText(page, '#link', 'Daemon ready');
    await page.click('#go');
    await page.locator('.live .word.faint').first().waitFor();
    await hasText(page, '#link', 'Connected');
    await page.locator('.live .word:not(.faint)').first().waitFor();
    await hasText(page, '.line:not(.live) p', LINES[0] ?? '');
    assert.match(await page.locator('.line time').first().innerText(), /^0:0\d$/);
    assert.match(await page.locator('#latency').innerText(), /\d m?s\s+behind you/);
    assert.ok(Number(await page.locator('#meter').getAttribute('value')) <= 0);
    await hasText(page, '#announcer', LINES[0] ?? '');
  },
);

test('stop brings the last words and lets the microphone go', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t);
  await page.evaluate(KEEP_MICROPHONE);
  await page.keyboard.press('Space');
  await page.locator('.live .word').nth(1).waitFor();
  const shown = await page.locator('.line p').allInnerTexts();
  await page.keyboard.press('Space');
  await hasText(page, '#hint', 'Press to speak');
  assert.equal(await page.locator('.live').count(), 0);
  const said = (await finals(page)).join(' ');
  assert.ok(said.startsWith(shown.join(' ')), `${said} is less than ${shown}`);
  assert.ok(ENDLESS_REEL.startsWith(said), said);
  assert.deepEqual(await page.evaluate('microphone.getTracks().map((track) => track.readyState)'), ['ended']);
});

test('a chosen file is read to its last word', BROWSER_TEST, async (t) => {
  const { page, wav } = await openPage(t);
  await page.setInputFiles('#file', wav);
  await hasText(page, '.line:not(.live) p', LINES[2] ?? '');
  assert.deepEqual(await finals(page), LINES);
  await hasText(page, '#hint', 'Choose or drop a file');
});

test('a dropped file is read; what it replaces can be brought back', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t);
  await page.evaluate(dropOf(toWav(REEL.samples)));
  await hasText(page, '.line:not(.live) p', LINES[2] ?? '');
  await page.evaluate(dropOf(toWav(REEL.samples)));
  await hasText(page, '#notice', 'put aside');
  await hasText(page, '.line:not(.live) p', LINES[2] ?? '');
  await page.click('#notice-action');
  for (const line of LINES) await hasText(page, '.line:not(.live) p', line); // drawn in the next frame
  assert.deepEqual(await finals(page), LINES);
});

test('a file without sound is refused in words', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t);
  await page.evaluate(dropOf(Buffer.from('this is no sound')));
  await hasText(page, '#notice', 'This file can not be played');
});

test('a killed daemon is seen, and found again with nothing lost', BROWSER_TEST, async (t) => {
  const engine = new ScriptedEngine(REEL);
  const { page, server, wav } = await openPage(t, { server: { engine } });
  await page.evaluate("localStorage.setItem('earshot.real-time', 'yes')");
  await page.setInputFiles('#file', wav);
  await page.locator('.live .word').first().waitFor();
  await server.server.stop();
  await hasText(page, '#link', 'Connection lost');
  await hasText(page, '#notice', 'The daemon does not answer');
  await startDaemon(t, {
    port: Number(new URL(server.httpUrl).port),
    engine: new ScriptedEngine(REEL, engine.finalEnd),
  });
  await hasText(page, '#link', 'Connected');
  await page.locator('#notice').waitFor({ state: 'hidden' });
  await hasText(page, '#hint', 'Choose or drop a file');
  assert.equal((await finals(page)).join(' '), LINES.join(' '));
});

test(
  'stopped while the daemon is away, the page brings the last words when it is back',
  BROWSER_TEST,
  async (t) => {
    const engine = new ScriptedEngine(REEL);
    const { page, server } = await openPage(t, { server: { engine } });
    await page.click('#go');
    await page.locator('.live .word').first().waitFor();
    await server.server.stop();
    await hasText(page, '#link', 'Connection lost');
    const before = await finals(page);
    await page.click('#go');
    await hasText(page, '#hint', 'Last words');
    await startDaemon(t, {
      port: Number(new URL(server.httpUrl).port),
      engine: new ScriptedEngine(REEL, engine.finalEnd),
    });
    await hasText(page, '#hint', 'Press to speak');
    const after = await finals(page);
    assert.ok(after.length >= before.length && ENDLESS_REEL.startsWith(after.join(' ')), after.join(' '));
  },
);

test('a refused microphone is explained', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t, { browser: { denyMicrophone: true } });
  await page.click('#go');
  await hasText(page, '#notice', 'The microphone is not allowed');
  await hasText(page, '#notice-action', 'Try again');
  await hasText(page, '#hint', 'Press to speak');
});

test('a page on an insecure address says why it gets no microphone', BROWSER_TEST, async (t) => {
  const { page, server } = await openPage(t, { browser: { hostNames: ['earshot.test'] } });
  await page.goto(server.httpUrl.replace('127.0.0.1', 'earshot.test'));
  await page.click('#go');
  await hasText(page, '#notice', 'keeps the microphone locked');
});

test('a wrong token is asked for and, once right, the words come', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t, { server: { config: { token: 'open sesame' } } });
  await page.click('#go');
  await hasText(page, '#notice', 'The daemon wants a token');
  await page.click('#notice-action');
  await page.fill('#token', 'open sesame');
  await page.keyboard.press('Enter');
  await hasText(page, '#link', 'Connected');
  await page.locator('.word').first().waitFor();
});

test('a token in the link works and does not stay in the address', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t, {
    server: { config: { token: 'open sesame' } },
    path: '/#token=open%20sesame',
  });
  assert.doesNotMatch(page.url(), /sesame/);
  await page.click('#go');
  await page.locator('.word').first().waitFor();
});

test('a fully booked daemon is named, and the next free place is taken', BROWSER_TEST, async (t) => {
  const { page, server } = await openPage(t, { server: { config: { maxClients: 1 } } });
  const other = new WebSocket(`${server.url}/v1/stream`);
  await once(other, 'open');
  await page.click('#go');
  await hasText(page, '#notice', 'fully booked');
  other.close();
  await hasText(page, '#link', 'Connected');
});

test('the daemon’s own microphone is followed, with its level', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t, { server: { microphone: new ReelMicrophone(REEL.samples) } });
  await page.getByLabel('Daemon', { exact: true }).check();
  await page.click('#go');
  await hasText(page, '#hint', 'Following');
  await page.locator('.line .word').first().waitFor();
  await page.waitForFunction(() => Number(document.querySelector('meter')?.value) > -50);
});

test(
  'what ails the daemon’s microphone, and what to do, can be read until it is well',
  BROWSER_TEST,
  async (t) => {
    const viewport = { width: 320, height: 640 };
    const microphone = new ReelMicrophone(REEL.samples);
    const { page, server } = await openPage(t, {
      server: { microphone },
      browser: { context: { viewport } },
    });
    await page.getByLabel('Daemon', { exact: true }).check();
    await page.click('#go');
    await hasText(page, '#hint', 'Following');
    const detail = 'arecord delivered only zeros for 10 s. Is the microphone muted or unplugged?';
    server.hub.onStatus({ ...microphone.status, state: 'silent', detail });
    await hasText(page, '#hint', 'Microphone silent');
    await page.getByText(detail).waitFor(); // waits until it is seen
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), viewport.width);
    server.hub.onStatus(microphone.status);
    await page.locator('#microphone-detail:empty').waitFor({ state: 'attached' });
  },
);

test('a daemon without a microphone says so', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t);
  await page.getByLabel('Daemon', { exact: true }).check();
  await page.click('#go');
  await hasText(page, '#notice', 'The daemon has no microphone');
});

test('words show their time and confidence to pointer and keyboard', BROWSER_TEST, async (t) => {
  const { page, wav } = await openPage(t);
  await page.setInputFiles('#file', wav);
  await hasText(page, '.line:not(.live) p', LINES[2] ?? '');
  await page.locator('.word').first().hover();
  await hasText(page, '#tip', /turn:\s9\d % sure 0:00\.\d\d – 0:00\.\d\d/);
  await page.mouse.move(1, 1);
  await page.locator('#tip').waitFor({ state: 'hidden' });
  await page.locator('.line p').first().press('ArrowRight');
  await hasText(page, '#tip', /^turn:/);
  await page.evaluate("document.dispatchEvent(new Event('scroll'))"); // as when a new line comes
  await page.keyboard.press('ArrowRight');
  await hasText(page, '#tip', /^on:\s\d+ % sure/);
});

test(
  'the transcript is copied, saved as text and as subtitles, cleared and brought back',
  BROWSER_TEST,
  async (t) => {
    const { page, wav } = await openPage(t);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.setInputFiles('#file', wav);
    await hasText(page, '.line:not(.live) p', LINES[2] ?? '');
    await page.click('#copy');
    await page.waitForFunction(
      async (text) => (await navigator.clipboard.readText()) === text,
      LINES.join('\n'),
    );
    assert.match(await saved(page, '#save-text'), /^\[0:00\] turn on the kitchen light\n/);
    assert.match(
      await saved(page, '#save-srt'),
      /^1\n00:00:00,\d{3} --> 00:00:01,\d{3}\nturn on the kitchen light\n/,
    );
    await page.click('#clear');
    assert.deepEqual(await finals(page), []);
    await page.click('#notice-action');
    assert.deepEqual(await finals(page), LINES);
  },
);

async function finals(page: Page): Promise<string[]> {
  return page.locator('.line:not(.live) p').allInnerTexts();
}

/** An expression that drops a file on the page. */
function dropOf(bytes: Buffer): string {
  return `(() => {
    const bytes = Uint8Array.from(atob('${bytes.toString('base64')}'), (character) => character.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], 'reel.wav', { type: 'audio/wav' }));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  })()`;
}

async function saved(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
