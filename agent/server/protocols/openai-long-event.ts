import { AgentError } from '../../errors.ts';

/** An event without its audio; prompts and keywords have room in it many times. */
const MOST_CHARACTERS = 2 ** 20;

/** The text of an event, and its audio apart. */
export interface SplitEvent {
  /** The event with empty audio. */
  readonly rest: string;
  /** Base64 as it came; null when the event has none. */
  readonly audio: string | null;
}

/**
 * Takes the audio, the first string with the key `audio`, out of the text of an event: reading 20 MiB as JSON and checking them would
 * hold up everybody else. Only the audio may be long: other text of that length would become objects that take many times its memory.
 * @throws {AgentError} `MESSAGE_INVALID`
 */
export function splitEvent(text: string): SplitEvent {
  const key = /"audio"\s{0,9}:\s{0,9}"/.exec(text);
  const start = key === null ? 0 : key.index + key[0].length;
  const end = key === null ? 0 : Math.max(start, text.indexOf('"', start)); // base64 has no quotes
  if (text.length - (end - start) > MOST_CHARACTERS) {
    const message = `Only the audio of an event may be long; what is around it has more than ${MOST_CHARACTERS} characters.`;
    throw new AgentError('MESSAGE_INVALID', message);
  }
  return {
    rest: `${text.slice(0, start)}${text.slice(end)}`,
    audio: key === null ? null : text.slice(start, end),
  };
}

/**
 * The bytes of base64 as JSON writes it: some writers escape each slash.
 * @throws {AgentError} `MESSAGE_INVALID`
 */
export function decodeAudio(audio: string): Uint8Array {
  const base64 = audio.includes('\\') ? audio.replaceAll('\\/', '/') : audio;
  const bytes = Buffer.from(base64, 'base64'); // leaves out what is none
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  if (bytes.length === (base64.length / 4) * 3 - padding) return bytes;
  throw new AgentError('MESSAGE_INVALID', 'audio: expected base64 with its padding.', {
    fields: { param: 'audio' },
  });
}
