import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { WakeLock } from '../../../agent/server/page/wake-lock.js';
import { setGlobal } from './fake-socket.ts';

/** A browser that grants each wish for the screen, and takes it back while the page is hidden. */
function fakeScreen(t: TestContext) {
  const document = Object.assign(new EventTarget(), { hidden: false });
  const sentinels: { released: boolean; release: () => Promise<void> }[] = [];
  const request = async () => {
    const sentinel = {
      released: false,
      release: async () => {
        sentinel.released = true;
      },
    };
    sentinels.push(sentinel);
    return sentinel;
  };
  setGlobal(t, 'document', document);
  setGlobal(t, 'navigator', { wakeLock: { request } });
  return {
    held: () => sentinels.filter(({ released }) => !released).length,
    show: async (shown: boolean) => {
      document.hidden = !shown;
      if (!shown) for (const sentinel of sentinels) sentinel.released = true;
      document.dispatchEvent(new Event('visibilitychange'));
      await new Promise(setImmediate);
    },
  };
}

test('the screen stays on until it is let go', async (t) => {
  const screen = fakeScreen(t);
  const lock = new WakeLock();
  await lock.hold();
  await lock.hold();
  assert.equal(screen.held(), 1);
  await lock.release();
  assert.equal(screen.held(), 0);
});

test('a page that was hidden asks again when it is seen, while it should hold the screen', async (t) => {
  const screen = fakeScreen(t);
  const lock = new WakeLock();
  await lock.hold();
  await screen.show(false);
  assert.equal(screen.held(), 0);
  await screen.show(true);
  assert.equal(screen.held(), 1);
  await screen.show(true);
  assert.equal(screen.held(), 1);
  await lock.release();
  await screen.show(false);
  await screen.show(true);
  assert.equal(screen.held(), 0);
});

test('a lock that comes after it was let go is given back', async (t) => {
  const screen = fakeScreen(t);
  const lock = new WakeLock();
  const held = lock.hold();
  await lock.release();
  await held;
  assert.equal(screen.held(), 0);
});

test('a browser without the interface, or that refuses, is no fault', async (t) => {
  fakeScreen(t);
  setGlobal(t, 'navigator', {});
  await new WakeLock().hold();
  setGlobal(t, 'navigator', { wakeLock: { request: () => Promise.reject(new Error('battery low')) } });
  await new WakeLock().hold();
});
