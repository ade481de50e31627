import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { AudioFolder } from '../../agent/cli/audio-folder.ts';
import type { ClipDecoder } from '../../agent/cli/clip-decoder.ts';
import { clipsOf } from '../../agent/cli/clip-list.ts';

const SPEECH = 'test/fixtures/speech';
/** Those of two batches. */
const ROWS = Array.from({ length: 40 }, () => {
  return { line: 0, file: 'heart-yes.wav', text: '', dataset: '', split: '' };
});

test('nothing is decoded any more when the reader has gone', async () => {
  let begun = 0;
  let ended = 0;
  const decode = async (recordings: readonly unknown[]) => {
    begun += 1;
    await setImmediate();
    ended += 1;
    return recordings.map(() => ({ path: 'heart-yes.wav', release: async () => {} }));
  };
  const decoder = { decode } as unknown as ClipDecoder;
  for await (const _ of clipsOf(ROWS, new AudioFolder(SPEECH), decoder)) break;
  assert.deepEqual([begun, ended], [2, 2]);
});
