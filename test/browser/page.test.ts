import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { WebSocket } from 'ws';
import { SKIP_WITHOUT_CHROMIUM } from './chromium.ts';
import { hasText, LINES, openPage, REEL, startDaemon } from './open-page.ts';
import { ReelMicrophone } from './reel-microphone.ts';
import { ScriptedEngine } from './scripted-engine.ts';
import { toWav } from './speech-reel.ts';

const options = { skip: SKIP_WITHOUT_CHROMIUM, timeout: 120_000 };

test('a press of the button turns speech into words: faint, then stable, then final', options, async (t) => {
  const { page } = await openPage(t);
  await hasText(page, '#link', 'Daemon ready');
  await page.click('#go');
  await page.locator('.live .word.faint').first().waitFor();
  await hasText(page, '#link', 'Connected');
  await page.locator('.live .word:not(.faint)').first().waitFor();
  await hasText(page, '.line:not(.live) p', LINES[0] ?? '');
  assert.match(await page.locator('.line time').first().innerText(), /^0:0\d$/);
  assert.match(await page.locator('#latency').innerText(), /\d+ ms\s+behind you/);
  assert.ok(Number(await page.locator('#meter').getAttribute('value')) <= 0);
  await hasText(page, '#announcer', LINES[0] ?? '');
});

test('stop brings the last words and lets the microphone go', options, async (t) => {
  const { page } = await openPage(t);
  await page.keyboard.press('Space');
  await page.locator('.live .word').nth(3).waitFor();
  await page.keyboard.press('Space');
  await hasText(page, '#hint', 'Press to speak');
  assert.equal(await page.locator('.live').count(), 0);
  assert.deepEqual(await finals(page), [LINES[0]]);
});

test('a chosen file is read to its last word', options, async (t) => {
  const { page, wav } = await openPage(t);
  await page.setInputFiles('#file', wav);
  await hasText(page, '.line:not(.live) p', LINES[2] ?? '');
  assert.deepEqual(await finals(page), LINES);
  await hasText(page, '#hint', 'Choose or drop a file');
});

test('a dropped file is read; what it replaces can be brought back', options, async (t) => {
  const { page } = await openPage(t);
  await page.evaluate(dropOf(toWav(REEL.samples)));
  await hasText(page, '.line:not(.live) p', LINES[2] ?? '');
  await page.evaluate(dropOf(toWav(REEL.samples)));
  await hasText(page, '#notice', 'put aside');
  await hasText(page, '.line:not(.live) p', LINES[2] ?? '');
  await page.click('#notice-action');
  assert.deepEqual(await finals(page), LINES);
});

test('a file without sound is refused in words', options, async (t) => {
  const { page } = await openPage(t);
  await page.evaluate(dropOf(Buffer.from('this is no sound')));
  await hasText(page, '#notice', 'This file can not be played');
});

test('a killed daemon is seen, and found again with nothing lost', options, async (t) => {
  const { page, server, wav } = await openPage(t);
  await page.evaluate("localStorage.setItem('earshot.real-time', 'yes')");
  await page.setInputFiles('#file', wav);
  await hasText(page, '.line:not(.live) p', LINES[0] ?? '');
  await server.server.stop();
  await hasText(page, '#link', 'Connection lost');
  await hasText(page, '#notice', 'The daemon does not answer');
  await startDaemon(t, {
    port: Number(new URL(server.httpUrl).port),
    engine: new ScriptedEngine(restOfReel()),
  });
  await hasText(page, '#link', 'Connected');
  await page.locator('#notice').waitFor({ state: 'hidden' });
  await hasText(page, '.line:not(.live) p', LINES[2] ?? '');
});

test('a refused microphone is explained', options, async (t) => {
  const { page } = await openPage(t, { browser: { denyMicrophone: true } });
  await page.click('#go');
  await hasText(page, '#notice', 'The microphone is not allowed');
  await hasText(page, '#notice-action', 'Try again');
  await hasText(page, '#hint', 'Press to speak');
});

test('a page on an insecure address says why it gets no microphone', options, async (t) => {
  const { page, server } = await openPage(t, { browser: { hostNames: ['earshot.test'] } });
  await page.goto(server.httpUrl.replace('127.0.0.1', 'earshot.test'));
  await page.click('#go');
  await hasText(page, '#notice', 'keeps the microphone locked');
});

test('a wrong token is asked for and, once right, the words come', options, async (t) => {
  const { page } = await openPage(t, { server: { config: { token: 'open sesame' } } });
  await page.click('#go');
  await hasText(page, '#notice', 'The daemon wants a token');
  await page.click('#notice-action');
  await page.fill('#token', 'open sesame');
  await page.keyboard.press('Enter');
  await hasText(page, '#link', 'Connected');
  await page.locator('.word').first().waitFor();
});

test('a token in the link works and does not stay in the address', options, async (t) => {
  const { page } = await openPage(t, {
    server: { config: { token: 'open sesame' } },
    path: '/#token=open%20sesame',
  });
  assert.doesNotMatch(page.url(), /sesame/);
  await page.click('#go');
  await page.locator('.word').first().waitFor();
});

test('a fully booked daemon is named, and the next free place is taken', options, async (t) => {
  const { page, server } = await openPage(t, { server: { config: { maxClients: 1 } } });
  const other = new WebSocket(`${server.url}/v1/stream`);
  await once(other, 'open');
  await page.click('#go');
  await hasText(page, '#notice', 'fully booked');
  other.close();
  await hasText(page, '#link', 'Connected');
});

test('the daemon’s own microphone is followed, with its level', options, async (t) => {
  const { page } = await openPage(t, { server: { microphone: new ReelMicrophone(REEL.samples) } });
  await page.getByLabel('Daemon', { exact: true }).check();
  await page.click('#go');
  await hasText(page, '#hint', 'Following');
  await page.locator('.line .word').first().waitFor();
  await page.waitForFunction(() => Number(document.querySelector('meter')?.value) > -50);
});

test('a daemon without a microphone says so', options, async (t) => {
  const { page } = await openPage(t);
  await page.getByLabel('Daemon', { exact: true }).check();
  await page.click('#go');
  await hasText(page, '#notice', 'The daemon has no microphone');
});

test('words show their time and confidence to pointer and keyboard', options, async (t) => {
  const { page, wav } = await openPage(t);
  await page.setInputFiles('#file', wav);
  await hasText(page, '.line:not(.live) p', LINES[2] ?? '');
  await page.locator('.word').first().hover();
  assert.match(await page.locator('#tip').innerText(), /turn:\s9\d % sure 0:00\.\d\d – 0:00\.\d\d/);
  await page.locator('.line p').first().focus();
  await page.keyboard.press('ArrowRight');
  assert.match(await page.locator('#tip').innerText(), /^on:\s\d+ % sure/);
});

test(
  'the transcript is copied, saved as text and as subtitles, cleared and brought back',
  options,
  async (t) => {
    const { page, wav } = await openPage(t);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.setInputFiles('#file', wav);
    await hasText(page, '.line:not(.live) p', LINES[2] ?? '');
    await page.click('#copy');
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), LINES.join('\n'));
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

/** What the daemon hears when the page goes on after the first line. */
function restOfReel() {
  const [first, ...rest] = REEL.lines;
  const heard = first?.at(-1)?.end ?? 0;
  return rest.map((words) =>
    words.map((word) => ({ ...word, start: word.start - heard, end: word.end - heard })),
  );
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
