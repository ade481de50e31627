import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { BROWSER_TEST } from './chromium.ts';
import { hasText, LINES, openPage, readReel } from './open-page.ts';

/** Ignored by git: to be looked at by a person after a change of the page. */
const ARTEFACTS = fileURLToPath(new URL('../artefacts/', import.meta.url));

mkdirSync(ARTEFACTS, { recursive: true });

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [name, viewport] of Object.entries({
    phone: { width: 320, height: 640 },
    desktop: { width: 1280, height: 800 },
  })) {
    test(
      `nothing is cut off on a ${name} in ${colorScheme} colours (screenshots kept)`,
      BROWSER_TEST,
      async (t) => {
        const { page } = await openPage(t, { browser: { context: { viewport, colorScheme } } });
        await hasText(page, '#link', 'Daemon ready');
        await shoot(page, `${name}-${colorScheme}-empty`);
        await page.click('#go');
        await page.locator('.live .word').nth(4).waitFor();
        await hasText(page, '.line:not(.live) p', LINES[0] ?? '');
        await page.locator('.live .word').nth(4).waitFor();
        await shoot(page, `${name}-${colorScheme}-listening`);
        await fits(page, viewport.width);
      },
    );
  }
}

test('the head of a phone has room for what is wrong', BROWSER_TEST, async (t) => {
  const viewport = { width: 320, height: 640 };
  const { page, server } = await openPage(t, { browser: { context: { viewport } } });
  await fits(page, viewport.width); // looking for the daemon
  await page.click('#go');
  await hasText(page, '#link', 'Connected');
  await server.server.stop();
  await saysInHead(page, 'Connection lost');
  await page.click('#go'); // stop,
  await page.click('#go'); // and do not wait for the last words
  await saysInHead(page, 'Daemon not reachable');
});

test('the words have at least half of a low window', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t);
  await readReel(page, 6);
  for (const [width, height] of [
    [844, 390],
    [640, 360],
    [915, 412],
    [320, 200],
    [1280, 400],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight / 2)');
    const free = await page.evaluate(freeRows);
    assert.ok(free >= height / 2, `${free} px of ${width} × ${height}`);
    await fits(page, width);
    await shoot(page, `low-${width}`);
  }
});

test('the button to the newest words is covered by nothing', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t);
  await readReel(page, 6);
  await page.getByLabel('Microphone', { exact: true }).check();
  await page.click('#go');
  for (const [width, height] of [
    [360, 640],
    [768, 1024],
    [1280, 720],
    [320, 200],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.evaluate('scrollTo(0, 0)');
    await page.locator('#latest').waitFor();
    assert.equal(await page.evaluate(isInFront, '#latest'), true, `at ${width} × ${height}`);
    await showNotice(page, true);
    assert.equal(await page.evaluate(isInFront, '#latest'), true, `over a notice at ${width} × ${height}`);
    await showNotice(page, false);
  }
  await page.click('#latest');
  await page.locator('#latest').waitFor({ state: 'hidden' });
});

async function fits(page: Page, width: number): Promise<void> {
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
}

/** Waits for a state of the connection and looks whether all of it can be read on a small phone. */
async function saysInHead(page: Page, state: string): Promise<void> {
  await hasText(page, '#link', state);
  await fits(page, 320);
  const isCut = await page
    .locator('#link-text')
    .evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
  assert.equal(isCut, false, `${state} is cut off`);
  await shoot(page, `phone-${state.replaceAll(' ', '-').toLowerCase()}`);
}

/** Share of the width up to which the picture shows sound, left of the line that marks the end of the words. Runs in the page. */
function soundShare(): number {
  const canvas = document.querySelector('canvas')!;
  const { width } = canvas;
  const { data } = canvas.getContext('2d')!.getImageData(0, Math.floor(canvas.height / 3), width, 1);
  const alphas = Array.from({ length: width }, (_, x) => data[4 * x + 3] ?? 0);
  const mark = alphas.lastIndexOf(255);
  return alphas.slice(0, mark - 3).findLastIndex((alpha) => alpha > 20) / width;
}

/** Pixels of the height that nothing covers which stays in sight. Runs in the page. */
function freeRows(): number {
  const rows = Array.from({ length: window.innerHeight }, (_, y) => y);
  return rows.filter((y) => !document.elementFromPoint(8, y)?.closest('.bar, .strip, .foot')).length;
}

/** Whether the top, the middle and the foot of an element can be pointed at. Runs in the page. */
function isInFront(selector: string): boolean {
  const element = document.querySelector(selector);
  const { left, top, width, height } = element?.getBoundingClientRect() ?? new DOMRect();
  return [0.1, 0.5, 0.9].every(
    (share) =>
      document.elementFromPoint(left + width / 2, top + height * share)?.closest('button') === element,
  );
}

const showNotice = (page: Page, shown: boolean) =>
  page.locator('#notice').evaluate((notice, shown) => {
    (notice as HTMLElement).hidden = !shown;
  }, shown);

const shoot = (page: Page, name: string) => page.screenshot({ path: join(ARTEFACTS, `${name}.png`) });

test('of a long transcript whole parts are left out where they are not in sight', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t);
  await readReel(page, 70);
  const skipped = await page.evaluate(() => ({
    pieces: [...document.querySelectorAll('#lines *')].filter(
      (element) => getComputedStyle(element).contentVisibility === 'auto',
    ).length,
    firstLine: !document.querySelector('.line p')?.checkVisibility({ contentVisibilityAuto: true }),
  }));
  assert.deepEqual(skipped, { pieces: 2, firstLine: true });
  const line = page.locator('.line').nth(130);
  await line.locator('.word').first().hover();
  await hasText(page, '#tip', (await line.locator('time').innerText()).trim());
  await line.locator('p').press('Home');
  await page.waitForFunction(() => document.querySelector('.line p') === document.activeElement);
  assert.ok(((await page.locator('.line p').first().boundingBox())?.y ?? -1) > 0);
});

test('the picture of a file fills the window also when that becomes wider', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t);
  await page.setViewportSize({ width: 500, height: 800 });
  await readReel(page, 1);
  const narrow = await page.evaluate(soundShare);
  await page.setViewportSize({ width: 1200, height: 800 });
  await page.waitForFunction(() => document.querySelector('canvas')?.width === 1200);
  const wide = await page.evaluate(soundShare);
  assert.ok(narrow > 0.5, `${narrow} of the width`);
  assert.ok(Math.abs(wide - narrow) < 0.05, `${narrow} of the width, then ${wide}`);
});
