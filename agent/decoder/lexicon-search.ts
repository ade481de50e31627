import type { Decoder, Hypothesis, HypothesisWord } from './decoder.ts';
import type { HotwordTree } from './hotword-tree.ts';
import type { Lexicon } from './lexicon.ts';
import {
  LexiconExpansion,
  type LexiconExpansionOptions,
  type LexiconResources,
} from './lexicon-expansion.ts';
import { LexiconTree } from './lexicon-tree.ts';
import type { NgramModel } from './ngram-model.ts';
import { geometricMean } from './spelled-words.ts';
import { type SpelledWord, UnknownWords } from './unknown-words.ts';
import { type AgreementOptions, WordAgreement } from './word-agreement.ts';
import { type ConfidenceCalibration, calibrated, wordShares } from './word-confidence.ts';
import { WordLinks } from './word-links.ts';

export interface LexiconSearchOptions extends LexiconExpansionOptions, AgreementOptions {
  readonly calibration: ConfidenceCalibration;
}

/** A word as the search found it, and its number. */
interface FoundWord {
  readonly number: number;
  readonly word: HypothesisWord;
}

/**
 * Search for words: the log-probs of phonemes through a tree of all pronunciations of a lexicon, with a word n-gram
 * model, and what the letters of the words say where the model has a head for them. What it finds are words of the
 * lexicon and of the stream's hotwords and, where it is unsure, what the letters spell (`UnknownWords`). Until the end the
 * best hypothesis may be in the middle of a word, which is then not among its words; at the end only hypotheses of whole
 * words count, unless there is none.
 */
export class LexiconSearch implements Decoder {
  readonly #options: LexiconSearchOptions;
  readonly #lexicon: Lexicon;
  readonly #model: NgramModel;
  readonly #hotwords: HotwordTree | null;
  readonly #expansion: LexiconExpansion;
  readonly #agreement: WordAgreement;
  readonly #unknownWords: UnknownWords | null;
  /** What letters spell in place of each settled word, null where they do not: what was read once stays. */
  #settled: (SpelledWord | null)[] = [];
  /** The best hypothesis's words, referred to, so that the link can not come to mean others. */
  #bestLink = WordLinks.EMPTY;
  #ended = false;
  #revision = 0;

  constructor(
    resources: LexiconResources,
    options: LexiconSearchOptions,
    hotwords: HotwordTree | null = null,
  ) {
    this.#options = options;
    this.#lexicon = resources.lexicon;
    this.#model = resources.model;
    this.#hotwords = hotwords;
    this.#expansion = new LexiconExpansion(resources, options, hotwords);
    this.#agreement = new WordAgreement(options.beamWidth, options);
    this.#unknownWords = this.#newUnknownWords(resources);
  }

  /** Log-probs of a step: those of the phonemes, and behind them those of the letters where these have a say. */
  get rowLength(): number {
    return this.#expansion.rowLength;
  }

  accept(logProbs: Float32Array, steps: number, offset = 0): void {
    for (let i = 0; i < steps; i += 1) {
      this.#expansion.accept(logProbs, offset + i * this.rowLength);
      this.#settle();
    }
  }

  best(): Hypothesis {
    return this.#hypothesis(this.#ended ? this.#ranked()[0]! : 0);
  }

  nBest(n: number): readonly Hypothesis[] {
    const { beam, links } = this.#expansion;
    const seen = new Set<string>();
    const found = new Map<string, Hypothesis>();
    for (const entry of this.#ranked()) {
      if (found.size >= n) break;
      const words = links.read(beam.link[entry]!).map(({ word }) => word);
      if (seen.has(words.join(' '))) continue;
      seen.add(words.join(' '));
      const hypothesis = this.#hypothesis(entry);
      const text = hypothesis.words.map((word) => word.text).join(' ');
      // letters may spell the same word in place of two
      if (!found.has(text)) found.set(text, hypothesis);
    }
    return [...found.values()];
  }

