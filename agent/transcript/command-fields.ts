import type { Hypothesis } from '../decoder/decoder.ts';
import type { Final, Word } from './transcript-event.ts';
import { joinWords } from './words.ts';

/** What a final says of a command beyond its words; nothing in dictation. */
export function commandFields(
  { command }: Hypothesis,
  words: readonly Word[],
  { start, end }: { start: number; end: number },
): Pick<Final, 'intent' | 'refusal'> {
  if (command === undefined) return {};
  if ('refusal' in command) return { refusal: command.refusal };
  const slots = command.slots.map(({ name, value, firstWord, endWord }) => {
    const spoken = words.slice(firstWord, endWord);
    const text = joinWords(spoken);
    return { name, value, text, start: spoken[0]?.start ?? start, end: spoken.at(-1)?.end ?? end };
  });
  return { intent: { name: command.intent, grammar: command.grammar, slots } };
}
