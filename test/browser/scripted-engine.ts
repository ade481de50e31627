import type {
  EngineStats,
  RecognizerStream,
  SpeechEngine,
  StreamOptions,
} from '../../agent/engine/speech-engine.ts';
import { ENGLISH } from '../../agent/transcript/readable/english.ts';
import { toReadable } from '../../agent/transcript/readable/readable-text.ts';
import type { Final, FinalReason, TranscriptEvent, Word } from '../../agent/transcript/transcript-event.ts';
import { EventQueue } from '../support/event-queue.ts';
import { type Understanding, understandingOf } from '../support/scripted-commands.ts';
import type { SpeechReel } from './speech-reel.ts';

const SAMPLE_RATE = 16000;
/** A word is recognised this long after it was said, and stays the same after two more. */
const DELAY_SECONDS = 0.12;
const UNSTABLE_WORDS = 2;
const ENDPOINT_SECONDS = 0.6;

/** What happens when so many seconds were heard. */
interface Cue {
  readonly at: number;
  readonly event: TranscriptEvent;
  /** Of the line under way, recognised by then. */
  readonly heard: readonly Word[];
}

/**
 * An engine that knows beforehand what will be said: for pages that need believable speech without a model. The reel
 * is said over and over, as the browser's fake microphone plays it.
 */
export class ScriptedEngine implements SpeechEngine {
  readonly sampleRate = SAMPLE_RATE;
  /** Seconds of the stream up to which its finals reach. */
  finalEnd = 0;
  readonly #reel: SpeechReel;
  readonly #startSeconds: number;

  /** @param startSeconds of the reel, where the audio of the streams begins */
  constructor(reel: SpeechReel, startSeconds = 0) {
    this.#reel = reel;
    this.#startSeconds = startSeconds;
  }

  createStream(options: StreamOptions = {}): RecognizerStream {
    const cues = reelCues(sayReel(this.#reel, this.#startSeconds), options);
    return new ScriptedStream(cues, options, (end) => {
      this.finalEnd = end;
    });
  }

  stats(): EngineStats {
    return {
      streams: 0,
      workers: 1,
      model: 'scripted',
      language: 'en',
      provider: 'cpu',
      audioSeconds: 0,
      busySeconds: 0,
      precision: 'fp32',
      rejectedProviders: [],
      runtimeLibraries: [],
      batchSizes: [0],
      queuedMs: 0,
      oldestQueuedMs: 0,
      overrunSeconds: 0,
      workerRestarts: 0,
      grammarsWaiting: 0,
    };
  }

  async retire(): Promise<void> {}

  async close(): Promise<void> {}
}

class ScriptedStream implements RecognizerStream {
  readonly id = 'scripted';
  readonly queuedMs = 0;
  readonly #cues: Iterator<Cue, never>;
  readonly #onFinal: (end: number) => void;
  #understand: Understanding;
  #readable: boolean;
  readonly #events = new EventQueue<TranscriptEvent>();
  #next: Cue;
  #samples = 0;
  #segment = 0;
  #heard: readonly Word[] = [];

  constructor(cues: Iterator<Cue, never>, options: StreamOptions, onFinal: (end: number) => void) {
    this.#cues = cues;
    this.#understand = understandingOf(options.task);
    this.#readable = options.readable ?? false;
    this.#onFinal = onFinal;
    this.#next = cues.next().value;
  }

  async configure({ task, readable }: StreamOptions): Promise<void> {
    if (task !== undefined) this.#understand = understandingOf(task);
    this.#readable = readable ?? this.#readable;
  }

  acceptPcm(samples: Int16Array): boolean {
    this.#samples += samples.length;
    for (; this.#next.at <= this.#samples / SAMPLE_RATE; this.#next = this.#cues.next().value) {
      this.#heard = this.#next.heard;
      this.#say(this.#next.event);
    }
    return true;
  }

  async drained(): Promise<void> {}

  async settled(): Promise<void> {}

  flush(): void {}

  finish(): void {
    if (this.#heard.length > 0) this.#say(finalOf(this.#heard, this.#segment, 'end'));
    this.close();
  }

  close(): void {
    this.#events.end();
  }

  latencyMs(): number {
    return 31;
  }

  heardSeconds(event: TranscriptEvent): number {
    return 'end' in event ? event.end : event.time;
  }

  [Symbol.asyncIterator](): AsyncIterator<TranscriptEvent> {
    return this.#events[Symbol.asyncIterator]();
  }

  #say(event: TranscriptEvent): void {
    if (event.type !== 'final') {
      this.#events.push(event);
      return;
    }
    const final = this.#understand(event);
    this.#events.push(this.#readable ? { ...final, readable: readableOf(final) } : final);
    this.#segment = event.segment + 1;
    this.#onFinal(event.end);
  }
}

/** The lines of the reel from `startSeconds` on, one round after the other, in seconds from there. */
function* sayReel(reel: SpeechReel, startSeconds: number): Generator<readonly Word[], never> {
  const roundSeconds = reel.samples.length / SAMPLE_RATE;
  for (let shift = -startSeconds; ; shift += roundSeconds) {
    for (const line of reel.lines) {
      const words = line.map((word) => ({ ...word, start: word.start + shift, end: word.end + shift }));
      const left = words.filter(({ start }) => start >= 0);
      if (left.length > 0) yield left;
    }
  }
}

function* reelCues(lines: Iterator<readonly Word[], never>, options: StreamOptions): Generator<Cue, never> {
  for (let segment = 0; ; segment += 1) yield* lineCues(lines.next().value, segment, options);
}

function* lineCues(words: readonly Word[], segment: number, options: StreamOptions): Generator<Cue> {
  const final = finalOf(words, segment, 'endpoint');
  yield { at: final.start, event: { type: 'speech-start', time: final.start }, heard: [] };
  for (const [index, { end }] of words.entries()) {
    const heard = words.slice(0, index + 1);
    const stable = join(words.slice(0, Math.max(0, index + 1 - UNSTABLE_WORDS)));
    const event = { type: 'partial', segment, text: join(heard), stable, start: final.start, end } as const;
    yield {
      at: end + DELAY_SECONDS,
      event: options.partialWords ? { ...event, words: heard } : event,
      heard,
    };
  }
  yield { at: final.end + ENDPOINT_SECONDS, event: final, heard: [] };
  yield { at: final.end + ENDPOINT_SECONDS, event: { type: 'speech-end', time: final.end }, heard: [] };
}

function finalOf(words: readonly Word[], segment: number, reason: FinalReason): Final {
  const confidence = words.reduce((sum, word) => sum + word.confidence, 0) / words.length;
  const [start, end] = [words[0]?.start ?? 0, words.at(-1)?.end ?? 0];
  return { type: 'final', segment, text: join(words), words, confidence, start, end, reason };
}

function readableOf({ words }: Final) {
  const texts = words.map(({ text }) => text);
  return toReadable(texts, ENGLISH, { startsSentence: true, endsSentence: true });
}

function join(words: readonly Word[]): string {
  return words.map(({ text }) => text).join(' ');
}
