import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { BROWSER_TEST } from './chromium.ts';
import { comesToHold, hasText, hearsMore, LINES, openPage } from './open-page.ts';
import { SlowProxy } from './slow-proxy.ts';

/** A quarter of what speech needs. */
const SLOW_BYTES_PER_SECOND = 8000;

test('a network that has gone silent is noticed, and no word is lost', BROWSER_TEST, async (t) => {
  const { page, server } = await openPage(t);
  const proxy = await CuttingProxy.start(t, Number(new URL(server.httpUrl).port));
  await page.goto(`http://127.0.0.1:${proxy.port}/`);
  await page.click('#go');
  await page.locator('.word').first().waitFor();
  const lost = comesToHold(page, '#link', 'Connection lost');
  proxy.cut('silent');
  await lost;
  await hasText(page, '#link', 'Connected');
  const before = await page.locator('.line:not(.live)').count();
  await page
    .locator('.line:not(.live)')
    .nth(before + LINES.length)
    .waitFor();
  const said = (await page.locator('.line:not(.live) p').allInnerTexts()).join(' ');
  assert.ok(`${LINES.join(' ')} `.repeat(100).startsWith(said), said);
});

test('a network that is too slow for speech is told of until it no longer is', BROWSER_TEST, async (t) => {
  const { page, server } = await openPage(t);
  const proxy = await SlowProxy.start(t, Number(new URL(server.httpUrl).port));
  await page.goto(`http://127.0.0.1:${proxy.port}/`);
  await page.click('#go');
  await page.locator('.word').first().waitFor();
  const slow = comesToHold(page, '#link', 'Network too slow');
  proxy.bytesPerSecond = SLOW_BYTES_PER_SECOND;
  await slow;
  assert.match((await page.getAttribute('#link', 'data-seconds')) ?? '', /^\d+ s behind$/);
  await page.locator('#latency').waitFor({ state: 'hidden' });
  const connected = comesToHold(page, '#link', 'Connected');
  proxy.bytesPerSecond = Number.POSITIVE_INFINITY;
  await connected;
  assert.equal(await page.getAttribute('#link', 'data-seconds'), '');
  await hearsMore(page);
});

test('a session that came back too late makes room for another without alarm', BROWSER_TEST, async (t) => {
  const { page, server } = await openPage(t, { server: { config: { resumeMs: 1 } } });
  const proxy = await CuttingProxy.start(t, Number(new URL(server.httpUrl).port));
  await page.goto(`http://127.0.0.1:${proxy.port}/`);
  await page.click('#go');
  await page.locator('.word').first().waitFor();
  const connected = comesToHold(page, '#link', 'Connected');
  proxy.cut();
  await connected;
  await hearsMore(page);
  assert.equal(await page.textContent('#notice-title'), ''); // text stays there when the notice goes
});
