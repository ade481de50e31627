import { align } from '../../agent/evaluation/alignment.ts';
import { markdownTable } from '../../agent/evaluation/table.ts';
import { splitWords } from '../../agent/evaluation/text-normalization.ts';
import type { HeardClip } from './command-score.ts';

/** Which words of commands are heard as which, most often first, as a table: where a grammar is weak. */
export function confusionTable(clips: readonly HeardClip[], most: number): string {
  const counts = new Map<string, { said: string; heard: string; count: number }>();
  const said = new Map<string, number>();
  for (const { text, meaning, final } of clips) {
    if (meaning === null) continue;
    const words = splitWords(text);
    for (const word of words) said.set(word, (said.get(word) ?? 0) + 1);
    for (const { kind, reference, hypothesis } of align(words, splitWords(final?.text ?? ''))) {
      if (kind === 'match') continue;
      const key = `${reference} ${hypothesis}`;
      const pair = counts.get(key) ?? {
        said: reference ?? '(nothing)',
        heard: hypothesis ?? '(nothing)',
        count: 0,
      };
      pair.count += 1;
      counts.set(key, pair);
    }
  }
  const rows = [...counts.values()]
    .toSorted((a, b) => b.count - a.count)
    .slice(0, most)
    .map((pair) => [pair.said, pair.heard, String(pair.count), String(said.get(pair.said) ?? '')]);
  return markdownTable(
    ['said', 'heard', 'times', 'of'].map((title) => ({ title })),
    rows,
  );
}
