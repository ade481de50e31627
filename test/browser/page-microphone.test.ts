import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { BROWSER_TEST } from './chromium.ts';
import { hasText, hearsMore, openPage, REEL, startDaemon } from './open-page.ts';
import { ScriptedEngine } from './scripted-engine.ts';

/** Makes the newest stream of a microphone known as `microphone`, and the context that it is heard in as `context`. */
const KEEP_MICROPHONE = `{
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wanted) => (window.microphone = await open(wanted));
  window.AudioContext = class extends AudioContext {
    constructor(options) {
      super(options);
      window.context = this;
    }
  };
}`;

/** The sound of microphones passes a gain, known as `gain`, that begins at zero. */
const DELIVER_ZEROS = `{
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wanted) => {
    const context = new AudioContext();
    window.gain = new GainNode(context, { gain: 0 });
    const destination = context.createMediaStreamDestination();
    context.createMediaStreamSource(await open(wanted)).connect(gain).connect(destination);
    return destination.stream;
  };
}`;

const UNPLUG = `for (const track of microphone.getTracks()) {
  track.stop();
  track.dispatchEvent(new Event('ended'));
}`;

const trackStates = (page: Page) => page.evaluate('microphone.getTracks().map((track) => track.readyState)');

/** A page that hears its first word. */
async function listen(t: TestContext) {
  const opened = await openPage(t);
  await opened.page.evaluate(KEEP_MICROPHONE);
  await opened.page.click('#go');
  await opened.page.locator('.word').first().waitFor();
  return opened;
}

test('another microphone that is chosen takes over at once', BROWSER_TEST, async (t) => {
  const { page } = await listen(t);
  await page.evaluate('window.first = microphone');
  await page.click('#settings-open');
  await page.selectOption('#device', { label: 'Fake Audio Input 2' });
  await page.click('#settings button[value=save]');
  await page.waitForFunction(() => {
    const { microphone } = window as unknown as { microphone: MediaStream };
    return microphone.getTracks()[0]?.label === 'Fake Audio Input 2';
  });
  assert.deepEqual(await page.evaluate('first.getTracks().map((track) => track.readyState)'), ['ended']);
  await hasText(page, '#hint', 'Listening');
  await hasText(page, '#link', 'Connected');
  await hearsMore(page);
});

test('a microphone that the system put to sleep is woken', BROWSER_TEST, async (t) => {
  const { page } = await listen(t);
  await page.evaluate('context.suspend()');
  await hearsMore(page);
  await hearsMore(page);
  assert.equal(await page.evaluate('context.state'), 'running');
});

test(
  'a microphone that can not be woken is told of until the page is seen again',
  BROWSER_TEST,
  async (t) => {
    const { page } = await listen(t);
    await page.evaluate(
      "context.resume = () => Promise.reject(new DOMException('a call', 'InvalidStateError'))",
    );
    await page.evaluate('context.suspend()');
    await hasText(page, '#notice', 'No sound comes from the microphone');
    await hasText(page, '#hint', 'Microphone silent');
    await page.evaluate('delete context.resume');
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await hasText(page, '#hint', 'Listening');
    await page.locator('#notice').waitFor({ state: 'hidden' });
  },
);

test('a microphone that the system has muted is told of until it is no more', BROWSER_TEST, async (t) => {
  const { page } = await listen(t);
  await page.evaluate(
    "Object.defineProperty(microphone.getTracks()[0], 'muted', { value: true, configurable: true })",
  );
  await hasText(page, '#notice', 'No sound comes from the microphone');
  await page.evaluate('delete microphone.getTracks()[0].muted');
  await hasText(page, '#hint', 'Listening');
  await page.locator('#notice').waitFor({ state: 'hidden' });
});

test(
  'a microphone that delivers only zeros is told of, without alarm, until sound comes',
  BROWSER_TEST,
  async (t) => {
    const { page } = await openPage(t);
    await page.evaluate(DELIVER_ZEROS);
    await page.click('#go');
    await hasText(page, '#hint', 'Microphone silent');
    await hasText(page, '#microphone-detail', 'Not even noise comes from the microphone.');
    assert.equal(await page.isVisible('#notice'), false);
    await page.evaluate('gain.gain.value = 1');
    await hasText(page, '#hint', 'Listening');
    assert.equal(await page.textContent('#microphone-detail'), '');
    await page.locator('.word').first().waitFor();
  },
);

test(
  'a microphone unplugged while the daemon is away stops the page, which says why',
  BROWSER_TEST,
  async (t) => {
    const { page, server } = await listen(t);
    await server.server.stop();
    await hasText(page, '#notice', 'The daemon does not answer');
    await page.evaluate(UNPLUG);
    await hasText(page, '#hint', 'Last words');
    await startDaemon(t, {
      port: Number(new URL(server.httpUrl).port),
      engine: new ScriptedEngine(REEL),
    });
    await hasText(page, '#hint', 'Press to speak');
    await hasText(page, '#notice', 'The microphone is gone');
  },
);

test('a refused page lets the microphone go', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t, { server: { config: { token: 'open sesame' } } });
  await page.evaluate(KEEP_MICROPHONE);
  await page.click('#go');
  await hasText(page, '#notice', 'The daemon wants a token');
  await hasText(page, '#hint', 'Press to speak');
  assert.deepEqual(await trackStates(page), ['ended']);
});

test('the default microphone stands in for a chosen one that is not there', BROWSER_TEST, async (t) => {
  const { page } = await openPage(t);
  await page.evaluate("localStorage.setItem('earshot.microphone', 'a'.repeat(64))");
  await page.click('#go');
  await page.locator('.word').first().waitFor();
  await hasText(page, '#notice', 'The chosen microphone is not there');
  await page.click('#notice-action');
  await page.locator('#device').waitFor();
});
