import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ofDevice } from '../../../agent/server/page/kept-values.js';
import { setGlobal } from './fake-socket.ts';

const LARGEST = 10;

/** What a browser keeps, up to ten characters a value. */
function fakeStorage(t: TestContext): Map<string, string> {
  const kept = new Map<string, string>();
  setGlobal(t, 'localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (value.length > LARGEST) throw new DOMException('full', 'QuotaExceededError');
      kept.set(key, value);
    },
    removeItem: (key: string) => kept.delete(key),
  });
  return kept;
}

test('values are kept by the browser', (t) => {
  const kept = fakeStorage(t);
  ofDevice.set('word', 'one');
  assert.equal(kept.get('word'), 'one');
  kept.set('word', 'two'); // by another tab
  assert.equal(ofDevice.get('word'), 'two');
  ofDevice.remove('word');
  assert.equal(ofDevice.get('word'), null);
});

test('a value that the browser does not take is there all the same, and no older one in its place', (t) => {
  const kept = fakeStorage(t);
  ofDevice.set('word', 'one');
  ofDevice.set('word', 'far too long a value');
  assert.equal(ofDevice.get('word'), 'far too long a value');
  assert.equal(kept.get('word'), undefined);
  ofDevice.set('word', 'two');
  assert.equal(ofDevice.get('word'), 'two');
  assert.equal(kept.get('word'), 'two');
});

test('values are there where the browser keeps nothing for the page', (t) => {
  setGlobal(t, 'localStorage', undefined);
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get: () => {
      throw new DOMException('denied', 'SecurityError');
    },
  });
  assert.equal(ofDevice.get('other'), null);
  ofDevice.set('other', 'one');
  assert.equal(ofDevice.get('other'), 'one');
  ofDevice.remove('other');
  assert.equal(ofDevice.get('other'), null);
});
