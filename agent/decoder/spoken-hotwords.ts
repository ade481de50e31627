import { AgentError } from '../errors.ts';
import type { Hotword, SpokenHotword, SpokenWord } from './hotword.ts';

/** The hotwords of a stream. */
export interface HotwordOptions {
  readonly list: readonly Hotword[];
  /** Boost of those that have none of their own. */
  readonly boost: number;
  /** More are refused. */
  readonly max: number;
}

/** A boost of this is certainty for any word; more would change nothing. */
const MOST_BOOST = 50;
const MOST_CHARACTERS = 100;
const MOST_WORDS = 20;

/**
 * Hotwords as a search listens for them.
 * @param wordsOf the words of a text, and how they are said
 * @param checkTexts sees all texts, none of them too long, before any of them is said
 * @throws AgentError HOTWORD_LIMIT when there are too many; HOTWORD_INVALID for one that is too long, has a boost out of
 *   range, or has a word that can not be said
 */
export function speakHotwords(
  { list, boost, max }: HotwordOptions,
  wordsOf: (text: string) => readonly SpokenWord[],
  checkTexts: (texts: readonly string[]) => void = () => {},
): readonly SpokenHotword[] {
  if (list.length > max) {
    throw new AgentError(
      'HOTWORD_LIMIT',
      `${list.length} hotwords came; expected at most ${max} (hotwords.max). Give those that matter for what is said now; they can be changed while the stream runs.`,
    );
  }
  const boosted = list.map((hotword) => ({ boost, ...hotword }));
  for (const hotword of boosted) check(hotword);
  checkTexts(boosted.map(({ text }) => text));
  return boosted.map((hotword) => speakHotword(hotword, wordsOf));
}

function check({ text, boost }: Required<Hotword>): void {
  if (text.length > MOST_CHARACTERS) {
    throw refusal(text, `has ${text.length} characters; expected at most ${MOST_CHARACTERS}.`);
  }
  if (!(boost >= 0 && boost <= MOST_BOOST)) {
    throw refusal(text, `has the boost ${boost}; expected a number from 0 to ${MOST_BOOST}.`);
  }
}

function speakHotword(
  { text, boost }: Required<Hotword>,
  wordsOf: (text: string) => readonly SpokenWord[],
): SpokenHotword {
  const words = wordsOf(text);
  if (words.length > MOST_WORDS) {
    throw refusal(text, `has ${words.length} words; expected at most ${MOST_WORDS}.`);
  }
  if (words.length === 0 || words.some(({ sayings }) => !sayings.some((saying) => saying.length > 0))) {
    throw refusal(
      text,
      'can not be said: the model has no sounds or letters for it. Write it as it is spoken.',
    );
  }
  return { words, boost };
}

function refusal(text: string, what: string): AgentError {
  return new AgentError('HOTWORD_INVALID', `The hotword "${text.slice(0, MOST_CHARACTERS)}" ${what}`);
}
