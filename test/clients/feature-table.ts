import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where test runs note what they have shown; `scripts/clients/table.ts` makes the table of it. */
export const RESULTS_FILE = '.cache/clients/results.jsonl';

/** What protocols carry, in the order of the table's columns. */
export const FEATURES = [
  'finals',
  'partials',
  'words, times',
  'confidence',
  'alternatives',
  'endpoint wish',
  'flush',
  'many in one connection',
  'refused wish',
  'token',
  'discovery',
  'wake phrases',
  'hotwords or phrases',
  'readable text',
] as const;

export type Feature = (typeof FEATURES)[number];

/** What each protocol can carry at all: other cells of its rows have a dash. */
export const CARRIES: Readonly<Record<string, readonly Feature[]>> = {
  Vosk: [
    ...(['finals', 'partials', 'words, times', 'confidence', 'alternatives', 'flush'] as const),
    'hotwords or phrases',
  ],
  'sherpa-onnx': ['finals', 'partials', 'words, times', 'confidence'],
  Wyoming: [
    ...(['finals', 'partials', 'endpoint wish', 'many in one connection', 'refused wish'] as const),
    ...(['discovery', 'wake phrases'] as const),
  ],
  Deepgram: [
    ...(['finals', 'partials', 'words, times', 'confidence', 'alternatives', 'endpoint wish'] as const),
    ...(['flush', 'refused wish', 'token', 'hotwords or phrases', 'readable text'] as const),
  ],
  'OpenAI Realtime': [
    ...(['finals', 'partials', 'confidence', 'endpoint wish', 'flush'] as const),
    ...(['many in one connection', 'refused wish', 'token', 'hotwords or phrases'] as const),
  ],
};

/** One client, and what a test has just shown that works with it. */
export interface ClientResult {
  readonly protocol: keyof typeof CARRIES;
  /** As the registry names it; `scripts/clients` pins the versions. */
  readonly client: string;
  readonly features: readonly Feature[];
}

/** Notes the result of a test: call it last, when every assertion has held. */
export function record(result: ClientResult): void {
  mkdirSync(dirname(RESULTS_FILE), { recursive: true });
  appendFileSync(RESULTS_FILE, `${JSON.stringify(result)}\n`);
}
