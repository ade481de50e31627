import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** A GRU with random weights; `scripts/golden/make_tiny_bundle.py` makes these bundles. */
export const TINY_MODEL = fixture('tiny-model');
/** The same with an LSTM, which has one state more. */
export const TINY_LSTM = fixture('tiny-lstm');
/** Recurrent layers with attention: its keys and values are states; `scripts/golden/make_trained_kinds.py` makes it. */
export const TINY_HYBRID = fixture('tiny-hybrid');
/** A GRU whose rows come two steps later; made by the same. */
export const TINY_LOOK_AHEAD = fixture('tiny-look-ahead');
/** Trained in Keras and imported; `scripts/golden/make_keras_bundle.py` makes it. */
export const TINY_KERAS = fixture('tiny-keras');
/** A graph whose results depend on the rest of the batch. */
export const TINY_BATCH_DEPENDENT = fixture('tiny-batch-dependent');

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}

/** A new folder that is removed after the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'earshot-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// biome-ignore lint/suspicious/noExplicitAny: tests break the description in ways that its type forbids
export type LooseDescription = any;

/** A copy of a bundle that a test may break; `edit` changes its model.json. */
export function copyBundle(
  t: TestContext,
  edit: (description: LooseDescription) => void = () => {},
  source = TINY_MODEL,
): string {
  const folder = temporaryFolder(t);
  cpSync(source, folder, { recursive: true });
  const path = join(folder, 'model.json');
  const description = JSON.parse(readFileSync(path, 'utf8'));
  edit(description);
  writeFileSync(path, JSON.stringify(description));
  return folder;
}
