import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { align } from '../../agent/evaluation/alignment.ts';
import { startDaemon } from '../support/daemon.ts';
import { BROWSER_TEST, openBrowser, SKIP_WITHOUT_CHROMIUM } from './chromium.ts';
import { failOnPageErrors, hasText, hearsMore } from './open-page.ts';

const pathOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const SPEECH = pathOf('test/fixtures/speech/two-sentences.wav');
const SPOKEN =
  'good morning my name is anna and i live in the north of england thank you i will call you back on friday afternoon';
/** Tells understanding from noise; how well the model does is measured by `earshot eval`. */
const MOST_LETTERS_WRONG = 0.65;
const SHIPPED_MODEL = pathOf('models/en-base');

async function openPage(t: TestContext, url: string): Promise<Page> {
  const context = await openBrowser(t, { microphone: SPEECH });
  const page = context.pages()[0] ?? (await context.newPage());
  failOnPageErrors(t, page);
  await page.goto(url);
  return page;
}

test('a daemon killed in the middle of speech is found again, and listens on', BROWSER_TEST, async (t) => {
  const { daemon, httpUrl } = await startDaemon(t);
  const page = await openPage(t, httpUrl);
  await page.click('#go');
  await page.locator('.word').first().waitFor();
  daemon.process.kill('SIGKILL');
  await hasText(page, '#link', 'Connection lost');
  await startDaemon(t, ['--no-microphone', '--port', new URL(httpUrl).port]);
  await hasText(page, '#link', 'Connected');
  await hearsMore(page);
});

test('a daemon that is stopped in good order says so and leaves its last words', BROWSER_TEST, async (t) => {
  const { daemon, httpUrl } = await startDaemon(t);
  const page = await openPage(t, httpUrl);
  await page.click('#go');
  await page.locator('.live .word').first().waitFor();
  daemon.process.kill('SIGTERM');
  await hasText(page, '#link', 'Connection lost');
  await page.locator('.line:not(.live) .word').first().waitFor();
});

test('a file that the daemon plays as its microphone is followed', BROWSER_TEST, async (t) => {
  const { httpUrl } = await startDaemon(t, ['--source', SPEECH, '--loop']);
  const page = await openPage(t, httpUrl);
  await page.getByLabel('Daemon', { exact: true }).check();
  await page.click('#go');
  await hasText(page, '#hint', 'Following');
  await page.locator('.word').first().waitFor();
});

test('the shipped model understands the speech of the fixtures', {
  ...BROWSER_TEST,
  skip: SKIP_WITHOUT_CHROMIUM || (!existsSync(SHIPPED_MODEL) && 'needs the shipped model in models/en-base'),
}, async (t) => {
  const { httpUrl } = await startDaemon(t, ['--no-microphone', '--model', SHIPPED_MODEL]);
  const page = await openPage(t, httpUrl);
  await page.setInputFiles('#file', SPEECH);
  await hasText(page, '#hint', 'Choose or drop a file');
  const text = (await page.locator('.line p').allInnerTexts()).join(' ');
  t.diagnostic(text);
  const pairs = align([...SPOKEN], [...text]);
  const wrong = pairs.filter(({ kind }) => kind !== 'match').length;
  assert.ok(wrong / SPOKEN.length < MOST_LETTERS_WRONG, text);
});
