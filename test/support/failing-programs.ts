import childProcess from 'node:child_process';
import { EventEmitter } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import { PassThrough } from 'node:stream';
import type { TestContext } from 'node:test';

/** A function of `node:child_process` in the hands of the test, until its end. */
export function replaceStart(
  t: TestContext,
  name: 'execFile' | 'spawn',
  start: (...args: never[]) => unknown,
): void {
  t.mock.method(childProcess, name, start as never);
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
}

/** What the system says when it has no more descriptors, processes or memory. */
export const NOTHING_LEFT = ['EMFILE', 'EAGAIN', 'ENOMEM'];

/** Every `spawn` fails with one of these, as Node.js tells it: at once or in the next turn, with pipes or without. */
export function failSpawn(t: TestContext, code: string): void {
  const error = Object.assign(new Error(`spawn ${code}`), { code });
  replaceStart(t, 'spawn', () => {
    if (code === 'ENOMEM') throw error;
    const stdout = code === 'EMFILE' ? undefined : new PassThrough().end();
    const child = Object.assign(new EventEmitter(), { stdout });
    process.nextTick(() => child.emit('error', error));
    return child;
  });
}
