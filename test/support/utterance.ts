import { normalizeText } from '../../agent/evaluation/text-normalization.ts';
import { scoreUtterance, type UtteranceResult } from '../../agent/evaluation/utterance-result.ts';

/** The result of a recording of two seconds in which `text` was said and `hypothesis` heard, a word every 0.3 s. */
export function utterance(
  text: string,
  hypothesis: string,
  { file = 'clip.wav', dataset = 'set' } = {},
): UtteranceResult {
  const words = hypothesis
    .split(' ')
    .filter(Boolean)
    .map((word, index) => ({ text: word, start: index * 0.3, end: index * 0.3 + 0.3, confidence: 1 }));
  const final = {
    type: 'final',
    segment: 0,
    text: hypothesis,
    words,
    confidence: 1,
    start: 0,
    end: 2,
  } as const;
  return scoreUtterance({
    row: { line: 2, file, dataset, split: '', text },
    speechEnd: 1.75,
    seconds: 2,
    finishedAt: 2,
    events: [{ at: 2.5, event: { ...final, reason: 'end' } }],
    normalize: normalizeText,
  });
}
