import { seededRandom } from '../../agent/evaluation/random.ts';

export interface RandomArpa {
  readonly text: string;
  /** Sentences of words of the model, and of some that it does not know. */
  readonly sentences: readonly (readonly string[])[];
}

/** A model with random n-grams and weights: every n-gram's beginning is there, its ending need not be. */
export function randomArpa({
  order,
  words,
  seed,
}: {
  order: number;
  words: number;
  seed: number;
}): RandomArpa {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const number = (from: number, to: number): string => (from + random() * (to - from)).toFixed(4);
  const names = Array.from({ length: words }, (_, i) => `w${i.toString(36)}${'é'.repeat(i % 3)}`);
  let level = ['<unk>', '<s>', '</s>', ...names];
  const sections: string[] = [];
  for (let k = 1; k <= order; k += 1) {
    const lines = level.map((ngram) => {
      const hasBackoff = k < order && random() < 0.7;
      return `${ngram === '<s>' ? '-99' : number(-4, 0)}\t${ngram}${hasBackoff ? `\t${number(-1, 0.3)}` : ''}`;
    });
    sections.push(`\n\\${k}-grams:\n${lines.join('\n')}\n`);
    const contexts = level.filter((ngram) => !ngram.endsWith('</s>') && random() < 0.6);
    const followers = ['<unk>', '</s>', ...names].filter(() => random() < 0.3);
    level = [
      ...new Set(
        contexts.flatMap((context) => followers.filter(() => random() < 0.5).map((w) => `${context} ${w}`)),
      ),
    ].slice(0, 300);
  }
  const sentences = Array.from({ length: 8 }, () =>
    Array.from({ length: 1 + Math.floor(random() * 8) }, () => (random() < 0.1 ? 'unheard' : pick(names))),
  );
  return { text: `\\data\\\n${sections.join('')}\n\\end\\\n`, sentences };
}
