import type { MicrophoneStatus } from '../../capture/microphone-status.ts';
import type { ErrorCode } from '../../errors.ts';
import type { TranscriptEvent } from '../../transcript/transcript-event.ts';
import type { MicrophoneTask, ModelInfo, Receipt, ResumeOffer } from './protocol.ts';

// Written out, and not taken from the schema that checks them: programs that use the client library have no zod.

interface DictationTask {
  type: 'dictation';
}

interface CommandsTask {
  type: 'commands';
  grammars: { name: string; text: string }[];
  minConfidence?: number;
}

interface WakeTask {
  type: 'wake';
  phrases: { text: string; threshold?: number }[];
  listenFor?: DictationTask | CommandsTask | null;
  listenMs?: number;
}

/** Wishes for a stream. */
interface NativeOptions {
  task?: DictationTask | CommandsTask | WakeTask;
  decoder?: 'greedy' | 'beam' | 'lexicon';
  beamWidth?: number;
  languageModelWeight?: number;
  wordBonus?: number;
  hotwords?: { text: string; boost?: number }[];
  partials?: boolean;
  partialWords?: boolean;
  alternatives?: number;
  readable?: boolean;
  endpoint?: {
    enabled?: boolean;
    rule1SilenceMs?: number;
    rule2SilenceMs?: number;
    rule3UtteranceMs?: number;
  };
}

/** A text message of a client, as it may be written. */
export type NativeClientMessage =
  | {
      type: 'start';
      sampleRate?: number | undefined;
      encoding?: 's16le' | 'f32le' | undefined;
      channels?: number | undefined;
      options?: NativeOptions | undefined;
    }
  | { type: 'configure'; id?: number; options: NativeOptions }
  | { type: 'flush' }
  | { type: 'stop' }
  | { type: 'ack'; messages: number };

/** Milliseconds from the arrival of the audio that completes the event to its sending. */
interface Latency {
  readonly latencyMs?: number;
}

/** A message of the server. */
export type NativeServerMessage =
  | {
      readonly type: 'ready';
      readonly protocol: number;
      readonly session: string;
      readonly sampleRate: number;
      readonly model: ModelInfo;
      readonly resume?: ResumeOffer;
      /** On `/v1/microphone`. */
      readonly task?: MicrophoneTask;
    }
  | ({ readonly type: 'resumed'; readonly session: string } & Receipt)
  | ({ readonly type: 'ack' } & Receipt)
  | (TranscriptEvent & Latency)
  | ({ readonly type: 'microphone' } & Pick<MicrophoneStatus, 'state' | 'detail' | 'code' | 'restarts'>)
  | { readonly type: 'level'; readonly rms: number; readonly peak: number }
  | { readonly type: 'configured'; readonly id: number }
  | { readonly type: 'error'; readonly code: ErrorCode; readonly message: string; readonly id?: number }
  | { readonly type: 'done' };
