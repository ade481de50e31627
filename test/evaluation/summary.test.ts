import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alignedLines, summaryTable, worstHeading } from '../../agent/evaluation/report-table.ts';
import { summarize, worst } from '../../agent/evaluation/summary.ts';
import { normalizeText } from '../../agent/evaluation/text-normalization.ts';
import { scoreUtterance } from '../../agent/evaluation/utterance-result.ts';
import { utterance } from '../support/utterance.ts';

const results = [
  utterance('Call Mr. Jones!', 'call mister jones', { file: 'good.wav' }),
  utterance('Turn it off', 'turn the lights off now', { file: 'bad.wav' }),
  utterance('', '', { file: 'empty.wav' }),
];

test('scores normalised texts', () => {
  assert.equal(results[0]!.reference, 'call mister jones');
  assert.deepEqual(results[0]!.words, { reference: 3, substitutions: 0, insertions: 0, deletions: 0 });
  assert.deepEqual(results[1]!.words, { reference: 3, substitutions: 1, insertions: 2, deletions: 0 });
});

test('measures the last word only where it was recognized', () => {
  assert.deepEqual(utterance('turn it off', 'turn it off').lastWord, [0.75]);
  assert.deepEqual(utterance('turn it off', 'turn it').lastWord, []);
});

test('joins the finals of an utterance', () => {
  const { event } = { event: { type: 'final', words: [], confidence: 1, start: 0, end: 1 } as const };
  const events = ['yes', 'no'].map((text, segment) => ({
    at: segment,
    event: { ...event, text, segment, reason: 'endpoint' as const },
  }));
  const joined = scoreUtterance({
    row: { line: 2, file: 'f', dataset: 'set', split: '', text: 'yes no' },
    seconds: 1,
    finishedAt: 1,
    speechEnd: null,
    events,
    normalize: normalizeText,
  });
  assert.equal(joined.hypothesis, 'yes no');
  assert.equal(joined.finals, 2);
});

test('sums a data set up over all its words', () => {
  const summary = summarize('set', results, { busySeconds: 0.3, audioSeconds: 6 });
  assert.equal(summary.wer.rate, 0.5);
  assert.equal(summary.utterances, 3);
  assert.equal(summary.audioSeconds, 6);
  assert.equal(summary.rtf?.toFixed(3), '0.050');
  assert.equal(summary.sentenceErrorRate.toFixed(3), '0.333');
  assert.equal(summary.finalLatency?.p50, 0.5);
  assert.equal(summary.lastWordLatency?.p50, 0.75);
  assert.equal(summary.churn, 0);
  assert.equal(summary.changedShare, null);
  assert.equal(summary.stableLatency?.p50, summary.partialLatency?.p50);
});

test('sums nothing up without failing', () => {
  const summary = summarize('none', [], { busySeconds: 0, audioSeconds: 0 });
  assert.equal(summary.wer.rate, null);
  assert.match(summaryTable([summary]), /none/);
});

test('lists the utterances with the most wrong words', () => {
  assert.deepEqual(
    worst(results, 5).map(({ file }) => file),
    ['bad.wav'],
  );
  assert.equal(worstHeading(results[1]!), 'bad.wav: 3 of 3 words wrong');
  assert.equal(alignedLines(results[1]!), '  ref: turn *** IT     off ***\n  hyp: turn THE LIGHTS off NOW');
});

test('prints one row per data set', () => {
  const summary = summarize('set', results, { busySeconds: 0.3, audioSeconds: 6 });
  const [head, rule, row] = summaryTable([summary]).split('\n');
  assert.match(head!, /^dataset +utts +min +words +WER %/);
  assert.match(rule!, /^─+ /);
  assert.match(row!, /^set +3 +0\.1 +6 +50\.0 +0\.0–100\.0 +1 +2 +0 /);
  assert.match(summaryTable([summary], 'markdown'), /^\| dataset \|.*\n\| -+ \| -*: \|/);
});
