import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { BROWSER_TEST } from './chromium.ts';
import { hasText, LINES, openPage } from './open-page.ts';

const TOKEN = { server: { config: { token: 'open sesame' } } };

/** Makes the browser keep nothing for the page, as with site data blocked. */
const BLOCK_SITE_DATA = `for (const name of ['localStorage', 'sessionStorage'])
  Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });`;

async function readFile(page: Page, wav: string): Promise<void> {
  await page.setInputFiles('#file', wav);
  await hasText(page, '.line:not(.live) p', LINES[2] ?? '');
  await hasText(page, '#hint', 'Choose or drop a file');
}

async function saveSettings(page: Page): Promise<void> {
  await page.click('#settings button[value=save]');
  await page.locator('#settings').waitFor({ state: 'hidden' });
  await page.evaluate('new Promise((resolve) => setTimeout(resolve))'); // the dialog says so a moment later
}

const phase = (page: Page) => page.evaluate('document.documentElement.dataset.phase');

test('saved settings read no file again', BROWSER_TEST, async (t) => {
  const { page, wav } = await openPage(t);
  await readFile(page, wav);
  await page.click('#settings-open');
  await page.check('#real-time');
  await saveSettings(page);
  assert.equal(await phase(page), 'idle');
  assert.ok(await page.locator('#notice').isHidden());
  assert.deepEqual(await page.locator('.line p').allInnerTexts(), LINES);
});

test('a token is still asked for when the settings are left without one', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t, TOKEN);
  await page.click('#go');
  await hasText(page, '#notice', 'The daemon wants a token');
  await page.click('#notice-action');
  await page.keyboard.press('Escape');
  await hasText(page, '#notice', 'The daemon wants a token');
  await page.click('#settings-open');
  await page.fill('#token', 'open sesame');
  await saveSettings(page);
  await page.locator('.word').first().waitFor();
  assert.ok(await page.locator('#notice').isHidden());
});

test('a link with a token that is opened in the page itself logs in', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t, TOKEN);
  await page.click('#go');
  await hasText(page, '#notice', 'The daemon wants a token');
  await page.evaluate("location.hash = 'token=open%20sesame'");
  await page.locator('.word').first().waitFor();
  assert.doesNotMatch(page.url(), /sesame/);
});

test('the page works where the browser keeps nothing for it', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t);
  await page.addInitScript(BLOCK_SITE_DATA);
  await page.reload();
  await hasText(page, '#link', 'Daemon ready');
  await page.click('#theme');
  await page.click('#settings-open');
  await page.check('#real-time');
  await saveSettings(page);
  await page.click('#settings-open');
  assert.ok(await page.isChecked('#real-time'));
  await page.keyboard.press('Escape');
  await page.click('#go');
  await page.locator('.word').first().waitFor();
});
