import type { ModelPlacement } from '../acoustic/acoustic-model.ts';
import type { Bundle } from '../acoustic/bundle.ts';
import type { AcousticModelOptions } from '../acoustic/onnx-acoustic-model.ts';
import type { LexiconTreeArrays } from '../decoder/lexicon-tree.ts';
import type { SettingsTexts } from '../decoder/settings-texts.ts';
import { AgentError, type ErrorCode, toAgentError } from '../errors.ts';
import type { TranscriptEvent } from '../transcript/transcript-event.ts';
import type { UserPronunciationsText } from './create-pronouncer.ts';
import type { PackedTexts } from './packed-texts.ts';
import type { StreamSettings } from './stream-settings.ts';

/** What a worker is started with (`workerData`). */
export interface WorkerSetup {
  readonly bundle: Bundle;
  /** `shareLexiconTree` of the bundle; the arrays are in shared memory. */
  readonly lexiconTree: LexiconTreeArrays | null;
  readonly model: AcousticModelOptions;
  readonly pronunciations: UserPronunciationsText | null;
  /** `RunGate.memory` */
  readonly gate: SharedArrayBuffer;
}

/**
 * The compiled texts of a stream's settings; those in its settings are not looked at. Of the same number are the same;
 * without `packed` they are those that this stream got last.
 */
export interface GivenTexts {
  readonly number: number;
  readonly packed?: PackedTexts;
}

/** From the main thread to a worker. Messages of one stream keep their order. */
export type WorkerRequest =
  | {
      readonly type: 'open';
      readonly stream: number;
      readonly settings: StreamSettings;
      readonly texts?: GivenTexts;
    }
  /** `samples` is transferred, not copied. */
  | { readonly type: 'pcm'; readonly stream: number; readonly samples: Int16Array }
  | { readonly type: 'flush'; readonly stream: number }
  /** Other settings from this point of the audio on. */
  | {
      readonly type: 'configure';
      readonly stream: number;
      /** Number by which the answer names it. */
      readonly request: number;
      readonly settings: StreamSettings;
      readonly texts?: GivenTexts;
    }
  | { readonly type: 'finish'; readonly stream: number }
  | { readonly type: 'close'; readonly stream: number }
  | { readonly type: 'shutdown' };

/** How far one stream came in a run. */
export interface StreamProgress {
  readonly stream: number;
  /** Samples of the stream whose results are out: what the sender may count as done. */
  readonly consumedSamples: number;
  readonly events: readonly TranscriptEvent[];
  /** Samples that each event rests on: a window reaches further than the step that it belongs to. */
  readonly heardSamples: readonly number[];
  /** No more comes from this stream. */
  readonly finished: boolean;
}

/** One run of the model and what it brought. */
export interface RunReport {
  readonly type: 'run';
  /** Streams computed. */
  readonly batch: number;
  /** Steps computed of each. */
  readonly steps: number;
  /** Time spent on features, model and search. */
  readonly busyMs: number;
  /** Of those that are still open. */
  readonly streams: readonly StreamProgress[];
}

/** From a worker to the main thread. */
export type WorkerReply =
  | { readonly type: 'ready'; readonly placement: ModelPlacement }
  /** The model can not be loaded; the worker ends. */
  | { readonly type: 'refused'; readonly error: ErrorMessage }
  | RunReport
  /** The settings were taken, or refused: then the stream goes on as it was. */
  | {
      readonly type: 'configured';
      readonly stream: number;
      readonly request: number;
      readonly error?: ErrorMessage;
    }
  /** A defect in one stream; the others go on. */
  | { readonly type: 'stream-failed'; readonly stream: number; readonly error: ErrorMessage };

/** What the thread that builds a lexicon tree says, once. */
export type TreeReply = { readonly tree: LexiconTreeArrays | null } | { readonly error: ErrorMessage };

/** What the thread that compiles texts of settings is started with. */
export type CompileSetup = Pick<WorkerSetup, 'bundle' | 'pronunciations'>;

/** To that thread, one at a time. */
export type CompileRequest = SettingsTexts;

/** From that thread: first `ready`, then one answer to each request. */
export type CompileReply =
  | { readonly type: 'ready' }
  | { readonly type: 'compiled'; readonly packed: PackedTexts }
  | { readonly type: 'refused'; readonly error: ErrorMessage };

/** An `AgentError` as plain data: a structured clone of an error loses its code. */
export interface ErrorMessage {
  readonly code: ErrorCode;
  readonly message: string;
}

export function encodeError(error: unknown): ErrorMessage {
  const { code, message } = toAgentError(error);
  return { code, message };
}

export function decodeError({ code, message }: ErrorMessage): AgentError {
  return new AgentError(code, message);
}
