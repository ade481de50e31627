/** Sentences that share this many words in a row with an excluded text count as parts of it. */
const RUN_WORDS = 7;

/** Texts that must not be in a model: those that it is tested on. All texts are normalised. */
export class ExcludedTexts {
  readonly #sentences = new Set<string>();
  readonly #runs = new Set<string>();

  add(sentence: string): void {
    if (sentence !== '') this.#sentences.add(sentence);
    for (const run of runsOf(sentence)) this.#runs.add(run);
  }

  /** Whether `sentence` is an excluded text, or overlaps one by a run of `RUN_WORDS` words. */
  has(sentence: string): boolean {
    if (this.#sentences.has(sentence)) return true;
    if (this.#runs.size === 0) return false;
    for (const run of runsOf(sentence)) if (this.#runs.has(run)) return true;
    return false;
  }
}

/** Every `RUN_WORDS` consecutive words. */
function* runsOf(sentence: string): Generator<string> {
  const starts = [0];
  for (let at = sentence.indexOf(' '); at >= 0; at = sentence.indexOf(' ', at + 1)) {
    starts.push(at + 1);
    if (starts.length <= RUN_WORDS) continue;
    yield sentence.slice(starts.shift(), at);
  }
  if (starts.length === RUN_WORDS) yield sentence.slice(starts[0]);
}
