import assert from 'node:assert/strict';
import test from 'node:test';
import { Pronouncer } from '../../agent/decoder/pronouncer.ts';
import { CommandCompiler } from '../../agent/engine/command-compiler.ts';
import { AgentError } from '../../agent/errors.ts';
import { compileGrammars } from '../../agent/grammar/compile-grammar.ts';
import { readGrammar } from '../../agent/grammar/read-grammar.ts';

/** Far more than any of these takes, also where much else is being done. */
const IN_GOOD_TIME_MS = 60_000;

function complaint(text: string): string {
  const startedMs = performance.now();
  try {
    compileGrammars([readGrammar({ name: 'test', text })], (word) => [[word.length]]);
  } catch (error) {
    assert.ok(error instanceof AgentError, String(error));
    assert.ok(performance.now() - startedMs < IN_GOOD_TIME_MS);
    return `${error.code} ${error.message}`;
  }
  return 'none';
}

/** Different words of a few letters. */
function words(count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    [...String(index)].map((digit) => 'bcdfghklmn'[Number(digit)]! + 'aeiouaeiou'[Number(digit)]!).join(''),
  );
}

test('choices that nothing separates are refused before all their words are made', () => {
  for (const text of [
    `set light ${'(a|b)'.repeat(20)}`,
    `${'(a|b)'.repeat(40)} on`,
    `${'(/3/[a]|/5/[b]|/7/[c]) '.repeat(200)}on`,
  ]) {
    assert.match(
      complaint(text),
      /^GRAMMAR_TOO_LARGE the parts of a word .* combine to more than \d+ ways; expected less: put spaces between/,
      text,
    );
  }
  assert.equal(complaint(`set light ${'(a|b)'.repeat(10)}`), 'none');
});

test('a word is as long as words are: written, with its place, or put together', () => {
  assert.match(
    complaint(`say ${'a'.repeat(101)}`),
    /^GRAMMAR_TOO_LARGE test, line 1, column 5: expected words of at most 100 characters, got "aaaaaaaaaaaaaaaaaaaa…" of 101; put spaces/,
  );
  const letters = (letter: string, length: number) => letter.repeat(length);
  const glued = `x ${Array.from({ length: 19 }, () => `(${letters('a', 60)}|${letters('b', 60)})`).join('')}`;
  assert.match(
    complaint(glued),
    /^GRAMMAR_TOO_LARGE expected words of at most 100 characters, got .* of 120/,
  );
  assert.equal(complaint(`say ${'a'.repeat(100)}`), 'none');
});

test('rules that say nothing have no end by being many', () => {
  const doubling = Array.from({ length: 28 }, (_, i) => `  r${i}: "<r${i + 1}><r${i + 1}>"`).join('\n');
  assert.match(
    complaint(`intents:\n  A: ["on <r0>"]\nexpansion_rules:\n${doubling}\n  r28: "()"`),
    /^GRAMMAR_TOO_LARGE the grammar grows to more than 400000 parts/,
  );
});

test('texts whose reading would take the square of their length are read in good time', () => {
  assert.match(
    complaint(`#JSGF V1.0;\n${'/*'.repeat(400_000)}`),
    /^GRAMMAR_INVALID test, line 2, column \d+: expected "\*\/" to close this comment/,
  );
  const rules = words(30_000).map((word) => `<${word}>=b;`);
  assert.equal(complaint(`#JSGF V1.0;\n${rules.join('')}public <x> = b;`), 'none');
  const aliases = `lists:\n  a: [&x light]\n  b: [${'*x,'.repeat(50_000)}]\nintents: {A: ["{a}"]}`;
  assert.equal(complaint(aliases), 'none');
  assert.match(complaint(`${aliases}\n# ${'*'.repeat(10)}`), /none/);
});

test('YAML of very many parts is refused before it is put together', () => {
  const keys = Array.from({ length: 120_000 }, (_, index) => ` ${index}:`);
  for (const text of [['intents:', ...keys].join('\n'), `intents:\n  a: ${'['.repeat(990_000)}`]) {
    assert.match(
      complaint(text),
      /^GRAMMAR_TOO_LARGE test has more than 400000 marks, texts and line ends; expected/,
    );
  }
});

test('a key that stands twice is told, however many there are', () => {
  const keys = words(30_000).map((word) => ` ${word}: 1`);
  const text = ['intents:', ...keys, ` ${words(1)[0]}: 1`].join('\n');
  assert.match(
    complaint(text),
    /^GRAMMAR_INVALID test, line 30002, column 2: expected each key once in "intents", got "ba" again/,
  );
});

test('an alias is the last anchor of its name before it', () => {
  const text = 'intents: {A: ["{n}"]}\nlists: {n: [&x red, *x, &x blue], m: [*x]}';
  assert.equal(complaint(text), 'none');
  assert.match(
    complaint('intents: {A: ["{n}"]}\nlists: {n: [*x, &x blue]}'),
    /^GRAMMAR_INVALID .*got nothing/,
  );
});

test('the value of a slot is no text of any length', () => {
  const list = (value: string) => `intents: {A: ["{n}"]}\nlists: {n: [{in: red, out: "${value}"}]}`;
  assert.equal(complaint(list('r'.repeat(1000))), 'none');
  assert.match(
    complaint(list('r'.repeat(1001))),
    /^GRAMMAR_INVALID test, line 2, .* at most 1000 characters, got 1001/,
  );
});

test('lists of thousands and ten thousand lines are no large grammars', () => {
  const list = `intents:\n  A: ["(call|ring) [my|our] {n}['s] phone [now]"]\nlists:\n  n: [${words(5000).join(', ')}]\n`;
  assert.equal(complaint(list), 'none');
  assert.equal(
    complaint(
      words(10_000)
        .map((word) => `open the ${word} door`)
        .join('\n'),
    ),
    'none',
  );
  assert.equal(complaint(`say (${words(20_000).join('|')}|x)`), 'none');
});

test('words that have to be guessed are bounded by their letters; those that were guessed before count too', () => {
  let guesses = 0;
  const lexicon = {
    phonemeNames: ['A'],
    lookup: (word: string) => (word === 'call' ? 0 : -1),
    pronunciations: () => [[0]],
  };
  const letterToSound = {
    pronounce: () => {
      guesses += 1;
      return [{ phonemes: [0], logProb: 0 }];
    },
  };
  const pronouncer = new Pronouncer({
    lexicon,
    letterToSound,
    user: new Map(),
    normalize: (text: string) => text,
    letterNames: new Map(),
  } as never);
  const heads = new Map([['phonemes', { wordBoundary: null, size: 2, blank: 1 }]]);
  const resources = { heads, spellingHead: 'phonemes', normalize: (text: string) => text } as never;
  const compiler = new CommandCompiler(resources, pronouncer);
  const grammar = (count: number) => [
    {
      name: 'names',
      text: words(count)
        .map((word) => `call ${word}`)
        .join('\n'),
    },
  ];
  compiler.compile(grammar(3000));
  assert.equal(guesses, 3000);
  compiler.compile(grammar(3100));
  assert.equal(guesses, 3100, 'what was guessed is kept');
  assert.throws(() => compiler.compile(grammar(9000)), {
    code: 'GRAMMAR_TOO_LARGE',
    message: /that no dictionary has, such as "\w+", have \d+ letters; expected at most 40000/,
  });
});
