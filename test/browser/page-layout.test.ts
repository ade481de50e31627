import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { BROWSER_TEST } from './chromium.ts';
import { hasText, LINES, openPage } from './open-page.ts';

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
        const width = await page.evaluate('document.documentElement.scrollWidth');
        assert.equal(width, viewport.width);
      },
    );
  }
}

const shoot = (page: Page, name: string) => page.screenshot({ path: join(ARTEFACTS, `${name}.png`) });
