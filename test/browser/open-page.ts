import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { PAGE_FOLDER } from '../../agent/server/page-files.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/test-server.ts';
import { type BrowserOptions, openBrowser } from './chromium.ts';
import { ScriptedEngine } from './scripted-engine.ts';
import { joinClips, toWav } from './speech-reel.ts';

/** What the microphone of the browser plays, and the daemon's, and what is in the file. */
export const REEL = joinClips(['heart-light.wav', 'rms-tea.wav', 'rms-timer.wav'], 0.9);
export const LINES = REEL.lines.map((words) => words.map(({ text }) => text).join(' '));

export interface OpenPage {
  readonly page: Page;
  readonly server: TestServer;
  readonly wav: string;
}

/** A daemon that knows what will be said, and its page in a browser whose microphone says it. */
export async function openPage(
  t: TestContext,
  {
    browser = {},
    server: serverOptions = {},
    path = '/',
  }: Partial<{
    browser: BrowserOptions;
    server: TestServerOptions;
    path: string;
  }> = {},
): Promise<OpenPage> {
  const server = await startDaemon(t, serverOptions);
  const wav = await reelFile(t);
  const context = await openBrowser(t, { microphone: wav, ...browser });
  const page = context.pages()[0] ?? (await context.newPage());
  failOnPageErrors(t, page);
  await page.goto(`${server.httpUrl}${path}`);
  return { page, server, wav };
}

/** A server with the page and an engine that knows what will be said. */
export function startDaemon(t: TestContext, serverOptions: TestServerOptions = {}): Promise<TestServer> {
  return startTestServer(t, {
    pageFolder: PAGE_FOLDER,
    engine: new ScriptedEngine(REEL),
    ...serverOptions,
  });
}

async function reelFile(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-reel-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'reel.wav');
  writeFileSync(path, toWav(REEL.samples));
  return path;
}

/** Lets the page read a file in which the reel is said so many times over. */
export async function readReel(page: Page, times: number): Promise<void> {
  const samples = new Int16Array(times * REEL.samples.length);
  for (let time = 0; time < times; time += 1) samples.set(REEL.samples, time * REEL.samples.length);
  await page.setInputFiles('#file', { name: 'reel.wav', mimeType: 'audio/wav', buffer: toWav(samples) });
  await page
    .locator('.line:not(.live)')
    .nth(times * LINES.length - 1)
    .waitFor();
  await hasText(page, '#hint', 'Choose or drop a file');
}

/** Waits for words in the transcript that are not there yet. */
export async function hearsMore(page: Page): Promise<void> {
  const before = await page.locator('#lines').innerText();
  await page.waitForFunction(
    (text) => document.querySelector<HTMLElement>('#lines')?.innerText !== text,
    before,
  );
}

/** Exceptions, and what the security policy of the page refuses. */
export function failOnPageErrors(t: TestContext, page: Page): void {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) errors.push(message.text());
  });
  t.after(() => assert.deepEqual(errors, []));
}

/** Waits until something that matches the selector holds the text. */
export const hasText = (page: Page, selector: string, text: string | RegExp) =>
  page.locator(selector).filter({ hasText: text }).first().waitFor();

/** Waits until the element comes to hold the text, for however short a time: `hasText` looks at intervals. */
export const comesToHold = (page: Page, selector: string, text: string) =>
  page.evaluate(
    ([selector, text]) =>
      new Promise<void>((resolve) => {
        const element = document.querySelector(selector)!;
        new MutationObserver(() => {
          if (element.textContent.includes(text)) resolve();
        }).observe(element, { childList: true, characterData: true, subtree: true });
      }),
    [selector, text] as const,
  );
