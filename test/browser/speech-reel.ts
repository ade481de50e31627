import { readFileSync } from 'node:fs';
import type { Word } from '../../agent/transcript/transcript-event.ts';
import { concatInt16 } from '../support/concat-int16.ts';

const SAMPLE_RATE = 16000;
const WAV_HEADER_BYTES = 44;
/** Share of the loudest moment below which a clip counts as silent, for finding where its speech begins and ends. */
const SPEECH_SHARE = 0.04;

/** Synthetic speech with what is said when: words with times, line by line. */
export interface SpeechReel {
  readonly samples: Int16Array;
  readonly lines: readonly (readonly Word[])[];
}

/** Joins clips of `test/fixtures/speech` with pauses between them. */
export function joinClips(names: readonly string[], pauseSeconds = 1.1): SpeechReel {
  const texts = readTexts();
  const pause = new Int16Array(pauseSeconds * SAMPLE_RATE);
  const parts: Int16Array[] = [new Int16Array(SAMPLE_RATE / 4)];
  const lines: Word[][] = [];
  let length = parts[0]?.length ?? 0;
  for (const name of names) {
    const clip = readClip(name);
    lines.push(spreadWords(texts.get(name) ?? '', clip, length / SAMPLE_RATE));
    parts.push(clip, pause);
    length += clip.length + pause.length;
  }
  return { samples: concatInt16(parts), lines };
}

/** A mono WAV file. */
export function toWav(samples: Int16Array): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}

function fixture(name: string): URL {
  return new URL(`../fixtures/speech/${name}`, import.meta.url);
}

function readTexts(): Map<string, string> {
  const rows = readFileSync(fixture('manifest.tsv'), 'utf8').trim().split('\n').slice(1);
  return new Map(
    rows.map((row) => {
      const [file = '', text = ''] = row.split('\t');
      return [file, text];
    }),
  );
}

function readClip(name: string): Int16Array {
  const bytes = readFileSync(fixture(name)).subarray(WAV_HEADER_BYTES);
  return new Int16Array(new Uint8Array(bytes).buffer, 0, bytes.length >> 1);
}

/** Gives each word a share of the spoken part of a clip by its letters: close enough to look right. */
function spreadWords(text: string, clip: Int16Array, clipStart: number): Word[] {
  const peak = clip.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const isLoud = (sample: number) => Math.abs(sample) > peak * SPEECH_SHARE;
  const start = clip.findIndex(isLoud) / SAMPLE_RATE;
  const secondsPerLetter = (clip.findLastIndex(isLoud) / SAMPLE_RATE - start) / (text.length + 1);
  return [...text.matchAll(/\S+/g)].map(({ 0: word, index }, count) => ({
    text: word,
    start: clipStart + start + index * secondsPerLetter,
    end: clipStart + start + (index + word.length) * secondsPerLetter,
    confidence: word.length < 3 && count % 2 === 1 ? 0.52 : 0.99 - 0.01 * ((index * 7) % 16),
  }));
}
