import type { Final, Word } from '../../transcript/transcript-event.ts';

/** What an error tells: `type` is of a few kinds, `code` says which, `event_id` is the client's event. */
export interface OpenAiError {
  readonly type: 'invalid_request_error' | 'server_error';
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  readonly event_id: string | null;
}

/** An event of the server without its `event_id`. Times are milliseconds of the session's audio. */
export interface OpenAiServerEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A turn of speech: a message of the user in the words of the interface. */
export interface OpenAiItem {
  readonly id: string;
  readonly previousId: string | null;
}

/** An identifier as the interface has them: what it is of, and letters. */
export function newId(kind: 'sess' | 'item' | 'event'): string {
  return `${kind}_${crypto.randomUUID().replaceAll('-', '').slice(0, 21)}`;
}

/** The events that say that a turn is complete, before its transcript; the beta has one for the item. */
export function committedEvents({ id, previousId }: OpenAiItem, isBeta: boolean): OpenAiServerEvent[] {
  const item = {
    id,
    object: 'realtime.item',
    type: 'message',
    status: 'completed',
    role: 'user',
    content: [{ type: 'input_audio', transcript: null }],
  };
  const told = isBeta ? ['created'] : ['added', 'done'];
  return [
    { type: 'input_audio_buffer.committed', item_id: id, previous_item_id: previousId },
    ...told.map((what) => ({ type: `conversation.item.${what}`, previous_item_id: previousId, item })),
  ];
}

export function deltaEvent(itemId: string, delta: string): OpenAiServerEvent {
  const type = 'conversation.item.input_audio_transcription.delta';
  return { type, item_id: itemId, content_index: 0, delta };
}

/** `seconds`: audio of the turn. */
export function completedEvent(
  itemId: string,
  final: Final,
  { seconds, withLogProbs }: { seconds: number; withLogProbs: boolean },
): OpenAiServerEvent {
  return {
    type: 'conversation.item.input_audio_transcription.completed',
    item_id: itemId,
    content_index: 0,
    transcript: final.text,
    usage: { type: 'duration', seconds: Math.round(seconds * 1000) / 1000 },
    ...(withLogProbs ? { logprobs: final.words.map(logProb) } : {}),
  };
}

export function failedEvent(itemId: string, error: OpenAiError): OpenAiServerEvent {
  const { event_id: _none, ...reason } = error;
  const type = 'conversation.item.input_audio_transcription.failed';
  return { type, item_id: itemId, content_index: 0, error: reason };
}

/** Our tokens are the words: the natural logarithm of a word's confidence. */
function logProb({ text, confidence }: Word) {
  const bytes = [...new TextEncoder().encode(text)];
  return { token: text, logprob: Math.round(Math.log(Math.max(confidence, 1e-4)) * 1e4) / 1e4, bytes };
}
