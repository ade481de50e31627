import { openAudioFile } from '../capture/audio-file.ts';
import { SYSTEM_CLOCK } from '../clock.ts';
import type { SpeechEngine, StreamOptions } from '../engine/speech-engine.ts';
import { type AgentError, toAgentError } from '../errors.ts';
import { normalizerOf, type TextNormalizer } from '../evaluation/language-rules.ts';
import type { ObservedEvent } from '../evaluation/latency.ts';
import { byDataset, type ManifestRow } from '../evaluation/manifest.ts';
import { SpeechExtent } from '../evaluation/speech-extent.ts';
import { type ComputeTime, type Summary, summarize } from '../evaluation/summary.ts';
import { scoreUtterance, type UtteranceResult } from '../evaluation/utterance-result.ts';
import { AudioFolder } from './audio-folder.ts';
import { ClipDecoder } from './clip-decoder.ts';
import { type ClipResult, clipsOf } from './clip-list.ts';
import { forEachConcurrently } from './concurrency.ts';
import { recognize } from './recognition.ts';

export interface EvaluationOptions {
  /** Folder that the manifest's paths start from. */
  readonly audioFolder: string;
  /** Recordings computed at once. */
  readonly jobs: number;
  /** Plays the recordings at the pace of speech and measures latency on the clock. */
  readonly realtime: boolean;
  readonly stream: StreamOptions;
  readonly onProgress: (done: { readonly utterances: number; readonly audioSeconds: number }) => void;
}

/** A row that could not be evaluated. */
export interface EvaluationFailure {
  readonly row: ManifestRow;
  readonly error: AgentError;
}

export interface Evaluation {
  /** One per data set in the manifest's order, then one named `all` unless there is but one. */
  readonly summaries: readonly Summary[];
  readonly results: readonly UtteranceResult[];
  readonly failures: readonly EvaluationFailure[];
}

/**
 * Recognizes every row's recording and scores it. Data sets run one after the other, so that the engine's time can
 * be told apart. A recording that can not be read is a failure of its row only.
 * @throws {AgentError} when the engine fails
 */
export async function evaluate(
  engine: SpeechEngine,
  rows: readonly ManifestRow[],
  options: EvaluationOptions,
): Promise<Evaluation> {
  const folder = new AudioFolder(options.audioFolder);
  const decoder = new ClipDecoder();
  const run = new EvaluationRun(engine, options);
  try {
    for (const [dataset, itsRows] of byDataset(rows)) {
      await run.add(dataset, clipsOf(itsRows, folder, decoder));
    }
    return run.evaluation();
  } finally {
    await decoder.close();
    await folder.close();
  }
}

class EvaluationRun {
  readonly #engine: SpeechEngine;
  readonly #options: EvaluationOptions;
  readonly #summaries: Summary[] = [];
  readonly #results: UtteranceResult[] = [];
  readonly #failures: EvaluationFailure[] = [];
  readonly #start: ComputeTime;
  readonly #normalize: TextNormalizer;
  #audioSeconds = 0;

  constructor(engine: SpeechEngine, options: EvaluationOptions) {
    this.#engine = engine;
    this.#options = options;
    const stats = engine.stats();
    this.#start = stats;
    this.#normalize = normalizerOf(stats.language);
  }

  async add(dataset: string, clips: AsyncIterable<ClipResult>): Promise<void> {
    const before = this.#engine.stats();
    const first = this.#results.length;
    await forEachConcurrently(clips, this.#options.jobs, (clip) => this.#evaluateClip(clip));
    const results = this.#results.slice(first).sort((a, b) => a.line - b.line);
    this.#results.splice(first, results.length, ...results);
    this.#summaries.push(summarize(dataset || 'all', results, this.#since(before)));
  }

  evaluation(): Evaluation {
    const all = summarize('all', this.#results, this.#since(this.#start));
    return {
      summaries: this.#summaries.length > 1 ? [...this.#summaries, all] : this.#summaries,
      results: this.#results,
      failures: this.#failures,
    };
  }

  async #evaluateClip(result: ClipResult): Promise<void> {
    const { row } = result;
    if ('error' in result) {
      this.#failures.push(result);
    } else {
      try {
        this.#results.push(await this.#score(row, result.clip.path));
      } catch (error) {
        const failure = toAgentError(error);
        if (failure.code.startsWith('ENGINE')) throw failure;
        this.#failures.push({ row, error: failure });
      } finally {
        await result.clip.release();
      }
    }
    const utterances = this.#results.length + this.#failures.length;
    this.#options.onProgress({ utterances, audioSeconds: this.#audioSeconds });
  }

  async #score(row: ManifestRow, path: string): Promise<UtteranceResult> {
    const events: ObservedEvent[] = [];
    const extent = new SpeechExtent(this.#engine.sampleRate);
    const source = await openAudioFile(path, { sampleRate: this.#engine.sampleRate });
    const { seconds, finishedAt } = await recognize(this.#engine, source, {
      stream: this.#options.stream,
      realtime: this.#options.realtime ? SYSTEM_CLOCK : undefined,
      onAudio: (samples) => extent.accept(samples),
      onEvent: (observed) => events.push(observed),
    });
    this.#audioSeconds += seconds;
    const speechEnd = extent.endSeconds;
    return scoreUtterance({ row, seconds, finishedAt, events, speechEnd, normalize: this.#normalize });
  }

  #since(before: ComputeTime): ComputeTime {
    const { busySeconds, audioSeconds } = this.#engine.stats();
    return {
      busySeconds: busySeconds - before.busySeconds,
      audioSeconds: audioSeconds - before.audioSeconds,
    };
  }
}
