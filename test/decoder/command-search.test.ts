import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { CommandSearch, type CommandSearchOptions } from '../../agent/decoder/command-search.ts';
import { allSentences, graphFrom, LETTERS, letterTokens, networkFrom } from '../support/command-grammar.ts';
import { referenceCommandScore } from '../support/reference-command.ts';

const UNPRUNED: CommandSearchOptions = {
  blankPenalty: 0,
  fillerPenalty: 1,
  beam: Number.POSITIVE_INFINITY,
  maxPaths: Number.POSITIVE_INFINITY,
  minConfidence: 0,
  minEvidence: Number.NEGATIVE_INFINITY,
  confidenceOffset: 3,
  confidenceScale: 2,
};
const HOME = `
intents:
  Light:
    data:
      - sentences: ["(turn|switch) {state} [the] {area} light[s]", "light[s] {state}"]
        slots: {domain: light}
  Brightness:
    data:
      - sentences: ["set {area} to {level:0-30,10}"]
lists:
  state: {values: ["on", "off"]}
  area:
    values:
      - in: "(kitchen|galley)"
        out: kitchen_1
      - living room
`;

/** Log-probs in which `text` is spelled clearly: a letter a step, a blank behind it. */
function spelled(text: string, certainty = 0.9): number[][] {
  const rest = Math.log((1 - certainty) / (LETTERS.size - 1));
  const tokens = [0, ...letterTokens(text.replaceAll(' ', ''))[0]!.flatMap((token) => [token, 0]), 0];
  return tokens.map((token) =>
    Array.from({ length: LETTERS.size }, (_, at) => (at === token ? Math.log(certainty) : rest)),
  );
}

function recognize(grammar: string, rows: readonly (readonly number[])[], options = UNPRUNED) {
  const search = new CommandSearch(graphFrom(grammar), LETTERS, options);
  search.accept(Float32Array.from(rows.flat()), rows.length);
  search.end();
  return search.best();
}

test('a command gives its words with steps, its intent and its slots with values', () => {
  const { words, command } = recognize(HOME, spelled('turn off the galley lights'));
  assert.deepEqual(
    words.map(({ text, startStep, endStep }) => [text, startStep, endStep]),
    [
      ['turn', 1, 7],
      ['off', 9, 13],
      ['the', 15, 19],
      ['galley', 21, 31],
      ['lights', 33, 43],
    ],
  );
  assert.deepEqual(command, {
    intent: 'Light',
    grammar: 'test',
    slots: [
      { name: 'state', value: 'off', firstWord: 1, endWord: 2 },
      { name: 'area', value: 'kitchen_1', firstWord: 3, endWord: 4 },
      { name: 'domain', value: 'light', firstWord: 0, endWord: 0 },
    ],
  });
});

test('a number of a range is a slot with its value', () => {
  const { command } = recognize(HOME, spelled('set living room to twenty'));
  assert.ok(command && 'slots' in command);
  assert.deepEqual(
    command.slots.map(({ name, value }) => [name, value]),
    [
      ['area', 'living room'],
      ['level', 20],
    ],
  );
});

test('what is not a command is refused, and so is one that breaks off', () => {
  const options = { ...UNPRUNED, minConfidence: 0.5 };
  const other = recognize(HOME, spelled('my dog has fleas and more'), options);
  assert.deepEqual(other.command, { refusal: 'unlikely' });
  assert.deepEqual(other.words, []);
  assert.equal(other.firstSoundStep, 1);
  const half = recognize(HOME, spelled('turn on the living'), options);
  assert.deepEqual(half.command, { refusal: 'incomplete' });
});

test('a command inside of other speech is refused, for what is around it counts against it', () => {
  const options = { ...UNPRUNED, fillerPenalty: 2, minConfidence: 0.5 };
  const inside = recognize(
    HOME,
    spelled('i heard her say turn on the kitchen light and then run away'),
    options,
  );
  assert.deepEqual(inside.command, { refusal: 'unlikely' });
});

test('noise that sounds like a short command, but hardly more than silence, is refused', () => {
  const grammar = 'intents:\n  Spell: ["a"]';
  const [token] = letterTokens('a')[0]!;
  const heard = (share: number) => {
    const rest = (1 - share) / (LETTERS.size - 2) / 10;
    const sound = Array.from({ length: LETTERS.size }, (_, at) =>
      Math.log(at === token ? share : at === 0 ? 0.9 * (1 - share) : rest),
    );
    const quiet = sound.map((_, at) => Math.log(at === 0 ? 0.99 : 0.01 / (LETTERS.size - 1)));
    return recognize(grammar, [quiet, sound, sound, sound, quiet], { ...UNPRUNED, minEvidence: 5 });
  };
  assert.deepEqual(heard(0.7).command, { refusal: 'unlikely' });
  assert.ok('intent' in (heard(0.95).command ?? {}));
});

