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

test('on a narrow phone the tools keep their names, and a copy is confirmed', BROWSER_TEST, async (t) => {
  const viewport = { width: 320, height: 640 };
  const { page, wav } = await openPage(t, { browser: { context: { viewport } } });
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.setInputFiles('#file', wav);
  await hasText(page, '.line:not(.live) p', LINES[2] ?? '');
  await page.getByRole('button', { name: 'Clear', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor();
  await page.locator('#copied:empty').waitFor({ state: 'attached' }); // to be announced the next time too
});

test(
  'the transcript is one stop of the Tab key, and the arrow keys go on from there',
  BROWSER_TEST,
  async (t) => {
    const { page } = await openPage(t);
    await readReel(page, 6);
    await page.focus('#clear');
    await page.keyboard.press('Tab');
    assert.equal(await lineInFocus(page), 0);
    for (const [key, line] of [
      ['ArrowDown', 1],
      ['End', 17],
      ['ArrowDown', 17],
      ['ArrowUp', 16],
    ] as const) {
      await page.keyboard.press(key);
      assert.equal(await lineInFocus(page), line, key);
    }
    await page.keyboard.press('Tab');
    assert.equal(await lineInFocus(page), -1);
    await page.keyboard.press('Shift+Tab');
    assert.equal(await lineInFocus(page), 16);
    await page.keyboard.press('Home');
    assert.equal(await lineInFocus(page), 0);
  },
);

test('a line that comes into focus comes into sight', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t, { browser: { context: { viewport: { width: 360, height: 640 } } } });
  await readReel(page, 6);
  await page.evaluate('scrollTo(0, 0)');
  await page.locator('.line p').first().focus();
  for (const key of [...Array(9).fill('ArrowDown'), ...Array(5).fill('ArrowUp')]) {
    await page.keyboard.press(key);
    assert.equal(await page.evaluate(isFocusInSight), true, `line ${await lineInFocus(page)} after ${key}`);
  }
});

test(
  'the transcript has the language of the model, and each line its own direction',
  BROWSER_TEST,
  async (t) => {
    const { page, wav } = await openPage(t);
    await page.setInputFiles('#file', wav);
    await hasText(page, '.line:not(.live) p', LINES[2] ?? '');
    for (const id of ['#lines', '#announcer']) assert.equal(await page.getAttribute(id, 'lang'), 'en', id);
    const line = page.locator('.line p').first();
    await line.evaluate((paragraph) => paragraph.replaceChildren('מוזיקה'));
    assert.equal(await line.evaluate((paragraph) => getComputedStyle(paragraph).direction), 'rtl');
  },
);

test('in a line from right to left the left arrow leads to the next word', BROWSER_TEST, async (t) => {
  const { page, wav } = await openPage(t);
  await page.setInputFiles('#file', wav);
  await hasText(page, '.line:not(.live) p', LINES[2] ?? '');
  const line = page.locator('.line p').first();
  await line.evaluate((paragraph) => {
    for (const word of paragraph.children) word.textContent = 'מוזיקה';
  });
  const pointed = () =>
    line.evaluate(({ children }) =>
      [...children].findIndex(({ classList }) => classList.contains('pointed')),
    );
  const places: number[] = [];
  for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowRight']) {
    await line.press(key);
    places.push(await pointed());
  }
  assert.deepEqual(places, [0, 1, 2, 1]);
});

test('the chosen piece of a bar has an edge that can be told from the bar', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t);
  const [shadow, edge] = await page.evaluate(() => {
    const chosen = document.querySelector('.segments :checked + span') ?? document.body;
    return [getComputedStyle(chosen).boxShadow, getComputedStyle(chosen).getPropertyValue('--faint')];
  });
  assert.ok(shadow?.includes(`${edge} 0px 0px 0px 1.5px inset`), shadow); // its contrast: contrast.test.ts
});

test(
  'what is on and what is off differ in the colours of the system (screenshots kept)',
  BROWSER_TEST,
  async (t) => {
    const { page } = await openPage(t, { browser: { context: { forcedColors: 'active' } } });
    await hasText(page, '#link', 'Daemon ready');
    for (const bar of ['#tasks', '#sources']) {
      const chosen = await backgroundOf(page, `${bar} :checked + span`);
      assert.notEqual(await backgroundOf(page, `${bar} input:not(:checked) + span`), chosen, bar);
    }
    const off = await backgroundOf(page, '.switch i');
    await page.getByLabel('Readable text').check();
    assert.notEqual(await backgroundOf(page, '.switch i'), off);
    assert.notEqual(await backgroundOf(page, '#meter-fill'), await backgroundOf(page, '.meter'));
    await page.click('#go');
    await page.locator('.live .word').nth(3).waitFor();
    await page.screenshot({ path: join(ARTEFACTS, 'forced-colours.png') });
    await page.getByLabel('Commands').check();
    await page.fill('#grammar', 'intents: [');
    await hasText(page, '#grammar-fault', /^Line 1/);
    await page.screenshot({ path: join(ARTEFACTS, 'forced-colours-commands.png') });
  },
);

/** Counted from 0; -1 when the focus is elsewhere. */
function lineInFocus(page: Page): Promise<number> {
  return page.evaluate(() =>
    [...document.querySelectorAll('.line p')].indexOf(document.activeElement as Element),
  );
}

/** Whether the middle of what has the focus can be pointed at. Runs in the page. */
function isFocusInSight(): boolean {
  const { left, top, height } = document.activeElement?.getBoundingClientRect() ?? new DOMRect();
  return document.elementFromPoint(left + 4, top + height / 2)?.closest('p') === document.activeElement;
}

/** Once it no longer changes. */
async function backgroundOf(page: Page, selector: string): Promise<string> {
  return page
    .locator(selector)
    .first()
    .evaluate(async (element) => {
      await Promise.all(element.getAnimations().map(({ finished }) => finished));
      return getComputedStyle(element).backgroundColor;
    });
}
