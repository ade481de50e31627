/** Writes the picture of the page for the README: `node --import tsx test/browser/make-screenshot.ts [FILE]`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { PAGE_FOLDER } from '../../agent/server/page-files.ts';
import { startTestServer } from '../support/test-server.ts';
import { openBrowser, SKIP_WITHOUT_CHROMIUM } from './chromium.ts';
import { ScriptedEngine } from './scripted-engine.ts';
import { joinClips, toWav } from './speech-reel.ts';

const CLIPS = ['heart-rain.wav', 'rms-train.wav', 'heart-light.wav', 'rms-tea.wav', 'heart-river.wav'];
/** The last line is under way, with enough of it said to show its faint end. */
const WORDS_OF_LAST_LINE = 9;

const path = process.argv[2] ?? join(PAGE_FOLDER, 'screenshot.png');

test('screenshot', { skip: SKIP_WITHOUT_CHROMIUM }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-screenshot-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const reel = joinClips(CLIPS, 0.75);
  const microphone = join(folder, 'reel.wav');
  writeFileSync(microphone, toWav(reel.samples));
  const server = await startTestServer(t, {
    pageFolder: PAGE_FOLDER,
    engine: new ScriptedEngine(reel),
  });
  const viewport = { width: 1280, height: 720 };
  const context = { viewport, deviceScaleFactor: 1.2, colorScheme: 'light' } as const;
  const browser = await openBrowser(t, { microphone, context });
  const page = browser.pages()[0] ?? (await browser.newPage());
  await page.goto(server.httpUrl);
  await page.click('#go');
  await page.locator(`.line:nth-child(${CLIPS.length}) .word`).nth(WORDS_OF_LAST_LINE).waitFor();
  await page.waitForTimeout(150);
  await page.screenshot({ path });
});
