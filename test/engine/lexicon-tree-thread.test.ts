import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Bundle } from '../../agent/acoustic/bundle.ts';
import { lexiconTreeOf } from '../../agent/engine/lexicon-tree-thread.ts';

/** As far as the main thread looks at it. */
const BUNDLE = { lexicon: {}, languageModel: {} } as Bundle;

test('a thread that ends without an answer is told, not waited for', async () => {
  const start = () => new Worker('process.exit(0)', { eval: true });
  await assert.rejects(lexiconTreeOf(BUNDLE, start), { code: 'ENGINE_FAILED', message: /without a word/ });
});

for (const event of ['error', 'messageerror']) {
  test(`so is one with the event ${event}, and nobody listens to it any more`, async () => {
    const thread = new EventEmitter();
    const tree = lexiconTreeOf(BUNDLE, () => thread as Worker);
    thread.emit(event, new Error('no memory'));
    await assert.rejects(tree, { code: 'ENGINE_FAILED', message: /no memory/ });
    assert.deepEqual(thread.eventNames(), []);
  });
}
