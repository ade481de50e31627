import { test } from 'node:test';
import { BROWSER_TEST } from './chromium.ts';
import { hasText, LINES, openPage } from './open-page.ts';

test('the space bar listens by itself only, also behind a click on a source', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t);
  for (const keys of ['Shift+Space', 'Control+Space', 'Alt+Space', 'Meta+Space']) {
    await page.keyboard.press(keys);
    await hasText(page, '#hint', 'Press to speak');
  }
  await page.click('label:has([value=daemon])');
  await page.click('label:has([value=microphone])');
  await page.keyboard.press('Space');
  await hasText(page, '#hint', 'Listening');
});

test('text can be dragged within the grammar', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t);
  await page.click('label:has([value=commands])');
  const grammar = page.locator('#grammar');
  await grammar.fill('hello world\nfoo');
  const { x, y, lineHeight } = await grammar.evaluate((field: HTMLTextAreaElement) => {
    field.focus();
    field.setSelectionRange(0, 5);
    const { left, top } = field.getBoundingClientRect();
    const style = getComputedStyle(field);
    const lineHeight = parseFloat(style.lineHeight);
    const [x, y] = [left + parseFloat(style.paddingLeft), top + parseFloat(style.paddingTop)];
    return { x, y: y + lineHeight / 2, lineHeight };
  });
  await page.mouse.move(x + 10, y);
  await page.mouse.down();
  await page.mouse.move(x + 14, y + 2, { steps: 3 });
  await page.mouse.move(x + 100, y + lineHeight, { steps: 8 });
  await page.mouse.up();
  await page.waitForFunction(
    () => document.querySelector<HTMLTextAreaElement>('#grammar')?.value === ' world\nfoohello',
  );
});

test('a cleared transcript can be brought back when another source was chosen', BROWSER_TEST, async (t) => {
  const { page, wav } = await openPage(t);
  await page.setInputFiles('#file', wav);
  await hasText(page, '.line:not(.live) p', LINES[2] ?? '');
  await page.click('#clear');
  await page.getByLabel('Daemon', { exact: true }).check();
  await page.click('#notice-action');
  for (const line of LINES) await hasText(page, '.line:not(.live) p', line); // drawn in the next frame
});

test('a file that can not be played takes nothing away', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t);
  await page.click('#go');
  await hasText(page, '.line:not(.live) p', LINES[0] ?? '');
  await page.setInputFiles('#file', {
    name: 'notes.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('no sound'),
  });
  await hasText(page, '#notice', 'This file can not be played');
  await hasText(page, '.line:not(.live) p', LINES[0] ?? '');
});
