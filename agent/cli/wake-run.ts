import { openAudioFile } from '../capture/audio-file.ts';
import { type AgentError, toAgentError } from '../errors.ts';
import type { ManifestRow } from '../evaluation/manifest.ts';
import { normalizeText } from '../evaluation/text-normalization.ts';
import type { WakeCurve } from '../evaluation/wake-curve.ts';
import { AudioFolder } from './audio-folder.ts';
import type { Clip, ClipDecoder } from './clip-decoder.ts';
import { clipsOf } from './clip-list.ts';
import type { HeardSource, RowListener } from './pipeline-run.ts';
import type { RecordingSet } from './recordings.ts';
import { type WakeListener, type WakeSearchSetup, WakeSweep } from './wake-sweep.ts';

export interface WakeRunOptions {
  readonly phrases: readonly string[];
  readonly thresholds: readonly number[];
  /** Recordings in which a phrase is said: those whose text has it, and those without a text. */
  readonly said: readonly RecordingSet[];
  /** Recordings without a phrase; those whose text has it are left out for it. */
  readonly background: readonly RecordingSet[];
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

/** Which recordings are heard for which phrases, and what came of it. */
export class WakeRun {
  readonly #options: WakeRunOptions;
  readonly #sampleRate: number;
  readonly #phrases: readonly ListenedPhrase[];
  readonly #failures: WakeFailure[] = [];
  #recordings = 0;
  #audioSeconds = 0;

  /** @throws AgentError WAKE_PHRASE for a phrase that can not be listened for */
  constructor(setup: WakeSearchSetup, sampleRate: number, options: WakeRunOptions) {
    this.#options = options;
    this.#sampleRate = sampleRate;
    this.#phrases = options.phrases.map((phrase) => ({
      text: normalizeText(phrase),
      sweep: new WakeSweep(phrase, options.thresholds, setup),
    }));
  }

  /** How many recordings will be heard. */
  get total(): number {
    const { said, background } = this.#options;
    const count = (sets: readonly RecordingSet[], isSaid: boolean) =>
      sets.flatMap(({ rows }) => rows.filter((row) => this.#phrasesOf(row, isSaid).length > 0)).length;
    return count(said, true) + count(background, false);
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
    for (const set of this.#options.said) yield* this.#sourcesOf(set, true, decoder);
    for (const set of this.#options.background) yield* this.#sourcesOf(set, false, decoder);
  }

  async *#sourcesOf(
    { folder, rows }: RecordingSet,
    isSaid: boolean,
    decoder: ClipDecoder,
  ): AsyncGenerator<HeardSource, void, void> {
    const audio = new AudioFolder(folder);
    const wanted = rows.filter((row) => this.#phrasesOf(row, isSaid).length > 0);
    try {
      for await (const result of clipsOf(wanted, audio, decoder)) {
        if ('error' in result) this.#fail(result.row, result.error);
        else yield* this.#open(result.row, result.clip, isSaid);
      }
    } finally {
      await audio.close();
    }
  }

  async *#open(row: ManifestRow, clip: Clip, isSaid: boolean): AsyncGenerator<HeardSource, void, void> {
    try {
      const source = await openAudioFile(clip.path, { sampleRate: this.#sampleRate });
      yield { source, listener: this.#listener(row, clip, isSaid) };
    } catch (error) {
      this.#fail(row, error);
    }
  }

  #listener(row: ManifestRow, clip: Clip, isSaid: boolean): RowListener {
    const heard = this.#phrasesOf(row, isSaid).map(({ sweep }) => ({ sweep, listener: sweep.listen() }));
    return {
      accept: (logProbs, offset) => {
        for (const { listener } of heard) listener.accept(logProbs, offset);
      },
      end: (seconds) => {
        release(clip);
        for (const each of heard) count(each, isSaid, seconds);
        this.#audioSeconds += seconds;
        this.#count();
      },
      fail: (error) => {
        release(clip);
        this.#fail(row, error);
      },
    };
  }

  /** The phrases for which a recording counts. */
  #phrasesOf({ text }: ManifestRow, isSaid: boolean): readonly ListenedPhrase[] {
    const words = normalizeText(text);
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

/** Makes room; what can not be deleted now is deleted with all the rest at the end. */
function release(clip: Clip): void {
  clip.release().catch(() => {});
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
