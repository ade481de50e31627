import type {
  EngineStats,
  RecognizerStream,
  SpeechEngine,
  StreamOptions,
} from '../../agent/engine/speech-engine.ts';
import type { TranscriptEvent, Word } from '../../agent/transcript/transcript-event.ts';
import { EventQueue } from '../support/event-queue.ts';

const SAMPLE_RATE = 16000;
/** A word is recognised this long after it was said, and stays the same after two more. */
const DELAY_SECONDS = 0.12;
const UNSTABLE_WORDS = 2;
const ENDPOINT_SECONDS = 0.6;

interface Cue {
  readonly at: number;
  readonly event: TranscriptEvent;
}

/** An engine that knows beforehand what will be said: for pages that need believable speech without a model. */
export class ScriptedEngine implements SpeechEngine {
  readonly sampleRate = SAMPLE_RATE;
  readonly #lines: readonly (readonly Word[])[];

  constructor(lines: readonly (readonly Word[])[]) {
    this.#lines = lines;
  }

  createStream(options: StreamOptions = {}): RecognizerStream {
    return new ScriptedStream(this.#lines.flatMap((words, segment) => lineCues(words, segment, options)));
  }

  stats(): EngineStats {
    return {
      streams: 0,
      workers: 1,
      model: 'scripted',
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
    };
  }

  async close(): Promise<void> {}
}

class ScriptedStream implements RecognizerStream {
  readonly id = 'scripted';
  readonly queuedMs = 0;
  readonly #cues: readonly Cue[];
  readonly #events = new EventQueue<TranscriptEvent>();
  #next = 0;
  #samples = 0;

  constructor(cues: readonly Cue[]) {
    this.#cues = cues;
  }

  acceptPcm(samples: Int16Array): boolean {
    this.#samples += samples.length;
    this.#sayUntil(this.#samples / SAMPLE_RATE);
    return true;
  }

  async drained(): Promise<void> {}

  flush(): void {}

  finish(): void {
    this.#sayUntil(this.#samples / SAMPLE_RATE + DELAY_SECONDS + ENDPOINT_SECONDS);
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

  #sayUntil(seconds: number): void {
    for (
      let cue = this.#cues[this.#next];
      cue !== undefined && cue.at <= seconds;
      cue = this.#cues[this.#next]
    ) {
      this.#events.push(cue.event);
      this.#next += 1;
    }
  }
}

function lineCues(words: readonly Word[], segment: number, options: StreamOptions): Cue[] {
  const start = words[0]?.start ?? 0;
  const end = words.at(-1)?.end ?? 0;
  const partials = words.map((word, index): Cue => {
    const heard = words.slice(0, index + 1);
    const stable = words.slice(0, Math.max(0, index + 1 - UNSTABLE_WORDS));
    const event = {
      type: 'partial',
      segment,
      text: join(heard),
      stable: join(stable),
      start,
      end: word.end,
    } as const;
    return { at: word.end + DELAY_SECONDS, event: options.partialWords ? { ...event, words: heard } : event };
  });
  const confidence = words.reduce((sum, word) => sum + word.confidence, 0) / words.length;
  return [
    { at: start, event: { type: 'speech-start', time: start } },
    ...partials,
    {
      at: end + ENDPOINT_SECONDS,
      event: { type: 'final', segment, text: join(words), words, confidence, start, end, reason: 'endpoint' },
    },
    { at: end + ENDPOINT_SECONDS, event: { type: 'speech-end', time: end } },
  ];
}

function join(words: readonly Word[]): string {
  return words.map(({ text }) => text).join(' ');
}
