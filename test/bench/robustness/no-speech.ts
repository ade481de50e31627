import type { Recognizer } from '../../../agent/engine/recognizer.ts';
import { seededRandom } from '../../../agent/evaluation/random.ts';
import type { Word } from '../../../agent/transcript/transcript-event.ts';
import type { Noise } from '../noise-mix.ts';
import { transcribeStream } from './transcribe.ts';

const SAMPLE_RATE = 16_000;
const NOISE_SECONDS = 3600;
const SILENCE_SECONDS = 600;
/** Half the range of the rush of a quiet room's microphone: some -75 dB of full scale. */
const RUSH = 10;

/** What was heard where nobody speaks. */
export interface NoSpeech {
  readonly name: string;
  /** Of sound that was listened to. */
  readonly seconds: number;
  /** Of the recordings, before they are repeated. */
  readonly recordedSeconds: number;
  readonly words: readonly (Word & {
    /** What sounded while the word began. */
    readonly kind: string;
  })[];
}

/** Listens to an hour of noise, repeated if there is less of it, to digital silence, and to a quiet room. */
export async function noSpeech(engine: Recognizer, noises: readonly Noise[]): Promise<NoSpeech[]> {
  const random = seededRandom(1);
  const room = new Int16Array(SILENCE_SECONDS * SAMPLE_RATE).map(() => Math.round(RUSH * (2 * random() - 1)));
  const silence = { kind: 'silence', samples: new Int16Array(SILENCE_SECONDS * SAMPLE_RATE) };
  return [
    await listen(engine, 'noise', noises, NOISE_SECONDS),
    await listen(engine, 'digital silence', [silence], SILENCE_SECONDS),
    await listen(engine, 'quiet room', [{ kind: 'room', samples: room }], SILENCE_SECONDS),
  ];
}

async function listen(
  engine: Recognizer,
  name: string,
  sounds: readonly Noise[],
  seconds: number,
): Promise<NoSpeech> {
  const played = repeated(sounds, seconds * SAMPLE_RATE);
  const finals = await transcribeStream(
    engine,
    played.map(({ samples }) => samples),
  );
  return {
    name,
    seconds: lengthOf(played) / SAMPLE_RATE,
    recordedSeconds: lengthOf(sounds) / SAMPLE_RATE,
    words: finals.flatMap(({ words }) =>
      words.map((word) => ({ ...word, kind: kindAt(played, word.start) })),
    ),
  };
}

/** The sounds one after the other, from the first again after the last, until there are so many samples. */
function repeated(sounds: readonly Noise[], samples: number): Noise[] {
  const played: Noise[] = [];
  for (let left = samples; left > 0; ) {
    const next = sounds[played.length % sounds.length]!;
    played.push({ ...next, samples: next.samples.subarray(0, left) });
    left -= next.samples.length;
  }
  return played;
}

function kindAt(played: readonly Noise[], seconds: number): string {
  let end = 0;
  const at = played.find(({ samples }) => {
    end += samples.length / SAMPLE_RATE;
    return seconds < end;
  });
  return at?.kind ?? '';
}

function lengthOf(sounds: readonly Noise[]): number {
  return sounds.reduce((sum, { samples }) => sum + samples.length, 0);
}
