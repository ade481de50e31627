import { SENTENCE_END, SENTENCE_START } from '../../agent/decoder/ngram-format.ts';
import { seededRandom } from '../../agent/evaluation/random.ts';

/** Word ids of random sentences, frequent words first, each sentence with its `<s>` and `</s>`. */
export function randomTokens(options: { seed: number; words: number; sentences: number }): Uint32Array {
  const random = seededRandom(options.seed);
  const tokens: number[] = [];
  for (let i = 0; i < options.sentences; i += 1) {
    tokens.push(SENTENCE_START);
    const length = Math.floor(random() * 9);
    for (let k = 0; k < length; k += 1) tokens.push(3 + Math.floor(random() * random() * options.words));
    tokens.push(SENTENCE_END);
  }
  return Uint32Array.from(tokens);
}

/** `w0`, `w1` … after the special words, as many as `randomTokens` uses. */
export function randomWords(count: number): string[] {
  return [
    '<unk>',
    '<s>',
    '</s>',
    ...Array.from({ length: count }, (_, i) => `w${String(i).padStart(4, '0')}`),
  ];
}
