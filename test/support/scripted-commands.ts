import type { RecognitionTask } from '../../agent/decoder/create-decoder.ts';
import { networkOf } from '../../agent/grammar/compile-grammar.ts';
import { readGrammar } from '../../agent/grammar/read-grammar.ts';
import type { Final } from '../../agent/transcript/transcript-event.ts';
import { matchSentence } from './match-sentence.ts';

/** What becomes of the final of a known sentence. */
export type Understanding = (final: Final) => Final;

/**
 * Listens as the engine does when the words are known beforehand: for commands, a sentence of the grammars has its
 * intent and slots, any other is refused. Throws as the engine does for a grammar that can not be read.
 */
export function understandingOf(task: RecognitionTask | undefined): Understanding {
  if (task?.type !== 'commands') return (final) => final;
  const grammars = task.grammars.map(readGrammar);
  const network = networkOf(grammars);
  const intents = grammars.flatMap(({ name: grammar, groups }) =>
    groups.map(({ intent: name, slots }) => ({ name, grammar, slots })),
  );
  return (final) => {
    const words = final.words.map(({ text }) => text);
    const meaning = matchSentence(network, intents, words);
    if (meaning === null) return { ...final, text: '', words: [], confidence: 0, refusal: 'unlikely' };
    const slots = meaning.slots.map(({ name, value, firstWord, endWord }) => {
      const said = final.words.slice(firstWord, endWord);
      const times = { start: said[0]?.start ?? final.start, end: said.at(-1)?.end ?? final.start };
      return { name, value, text: words.slice(firstWord, endWord).join(' '), ...times };
    });
    return { ...final, intent: { name: meaning.intent, slots } };
  };
}
