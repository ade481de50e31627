import { normalizeText } from '../../agent/evaluation/text-normalization.ts';
import { Corpus, type WordCounter } from './corpus.ts';
import { ExcludedTexts } from './excluded-texts.ts';
import { sentencesOf } from './sentences.ts';
import { readLines } from './text-files.ts';

const SAME_TEXT = (text: string): string => text;
/** Words are one space apart, as the normalisation leaves them. */
const SPACES = /\s+/g;

export interface CorpusSource {
  readonly path: string;
  readonly isProse: boolean;
}

/** Turns text files into sentences of words: splitting, normalisation, exclusion. */
export class CorpusReader {
  readonly #normalize: (text: string) => string;
  readonly #excluded = new ExcludedTexts();

  /** Without `normalize`, only white space is tidied. */
  constructor({ normalize }: { normalize: boolean }) {
    this.#normalize = normalize ? normalizeText : SAME_TEXT;
  }

  /** Leaves the texts of a file, one a line, out of every corpus that is read from now on. */
  async exclude(path: string): Promise<void> {
    for await (const sentence of this.#sentences({ path, isProse: false })) this.#excluded.add(sentence);
  }

  /** The sentences of a file and the number of those that were excluded; words are counted in `counter`. */
  async read(source: CorpusSource, counter: WordCounter): Promise<{ corpus: Corpus; excluded: number }> {
    const corpus = new Corpus();
    let excluded = 0;
    for await (const sentence of this.#sentences(source)) {
      if (this.#excluded.has(sentence)) excluded += 1;
      else corpus.add(sentence, counter);
    }
    return { corpus, excluded };
  }

  async *#sentences({ path, isProse }: CorpusSource): AsyncGenerator<string> {
    const lines = readLines(path);
    for await (const text of isProse ? sentencesOf(lines) : lines) {
      yield this.#normalize(text).replace(SPACES, ' ').trim();
    }
  }
}