  stableWords(): number {
    return this.#agreement.stable;
  }

  trailingBlankSteps(): number {
    const { beam, steps } = this.#expansion;
    return steps - 1 - beam.lastStep[0]!;
  }

  get revision(): number {
    return this.#revision;
  }

  end(): void {
    this.#ended = true;
    this.#revision += 1;
  }

  reset(): void {
    this.#expansion.clear();
    this.#agreement.clear();
    this.#settled = [];
    this.#bestLink = WordLinks.EMPTY;
    this.#ended = false;
    this.#revision += 1;
  }

  #settle(): void {
    const { beam, links, steps } = this.#expansion;
    const agreement = this.#agreement;
    const stable = agreement.stable;
    const settled = agreement.update(beam, links, steps - 1, this.#expansion.wordsOfPhrase(0));
    if (settled > stable) this.#expansion.restrictTo(agreement.words, settled);
    if (this.#unknownWords !== null && agreement.stable > stable) this.#spellSettled();
    if (beam.link[0] === this.#bestLink && agreement.stable === stable) return;
    links.retain(beam.link[0]!);
    links.release(this.#bestLink);
    this.#bestLink = beam.link[0]!;
    this.#revision += 1;
  }

  #spellSettled(): void {
    const words = this.#found(0);
    for (let k = this.#settled.length; k < this.#agreement.stable; k += 1) {
      this.#settled.push(this.#spelled(words[k]!));
    }
  }

  #newUnknownWords({ lexicon, spellings }: LexiconResources): UnknownWords | null {
    const options = this.#options.spelling?.unknownWords;
    const { letters } = this.#expansion;
    if (options === undefined || letters === null) return null;
    return new UnknownWords(letters, spellings!.tokens, lexicon, options);
  }

  /** The beam entries that count, best first. */
  #ranked(): number[] {
    const { beam } = this.#expansion;
    const entries = Array.from({ length: beam.size }, (_, entry) => entry);
    const whole = this.#ended ? entries.filter((entry) => beam.node[entry] === LexiconTree.ROOT) : entries;
    const scores = entries.map((entry) => this.#score(entry));
    return (whole.length > 0 ? whole : entries).sort((a, b) => scores[b]! - scores[a]!);
  }

  #text(word: number): string {
    return this.#hotwords === null ? this.#lexicon.word(word) : this.#hotwords.wordText(word);
  }

  /** Score of an entry, at the end with the ending. */
  #score(entry: number): number {
    const { beam } = this.#expansion;
    if (!this.#ended) return beam.score[entry]!;
    const ending = this.#options.languageModelWeight * this.#model.end(beam.state[entry]!);
    return beam.score[entry]! + ending + this.#expansion.ending(entry);
  }

  #hypothesis(entry: number): Hypothesis {
    const words = this.#found(entry).map((found, k): HypothesisWord => {
      const spelled = k < this.#settled.length ? this.#settled[k]! : this.#spelled(found);
      return spelled === null ? found.word : { ...found.word, ...spelled };
    });
    const confidence = geometricMean(words.map((word) => word.confidence));
    return { words, confidence, score: this.#score(entry) };
  }

  /** What letters spell in place of a word; null: nothing. */
  #spelled({ number, word }: FoundWord): SpelledWord | null {
    // who gave a hotword that the lexicon lacks wants it as it is written there
    if (this.#unknownWords === null || number >= this.#lexicon.size) return null;
    return this.#unknownWords.spell(word);
  }

  #found(entry: number): FoundWord[] {
    const { beam, links } = this.#expansion;
    const shares = wordShares(beam, links, entry);
    return links.read(beam.link[entry]!).map(({ word: number, start, end, deficit }, k) => {
      const meanDeficit = deficit / (end - start + 1);
      const confidence = calibrated(shares[k]!, meanDeficit, this.#options.calibration);
      return { number, word: { text: this.#text(number), startStep: start, endStep: end, confidence } };
    });
  }
}
