import { openAudioFile } from '../capture/audio-file.ts';
import { type AgentError, toAgentError } from '../errors.ts';
import type { ManifestRow } from '../evaluation/manifest.ts';
import type { WakeCurve } from '../evaluation/wake-curve.ts';
import { AudioFolder } from './audio-folder.ts';
import type { Clip, ClipDecoder } from './clip-decoder.ts';
import { clipsOf } from './clip-list.ts';
import type { HeardSource, RowListener } from './pipeline-run.ts';
import type { RecordingSet } from './recordings.ts';
import { type WakeListener, type WakeSearchSetup, WakeSweep } from './wake-sweep.ts';

/** What the model made of recordings before, so that it need not be computed again. */
export interface KeptRows {
  /** The rows of a recording, `[steps, rowLength]`; null when they are not there. */
  recall(
    file: string,
  ): { readonly rows: Float32Array; readonly rowLength: number; readonly seconds: number } | null;
  /** Keeps what the listener hears. */
  keep(file: string, listener: RowListener): RowListener;
}

export interface WakeRunOptions {
  readonly phrases: readonly string[];
  readonly thresholds: readonly number[];
  /** Recordings in which a phrase is said: those whose text has it, and those without a text. */
  readonly said: readonly RecordingSet[];
  /** Recordings without a phrase; those whose text has it are left out for it. */
  readonly background: readonly RecordingSet[];
  readonly keptRows?: KeptRows | undefined;
  readonly onProgress: (done: { readonly recordings: number; readonly audioSeconds: number }) => void;
}

/** A recording that could not be read. */
export interface WakeFailure {
  readonly file: string;
  readonly error: AgentError;
}

/** A phrase with what listens for it. */
interface ListenedPhrase {
  readonly text: string;
  readonly sweep: WakeSweep;
}

/** Recordings that lie together, each with the phrases that it counts for; at least one. */
interface WantedSet {
  readonly folder: string;
  readonly isSaid: boolean;
  readonly phrasesOf: ReadonlyMap<ManifestRow, readonly ListenedPhrase[]>;
}

/** Which recordings are heard for which phrases, and what came of it. */
export class WakeRun {
  readonly #options: WakeRunOptions;
  readonly #sampleRate: number;
  readonly #normalize: (text: string) => string;
  readonly #phrases: readonly ListenedPhrase[];
  readonly #sets: readonly WantedSet[];
  readonly #failures: WakeFailure[] = [];
  #recordings = 0;
  #audioSeconds = 0;

