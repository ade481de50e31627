import { AgentError } from '../../errors.ts';

/** An event without its audio; prompts and keywords have room in it many times. */
const MOST_CHARACTERS = 2 ** 20;

/**
 * Of an event only the audio may be long: other text of that length would become objects that take many times its memory.
 * @throws {AgentError} `MESSAGE_INVALID`
 */
export function refuseLongText(text: string): void {
  if (text.length - audioLength(text) <= MOST_CHARACTERS) return;
  const message = `Only the audio of an event may be long; what is around it has more than ${MOST_CHARACTERS} characters.`;
  throw new AgentError('MESSAGE_INVALID', message);
}

/** Characters of the first string with the key `audio`; base64 has no quotes. */
function audioLength(text: string): number {
  const key = /"audio"\s{0,9}:\s{0,9}"/.exec(text);
  if (key === null) return 0;
  const start = key.index + key[0].length;
  return Math.max(0, text.indexOf('"', start) - start);
}
