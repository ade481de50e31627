import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseManifest } from '../../agent/evaluation/manifest.ts';
import { readSamples, realSpeech } from './real-speech.ts';

const FIXTURES = 'test/fixtures/speech';
const REAL_CLIPS = 20;

/** A clip on which the trainer and the agent must agree. */
export interface AgreementClip {
  readonly file: string;
  readonly samples: Int16Array;
  /** Of the samples: decoders of compressed sound may differ from version to version. */
  readonly sha256: string;
}

/** The synthetic speech of the repository, and 20 real recordings where there are any. */
export async function agreementClips(): Promise<AgreementClip[]> {
  const rows = parseManifest(readFileSync(`${FIXTURES}/manifest.tsv`, 'utf8'), 'manifest.tsv');
  const synthetic = await Promise.all(
    rows.map(async ({ file }) => ({ file, samples: await readSamples(`${FIXTURES}/${file}`) })),
  );
  return [...synthetic, ...(await realSpeech(REAL_CLIPS))].map(({ file, samples }) => ({
    ...{ file, samples },
    sha256: createHash('sha256').update(Buffer.from(samples.buffer)).digest('hex'),
  }));
}