  /** @throws AgentError WAKE_PHRASE for a phrase that can not be listened for */
  constructor(setup: WakeSearchSetup, sampleRate: number, options: WakeRunOptions) {
    this.#options = options;
    this.#sampleRate = sampleRate;
    this.#normalize = setup.resources.normalize;
    this.#phrases = options.phrases.map((phrase) => ({
      text: this.#normalize(phrase),
      sweep: new WakeSweep(phrase, options.thresholds, setup),
    }));
    this.#sets = [
      ...options.said.map((set) => this.#wanted(set, true)),
      ...options.background.map((set) => this.#wanted(set, false)),
    ];
  }

  /** How many recordings will be heard. */
  get total(): number {
    return this.#sets.reduce((sum, { phrasesOf }) => sum + phrasesOf.size, 0);
  }

  /** In the order of the phrases. */
  get curves(): readonly WakeCurve[] {
    return this.#phrases.map(({ sweep }) => sweep.curve());
  }

  get failures(): readonly WakeFailure[] {
    return this.#failures;
  }

  /**
   * The recordings, opened one after the other, each with its listeners.
   * @param decoder stays open until the last recording was heard
   */
  async *sources(decoder: ClipDecoder): AsyncGenerator<HeardSource, void, void> {
    for (const set of this.#sets) yield* this.#sourcesOf(set, decoder);
  }

  #wanted({ folder, rows }: RecordingSet, isSaid: boolean): WantedSet {
    const phrases = rows.map((row) => [row, this.#phrasesOf(row, isSaid)] as const);
    return { folder, isSaid, phrasesOf: new Map(phrases.filter(([, { length }]) => length > 0)) };
  }

  async *#sourcesOf(set: WantedSet, decoder: ClipDecoder): AsyncGenerator<HeardSource, void, void> {
    const audio = new AudioFolder(set.folder);
    const unknown = [...set.phrasesOf.keys()].filter((row) => !this.#replay(row, set));
    try {
      for await (const result of clipsOf(unknown, audio, decoder)) {
        if ('error' in result) this.#fail(result.row, result.error);
        else yield* this.#open(result.row, result.clip, set);
      }
    } finally {
      await audio.close();
    }
  }

  async *#open(row: ManifestRow, clip: Clip, set: WantedSet): AsyncGenerator<HeardSource, void, void> {
    try {
      const source = await openAudioFile(clip.path, { sampleRate: this.#sampleRate });
      const listener = releasing(clip, this.#listener(row, set));
      yield { source, listener: this.#options.keptRows?.keep(row.file, listener) ?? listener };
    } catch (error) {
      this.#fail(row, error);
    }
  }

  /** Whether the recording was heard before, and its rows are still there: then they are heard again. */
  #replay(row: ManifestRow, set: WantedSet): boolean {
    const kept = this.#options.keptRows?.recall(row.file) ?? null;
    if (kept === null) return false;
    const listener = this.#listener(row, set);
    for (let offset = 0; offset < kept.rows.length; offset += kept.rowLength) {
      listener.accept(kept.rows, offset);
    }
    listener.end(kept.seconds);
    return true;
  }

  #listener(row: ManifestRow, { isSaid, phrasesOf }: WantedSet): RowListener {
    const heard = phrasesOf.get(row)!.map(({ sweep }) => ({ sweep, listener: sweep.listen() }));
    return {
      accept: (logProbs, offset) => {
        for (const { listener } of heard) listener.accept(logProbs, offset);
      },
      end: (seconds) => {
        for (const each of heard) count(each, isSaid, seconds);
        this.#audioSeconds += seconds;
        this.#count();
      },
      fail: (error) => this.#fail(row, error),
    };
  }

  /** The phrases for which a recording counts. */
  #phrasesOf({ text }: ManifestRow, isSaid: boolean): readonly ListenedPhrase[] {
    const words = this.#normalize(text);
    if (isSaid) return this.#phrases.filter((phrase) => text === '' || hasWords(words, phrase.text));
    return this.#phrases.filter((phrase) => !hasLetters(words, phrase.text));
  }

  #fail({ file }: ManifestRow, error: unknown): void {
    this.#failures.push({ file, error: toAgentError(error) });
    this.#count();
  }

  #count(): void {
    this.#recordings += 1;
    this.#options.onProgress({ recordings: this.#recordings, audioSeconds: this.#audioSeconds });
  }
}

/** Makes room when the recording is over; what can not be deleted then is deleted with all the rest at the end. */
function releasing(clip: Clip, { accept, end, fail }: RowListener): RowListener {
  const release = () => {
    clip.release().catch(() => {});
  };
  return {
    accept,
    end: (seconds) => {
      release();
      end(seconds);
    },
    fail: (error) => {
      release();
      fail(error);
    },
  };
}

function count(
  { sweep, listener }: { sweep: WakeSweep; listener: WakeListener },
  isSaid: boolean,
  seconds: number,
): void {
  if (isSaid) sweep.countSaid(listener);
  else sweep.countBackground(listener, seconds);
}

function hasWords(text: string, phrase: string): boolean {
  return ` ${text} `.includes(` ${phrase} `);
}

/** As `hasWords`, also inside of words and written apart: whoever hears it there is not wrong. */
function hasLetters(text: string, phrase: string): boolean {
  return text.replaceAll(' ', '').includes(phrase.replaceAll(' ', ''));
}
