import { logistic } from '../../agent/decoder/log-math.ts';
import type { ConfidenceCalibration } from '../../agent/decoder/word-confidence.ts';

/** A word that the search found: its evidence, and whether it was said. */
export interface JudgedWord {
  /** ln(share / (1 - share)) of the beam. */
  readonly logit: number;
  /** Mean deficit of a step. */
  readonly deficit: number;
  readonly correct: boolean;
}

const ROUNDS = 3000;
const RATE = 0.2;

/** Logistic regression by gradient descent: the calibration under which the judgements are most likely. */
export function fitConfidence(words: readonly JudgedWord[]): ConfidenceCalibration {
  let [bias, posterior, deficit] = [0, 1, 0];
  for (let round = 0; round < ROUNDS; round += 1) {
    const gradient = [0, 0, 0];
    for (const word of words) {
      const evidence = bias + posterior * word.logit + deficit * word.deficit;
      const error = (word.correct ? 1 : 0) - logistic(evidence);
      gradient[0]! += error;
      gradient[1]! += error * word.logit;
      gradient[2]! += error * word.deficit;
    }
    bias += (RATE * gradient[0]!) / words.length;
    posterior += (RATE * 0.1 * gradient[1]!) / words.length;
    deficit += (RATE * gradient[2]!) / words.length;
  }
  return { bias: rounded(bias), posterior: rounded(posterior), deficit: rounded(deficit) };
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}

/** Words of like confidence: how many, how sure on average, which share of them is right. */
export interface ReliabilityBin {
  readonly words: number;
  readonly confidence: number;
  readonly correct: number;
}

export interface Reliability {
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error, 0 to 1. */
  readonly error: number;
}

/**
 * Expected calibration error: how far the mean confidence of words of like confidence is from the share of them that
 * is right, over ten bins weighted by their words (Naeini et al. 2015).
 */
export function reliability(
  words: readonly { readonly confidence: number; readonly correct: boolean }[],
): Reliability {
  const bins = Array.from({ length: 10 }, (_, i) => {
    const inside = words.filter(({ confidence }) => Math.min(9, Math.floor(confidence * 10)) === i);
    const confidence = inside.reduce((sum, word) => sum + word.confidence, 0) / (inside.length || 1);
    const correct = inside.filter((word) => word.correct).length / (inside.length || 1);
    return { words: inside.length, confidence, correct };
  });
  const error = bins.reduce((sum, bin) => sum + bin.words * Math.abs(bin.confidence - bin.correct), 0);
  return { bins, error: error / (words.length || 1) };
}
