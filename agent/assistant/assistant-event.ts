import type { IntentSlot, Word } from '../transcript/transcript-event.ts';

/** Where an event comes from. */
export interface AssistantSource {
  readonly source: 'microphone' | 'client';
  /** The daemon's id of the session; `microphone` for its own. */
  readonly session: string;
  /** When the daemon knew it, ISO 8601. */
  readonly at: string;
}

/** What hooks, webhooks and MQTT get. Times are seconds of the session's audio. */
export type AssistantEvent = AssistantSource &
  (
    | {
        readonly type: 'wake';
        readonly phrase: string;
        /** End of the phrase */
        readonly time: number;
        /** 0 to 1 */
        readonly confidence: number;
      }
    | ({ readonly type: 'final'; readonly words: readonly Word[] } & Utterance)
    | ({
        readonly type: 'intent';
        readonly intent: string;
        readonly slots: readonly IntentSlot[];
      } & Utterance)
    /** A segment has ended without a text. Only who leads a dialogue waits for it: others are not told. */
    | {
        readonly type: 'nothing';
        /** There when something was said that is no command of the grammar in force. */
        readonly refusal?: 'unlikely' | 'incomplete';
      }
  );

export interface Utterance {
  readonly text: string;
  /** 0 to 1 */
  readonly confidence: number;
  readonly start: number;
  readonly end: number;
  /** From the arrival of the audio that completes it to the event, where that is known. */
  readonly latencyMs?: number;
}

export type AssistantEventType = AssistantEvent['type'];
