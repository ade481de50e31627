/**
 * Common-logarithm scores of the words of a sentence and of its end, straight from the definition of a back-off
 * model and the text of an ARPA file: slow, and plain enough to be believed.
 */
export function scoreByDefinition(arpa: string, order: number, sentence: readonly string[]): number[] {
  const probs = new Map<string, number>();
  const backoffs = new Map<string, number>();
  for (const line of arpa.split('\n')) {
    const [logProb = '', ngram, backoff] = line.split('\t');
    if (ngram === undefined) continue;
    probs.set(ngram, Number(logProb));
    backoffs.set(ngram, Number(backoff ?? 0));
  }
  const score = (history: readonly string[], word: string): number => {
    const known = probs.get([...history, word].join(' '));
    if (known !== undefined) return known;
    if (history.length === 0) return probs.get('<unk>')!;
    return (backoffs.get(history.join(' ')) ?? 0) + score(history.slice(1), word);
  };
  const words = ['<s>', ...sentence.map((word) => (probs.has(word) ? word : '<unk>')), '</s>'];
  return words.slice(1).map((word, i) => score(words.slice(Math.max(0, i + 2 - order), i + 1), word));
}