test('silence is neither a command nor a refusal', () => {
  const { words, command, firstSoundStep } = recognize(HOME, spelled(''));
  assert.deepEqual([words, command, firstSoundStep], [[], undefined, undefined]);
});

test('the words so far are there before the command ends', () => {
  const search = new CommandSearch(graphFrom(HOME), LETTERS, { ...UNPRUNED, minConfidence: 0.5 });
  const shown = new Set(['']);
  let revision = search.revision;
  for (const row of spelled('turn on kitchen light')) {
    search.accept(Float32Array.from(row), 1);
    const text = search
      .best()
      .words.map((word) => word.text)
      .join(' ');
    if (!shown.has(text)) assert.notEqual(search.revision, revision, `nothing said that "${text}" is new`);
    shown.add(text);
    revision = search.revision;
  }
  assert.deepEqual([...shown], ['', 'turn', 'turn on', 'turn on kitchen', 'turn on kitchen light']);
});

const word = fc.constantFrom('a', 'b', 'ab', 'ba', 'aa', 'c');
const template = fc.letrec<{ part: string }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    word,
    fc.tuple(tie('part'), tie('part')).map(([a, b]) => `${a} ${b}`),
    fc.tuple(tie('part'), tie('part')).map(([a, b]) => `(${a}|${b})`),
    fc.tuple(tie('part'), tie('part')).map(([a, b]) => `[${a}] ${b}`),
    fc.tuple(word, tie('part')).map(([a, b]) => `${a}[${b}]`),
    fc.tuple(tie('part'), word).map(([a, b]) => `(${a};${b})`),
  ),
})).part;
const TINY = { blank: 0, size: 4 };
const rows = fc.array(
  fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
  {
    minLength: 1,
    maxLength: 9,
  },
);

function normalized(weights: readonly (readonly number[])[]): number[][] {
  return weights.map((row) => {
    const sum = row.reduce((total, value) => total + value, 0);
    // as the search reads them: float32
    return [...Float32Array.from(row, (value) => Math.log(value / sum))];
  });
}

test('with nothing pruned the score is that of the best of all sentences and alignments', () => {
  fc.assert(
    fc.property(
      template,
      rows,
      fc.double({ min: 0.1, max: 4, noNaN: true }),
      fc.constantFrom(0, 1),
      (grammar, weights, fillerPenalty, blankPenalty) => {
        const logProbs = normalized(weights);
        const penalties = { fillerPenalty, blankPenalty };
        const expected = Math.max(
          ...allSentences(networkFrom(grammar)).map((sentence) => {
            const sequence = letterTokens(sentence.replaceAll(' ', ''))[0]!;
            return referenceCommandScore(logProbs, sequence, { blank: TINY.blank, ...penalties });
          }),
        );
        const search = new CommandSearch(graphFrom(grammar), TINY, { ...UNPRUNED, ...penalties });
        search.accept(Float32Array.from(logProbs.flat()), logProbs.length);
        search.end();
        const { words, score } = search.best();
        if (expected === Number.NEGATIVE_INFINITY) assert.deepEqual(words, []);
        else assert.ok(Math.abs(score - expected) < 1e-5, `${score} is not ${expected}`);
      },
    ),
    { numRuns: 400 },
  );
});

test('a reset search and any split of the steps give the same', () => {
  fc.assert(
    fc.property(template, rows, rows, fc.nat(9), (grammar, before, weights, cut) => {
      const logProbs = Float32Array.from(normalized(weights).flat());
      const graph = graphFrom(grammar);
      const whole = new CommandSearch(graph, TINY, UNPRUNED);
      whole.accept(logProbs, weights.length);
      const split = new CommandSearch(graph, TINY, UNPRUNED);
      split.accept(Float32Array.from(normalized(before).flat()), before.length);
      split.end();
      split.best();
      split.reset();
      const first = Math.min(cut, weights.length);
      split.accept(logProbs, first);
      split.best();
      split.accept(logProbs, weights.length - first, first * TINY.size);
      assert.deepEqual(split.best(), whole.best());
      whole.end();
      split.end();
      assert.deepEqual(split.nBest(5), whole.nBest(5));
    }),
    { numRuns: 200 },
  );
});

test('the words behind paths are forgotten when nothing leads to them any more', () => {
  const { words } = recognize('[a|b|c] (a|b) (a|b|c) (a|b|c) (a|b|c) x', spelled('abcax'), UNPRUNED);
  assert.equal(words.map(({ text }) => text).join(''), 'abcax');
  const long = Array.from({ length: 3000 }, (_, step) => spelled('ab', 0.5)[step % 5]!);
  const search = new CommandSearch(graphFrom('(a|b|c) (a|b|c) (a|b|c) x'), LETTERS, UNPRUNED);
  search.accept(Float32Array.from(long.flat()), long.length);
  search.accept(Float32Array.from(spelled('a b c x').flat()), 10);
  search.end();
  assert.equal(
    search
      .best()
      .words.map(({ text }) => text)
      .join(''),
    'abcx',
  );
});
