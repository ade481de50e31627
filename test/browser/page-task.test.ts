import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { BROWSER_TEST } from './chromium.ts';
import { hasText, LINES, openPage, REEL } from './open-page.ts';
import { ReelMicrophone } from './reel-microphone.ts';

/** Ignored by git: to be looked at by a person after a change of the page. */
const ARTEFACTS = fileURLToPath(new URL('../artefacts/', import.meta.url));
/** Hears the first line of the reel, and not the others. */
const GRAMMAR = `intents:
  Light:
    - "turn {state} the {area} light"
lists:
  state: ["on", "off"]
  area: [kitchen, hall]
`;

mkdirSync(ARTEFACTS, { recursive: true });

test('a command lights up: its intent, its slots, their words and their lines', BROWSER_TEST, async (t) => {
  const { page, wav } = await openPage(t);
  await page.getByLabel('Commands').check();
  await page.fill('#grammar', GRAMMAR);
  await page.setInputFiles('#file', wav);
  await hasText(page, '.chips .refusal', 'Not a command');
  assert.deepEqual(await page.locator('.chips').first().locator('li').allInnerTexts(), [
    'Light',
    'state on',
    'area kitchen',
  ]);
  assert.deepEqual(await page.locator('.word.slot').allInnerTexts(), ['on', 'kitchen']);
  assert.deepEqual(await page.locator('.line p').first().innerText(), LINES[0]);
  await hasText(page, '#announcer', 'turn on the kitchen light. Light. state on. area kitchen');
});

test(
  'the lines of a grammar that made a command are lit while it is listened to',
  BROWSER_TEST,
  async (t) => {
    const { page } = await openPage(t);
    await page.getByLabel('Commands').check();
    await page.fill('#grammar', GRAMMAR);
    await page.click('#go');
    const isLit = (wanted: string) =>
      page.waitForFunction((numbers) => {
        const lines = [...document.querySelectorAll<HTMLElement>('.code-lines .lit')];
        return lines.map((line) => line.dataset['number']).join(' ') === numbers;
      }, wanted);
    await isLit('2 3 5 6');
    await isLit(''); // what follows is no command
  },
);

test('a mistake in the grammar is marked where it is, before anything is said', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t);
  await hasText(page, '#link', 'Daemon ready');
  await page.getByLabel('Commands').check();
  await page.fill('#grammar', GRAMMAR.replace('{area}', '{room}'));
  await hasText(page, '#grammar-fault', /^Line 3, column \d+: .*room/);
  assert.equal(await page.locator('.code-lines .wrong').getAttribute('data-number'), '3');
  assert.ok((await page.locator('.code-lines mark').innerText()).length > 0);
  await page.getByRole('button', { name: /^Line 3, column/ }).press('Enter');
  assert.equal(await lineOfCursor(page), 3);
  await page.fill('#grammar', GRAMMAR);
  await page.locator('#grammar-fault:empty').waitFor({ state: 'attached' });
});

test(
  'a grammar edited while it listens is in force at once; a mistake leaves the one before',
  BROWSER_TEST,
  async (t) => {
    const { page } = await openPage(t);
    await page.getByLabel('Commands').check();
    await page.fill('#grammar', GRAMMAR);
    await page.click('#go');
    await hasText(page, '.chips .intent', 'Light');
    await page.fill('#grammar', `${GRAMMAR.replace('Light:', 'Lamp:')}  nothing`);
    await hasText(page, '#grammar-fault', /^Line 7/);
    const before = await page.locator('.chips .intent').count();
    await page.locator('.chips .intent').nth(before).waitFor();
    assert.deepEqual([...new Set(await page.locator('.chips .intent').allInnerTexts())], ['Light']);
    await page.fill('#grammar', GRAMMAR.replace('Light:', 'Lamp:'));
    await hasText(page, '.chips .intent', 'Lamp');
    await page.getByLabel('Dictation').check();
    await hasText(page, '.line:not(.live) p', LINES[1] ?? '');
  },
);

test('readable text is shown when it is wanted, and what was said stays at hand', BROWSER_TEST, async (t) => {
  const { page, wav } = await openPage(t);
  await page.getByLabel('Readable text').check();
  await page.setInputFiles('#file', wav);
  await hasText(page, '.line:not(.live) p', 'Turn on the kitchen light.');
  await page.locator('.word').first().hover();
  await hasText(page, '#tip', /% sure .* · said “turn”/);
});

test(
  'the commands that the daemon’s own microphone listens for are named and light up',
  BROWSER_TEST,
  async (t) => {
    const task = { type: 'commands', grammars: [{ name: 'lights', text: GRAMMAR }] } as const;
    const { page } = await openPage(t, {
      server: { microphone: new ReelMicrophone(REEL.samples), listenFor: { task } },
    });
    await page.getByLabel('Daemon', { exact: true }).check();
    await page.click('#go');
    await hasText(page, '#microphone-task', 'Listens for the commands of lights');
    await hasText(page, '.chips .intent', 'Light');
    await page.screenshot({ path: join(ARTEFACTS, 'commands-daemon.png') });
  },
);

test('a grammar too large for a message is not sent', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t);
  await page.getByLabel('Commands').check();
  await page.fill('#grammar', '#'.repeat(1_000_001));
  await hasText(page, '#grammar-fault', /^expected a grammar of at most 1000000 bytes, got 100000\d$/);
});

test('the choice and the grammar are there again after a reload', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t);
  await page.getByLabel('Commands').check();
  await page.fill('#grammar', '# mine\nturn (on|off)\n');
  await page.waitForFunction(() => localStorage.getItem('earshot.grammar')?.startsWith('# mine'));
  await page.reload();
  assert.equal(await page.getByLabel('Commands').isChecked(), true);
  assert.equal(await page.inputValue('#grammar'), '# mine\nturn (on|off)\n');
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [name, viewport] of Object.entries({
    phone: { width: 360, height: 740 },
    desktop: { width: 1280, height: 860 },
  })) {
    test(
      `the commands fit on a ${name} in ${colorScheme} colours (screenshots kept)`,
      BROWSER_TEST,
      async (t) => {
        const { page, wav } = await openPage(t, { browser: { context: { viewport, colorScheme } } });
        const shoot = (what: string) =>
          page.screenshot({ path: join(ARTEFACTS, `commands-${name}-${colorScheme}-${what}.png`) });
        await hasText(page, '#link', 'Daemon ready');
        await page.getByLabel('Commands').check();
        await page.fill('#grammar', GRAMMAR.replace('{area}', '{room}'));
        await hasText(page, '#grammar-fault', 'Line 3');
        await shoot('fault');
        await page.fill('#grammar', GRAMMAR);
        await page.setInputFiles('#file', wav);
        await hasText(page, '.chips .refusal', 'Not a command');
        await shoot('understood');
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), viewport.width);
      },
    );
  }
}

/** Counted from 1; none when the field has not the focus. */
function lineOfCursor(page: Page): Promise<number | undefined> {
  return page.evaluate(() => {
    const field = document.activeElement;
    if (!(field instanceof HTMLTextAreaElement)) return undefined;
    return field.value.slice(0, field.selectionStart).split('\n').length;
  });
}
