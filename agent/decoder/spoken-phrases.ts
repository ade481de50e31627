import { AgentError } from '../errors.ts';
import type { PhraseSayings } from './decoder-resources.ts';
import type { SpokenPhrase, WakePhrase } from './wake-phrase.ts';

/** Fewer tokens than these are in too much of what is said. */
const LEAST_TOKENS = 4;

/**
 * Wake phrases as the spotter listens for them.
 * @throws AgentError WAKE_PHRASE for one that can not be listened for
 */
export function speakPhrases(
  phrases: readonly Required<WakePhrase>[],
  { sayings, spelling }: Pick<PhraseSayings, 'sayings' | 'spelling'>,
): readonly SpokenPhrase[] {
  return phrases.map(({ text, threshold }) => {
    return { text, threshold, sayings: longEnough(text, sayings(text)), spelling: spelling(text) };
  });
}

function longEnough(text: string, sayings: SpokenPhrase['sayings']): SpokenPhrase['sayings'] {
  const long = sayings.filter((saying) => saying.length >= LEAST_TOKENS);
  if (long.length > 0) return long;
  const got = sayings.length === 0 ? 'none that can be said' : `${sayings[0]!.length}`;
  throw new AgentError(
    'WAKE_PHRASE',
    `The wake phrase "${text}" has too few sounds: expected ${LEAST_TOKENS} or more, got ${got}. Take a longer word, or several.`,
  );
}
