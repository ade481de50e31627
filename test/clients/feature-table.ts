import assert from 'node:assert/strict';
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
  Earshot: FEATURES.filter((feature) => feature !== 'many in one connection' && feature !== 'discovery'),
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

/** One client, and what tests show that works with it. */
export interface ClientResult {
  readonly protocol: keyof typeof CARRIES;
  /** As the registry names it; `scripts/clients` pins the versions. */
  readonly client: string;
  readonly features: readonly Feature[];
}

const VOSK_SAMPLE = { protocol: 'Vosk', features: ['finals', 'partials'] } as const;

/** The rows of the table: all that tests record, and nothing else. */
export const ROWS: readonly ClientResult[] = [
  {
    protocol: 'Earshot',
    client: '`earshot/client` in Node.js',
    features: [
      ...(['finals', 'partials', 'words, times', 'confidence', 'alternatives', 'endpoint wish'] as const),
      ...([
        'flush',
        'refused wish',
        'token',
        'wake phrases',
        'hotwords or phrases',
        'readable text',
      ] as const),
    ],
  },
  { protocol: 'Vosk', client: 'PyPI `vosk` (server mode)', features: ['finals', 'words, times'] },
  { protocol: 'Vosk', client: 'PyPI `websocket-client`, with `reset`', features: ['finals', 'flush'] },
  { ...VOSK_SAMPLE, client: 'vosk-server `client-samples/python/asr-test-client.py`' },
  { ...VOSK_SAMPLE, client: 'vosk-server `client-samples/python/asr-test.py`' },
  {
    protocol: 'Vosk',
    client: 'vosk-server `websocket/test.py`',
    features: ['finals', 'partials', 'words, times', 'confidence'],
  },
  {
    protocol: 'Vosk',
    client: 'vosk-server `websocket/test_alternatives.py`',
    features: ['words, times', 'alternatives'],
  },
  { ...VOSK_SAMPLE, client: 'vosk-server `websocket/test_ffmpeg.py`' },
  { protocol: 'Vosk', client: 'vosk-server `websocket/test_srt.py`', features: ['words, times'] },
  {
    protocol: 'Vosk',
    client: 'vosk-server `websocket/test_words.py`',
    features: ['finals', 'partials', 'hotwords or phrases'],
  },
  {
    protocol: 'sherpa-onnx',
    client: 'PyPI `sherpa-onnx-bin` (`sherpa-onnx-online-websocket-client`)',
    features: ['finals', 'partials', 'words, times', 'confidence'],
  },
  {
    protocol: 'sherpa-onnx',
    client: 'sherpa-onnx `online-websocket-client-decode-file.py`',
    features: ['finals', 'partials', 'words, times', 'confidence'],
  },
  {
    protocol: 'Wyoming',
    client: 'PyPI `wyoming`',
    features: ['finals', 'partials', 'endpoint wish', 'many in one connection', 'refused wish'],
  },
  { protocol: 'Wyoming', client: "PyPI `wyoming`, Home Assistant's event order", features: ['finals'] },
  {
    protocol: 'Wyoming',
    client: "PyPI `wyoming`, Home Assistant's event order for wake words",
    features: ['wake phrases'],
  },
  { protocol: 'Wyoming', client: 'PyPI `zeroconf`', features: ['discovery'] },
  { protocol: 'Deepgram', client: 'PyPI `deepgram-sdk`', features: ['finals', 'token'] },
  {
    protocol: 'Deepgram',
    client: 'npm `@deepgram/sdk`',
    features: [
      ...(['finals', 'partials', 'words, times', 'confidence', 'alternatives', 'endpoint wish'] as const),
      ...(['flush', 'refused wish', 'token', 'hotwords or phrases', 'readable text'] as const),
    ],
  },
  { protocol: 'OpenAI Realtime', client: 'PyPI `openai`', features: ['finals', 'flush', 'token'] },
  {
    protocol: 'OpenAI Realtime',
    client: 'npm `openai` (`OpenAIRealtimeWS`)',
    features: [
      ...(['finals', 'partials', 'confidence', 'endpoint wish', 'many in one connection'] as const),
      ...(['refused wish', 'token', 'hotwords or phrases'] as const),
    ],
  },
  {
    protocol: 'OpenAI Realtime',
    client: 'npm `openai` (`OpenAIRealtimeWebSocket`)',
    features: ['finals', 'partials', 'flush', 'token'],
  },
];

/** Notes the result of a test: call it last, when every assertion has held. */
export function record(result: ClientResult): void {
  const { protocol, client, features } = result;
  const row = ROWS.find((one) => one.protocol === protocol && one.client === client);
  for (const feature of features) {
    assert.ok(row?.features.includes(feature), `ROWS lacks "${feature}" of ${protocol}, ${client}`);
  }
  mkdirSync(dirname(RESULTS_FILE), { recursive: true });
  appendFileSync(RESULTS_FILE, `${JSON.stringify(result)}\n`);
}
