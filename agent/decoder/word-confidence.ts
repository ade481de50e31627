import type { LexiconBeam } from './lexicon-beam.ts';
import { LexiconTree } from './lexicon-tree.ts';
import { logistic } from './log-math.ts';
import { WordLinks } from './word-links.ts';

/**
 * From evidence to the probability that a word is right: the logistic function of
 * `bias + posterior · logit(share of the beam) + deficit · (mean deficit of a step)`. Fitted for a bundle on texts that
 * are known.
 */
export interface ConfidenceCalibration {
  readonly bias: number;
  readonly posterior: number;
  readonly deficit: number;
}

/** The share of the beam as it is. */
export const UNCALIBRATED: ConfidenceCalibration = { bias: 0, posterior: 1, deficit: 0 };

/** Shares nearer to 0 and 1 say no more: the beam holds too few hypotheses to know. */
const SHARE_LIMIT = 1e-4;

/**
 * For each word behind beam entry `entry`, first word first, the share (0 to 1) that hypotheses which have the same
 * word at the same time have in the probability of all hypotheses. Hypotheses in the middle of a word have no say
 * about the words that it overlaps.
 */
export function wordShares(beam: LexiconBeam, links: WordLinks, entry: number): number[] {
  const chain: number[] = [];
  for (let at = beam.link[entry]!; at !== WordLinks.EMPTY; at = links.previous[at]!) chain.unshift(at);
  const agreeing = new Array<number>(chain.length).fill(0);
  const voting = new Array<number>(chain.length).fill(0);
  for (let other = 0; other < beam.size; other += 1) {
    const weight = Math.exp(beam.score[other]! - beam.score[0]!);
    const inWord = beam.node[other] !== LexiconTree.ROOT;
    let link = beam.link[other]!;
    for (let k = chain.length - 1; k >= 0; k -= 1) {
      const own = chain[k]!;
      while (link !== WordLinks.EMPTY && links.start[link]! > links.end[own]!) link = links.previous[link]!;
      const overlaps = link !== WordLinks.EMPTY && links.end[link]! >= links.start[own]!;
      if (!overlaps && inWord && beam.start[other]! <= links.end[own]!) continue;
      voting[k]! += weight;
      if (overlaps && links.word[link] === links.word[own]) agreeing[k]! += weight;
    }
  }
  return agreeing.map((share, k) => (voting[k]! > 0 ? share / voting[k]! : 0));
}

/** @param deficit mean over the steps of the word, see `EndedWord.deficit` */
export function calibrated(share: number, deficit: number, calibration: ConfidenceCalibration): number {
  const bounded = Math.min(1 - SHARE_LIMIT, Math.max(SHARE_LIMIT, share));
  const logit = Math.log(bounded / (1 - bounded));
  const evidence = calibration.bias + calibration.posterior * logit + calibration.deficit * deficit;
  return logistic(evidence);
}
