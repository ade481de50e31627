import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LexiconBeam } from '../../agent/decoder/lexicon-beam.ts';
import { calibrated, UNCALIBRATED, wordShares } from '../../agent/decoder/word-confidence.ts';
import { WordLinks } from '../../agent/decoder/word-links.ts';

const ROOT = 0;
const IN_WORD = 7;

/** A beam of hypotheses of words with times, and whether they end in the middle of another word. */
function beamOf(
  hypotheses: readonly {
    share: number;
    words: [word: number, start: number, end: number][];
    inWordSince?: number;
  }[],
) {
  const links = new WordLinks();
  const beam = new LexiconBeam(hypotheses.length);
  hypotheses.forEach(({ share, words, inWordSince }, entry) => {
    let link: number = WordLinks.EMPTY;
    for (const [word, start, end] of words) {
      link = links.add(link);
      links.word[link] = word;
      links.start[link] = start;
      links.end[link] = end;
    }
    beam.score[entry] = Math.log(share);
    beam.link[entry] = link;
    beam.node[entry] = inWordSince === undefined ? ROOT : IN_WORD;
    beam.start[entry] = inWordSince ?? 0;
  });
  beam.size = hypotheses.length;
  return { beam, links };
}

function assertShares(shares: readonly number[], expected: readonly number[]): void {
  assert.equal(shares.length, expected.length);
  for (const [i, share] of shares.entries()) assert.ok(Math.abs(share - expected[i]!) < 1e-9, `${shares}`);
}

test('a word has the share of the hypotheses that have it at the same time', () => {
  const { beam, links } = beamOf([
    {
      share: 0.6,
      words: [
        [1, 0, 4],
        [2, 6, 9],
      ],
    },
    {
      share: 0.3,
      words: [
        [1, 0, 5],
        [3, 7, 9],
      ],
    },
    {
      share: 0.1,
      words: [
        [4, 0, 2],
        [1, 3, 5],
        [2, 6, 9],
      ],
    },
  ]);
  assertShares(wordShares(beam, links, 0), [1, 0.7]);
});

test('a hypothesis in the middle of a word has no say about the words that it overlaps', () => {
  const { beam, links } = beamOf([
    {
      share: 0.5,
      words: [
        [1, 0, 4],
        [2, 6, 9],
      ],
    },
    { share: 0.3, words: [[1, 0, 4]], inWordSince: 6 },
    {
      share: 0.2,
      words: [
        [1, 0, 4],
        [3, 6, 9],
      ],
    },
  ]);
  assertShares(wordShares(beam, links, 0), [1, 0.5 / 0.7]);
});

test('without words there are no shares', () => {
  const { beam, links } = beamOf([{ share: 1, words: [] }]);
  assert.deepEqual(wordShares(beam, links, 0), []);
});

test('the calibration turns evidence to a probability, and nothing is quite sure', () => {
  assert.ok(Math.abs(calibrated(0.7, -1, UNCALIBRATED) - 0.7) < 1e-9);
  assert.ok(calibrated(1, 0, UNCALIBRATED) < 1);
  assert.ok(calibrated(0, 0, UNCALIBRATED) > 0);
  const calibration = { bias: 0, posterior: 0.5, deficit: 2 };
  assert.ok(calibrated(0.9, -1, calibration) < calibrated(0.9, -0.1, calibration));
});
