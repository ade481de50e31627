import assert from 'node:assert/strict';
import test from 'node:test';
import { AgentError } from '../../agent/errors.ts';
import { seededRandom } from '../../agent/evaluation/random.ts';
import { LARGEST_GRAMMAR_TEXT, readGrammar } from '../../agent/grammar/read-grammar.ts';
import { countSentences, sampleSentence } from '../../agent/grammar/sentences.ts';
import { allSentences, graphFrom, networkFrom } from '../support/command-grammar.ts';

function sentencesOf(text: string): string[] {
  return [...new Set(allSentences(networkFrom(text)))];
}

/** Messages begin with the place. */
function complaint(text: string): string {
  try {
    graphFrom(text, (word) => [[word.length]]);
  } catch (error) {
    assert.ok(error instanceof AgentError, String(error));
    return `${error.code} ${error.message}`;
  }
  return 'none';
}

test('templates have alternatives, optional parts, parts of words and permutations', () => {
  assert.deepEqual(sentencesOf('turn (on|off) [the] light[s]'), [
    'turn off light',
    'turn off lights',
    'turn off the light',
    'turn off the lights',
    'turn on light',
    'turn on lights',
    'turn on the light',
    'turn on the lights',
  ]);
  assert.deepEqual(sentencesOf('(a;b c) d'), ['a b c d', 'b c a d']);
  assert.deepEqual(sentencesOf('turn(s|ed|ing)'), ['turned', 'turning', 'turns']);
  assert.deepEqual(sentencesOf('[very|quite] big[ger]'), [
    'big',
    'bigger',
    'quite big',
    'quite bigger',
    'very big',
    'very bigger',
  ]);
  assert.deepEqual(sentencesOf("what's up\n# a comment\n\nset 20%"), ['set twenty percent', "what's up"]);
  assert.deepEqual(sentencesOf('say {n:8-12,2}'), ['say eight', 'say ten', 'say twelve']);
});

test('an intents file of hassil has lists, rules of its own and common ones, and skip words', () => {
  const text = `
language: en
intents:
  Set:
    data:
      - sentences: ["<set> {room} to {level:brightness}[%| percent]"]
        requires_context: {domain: light}
        response: done
        expansion_rules: {set: "(set|dim)"}
  Ask: ["is [the] {room} {state}"]
lists:
  room: [den, "living room"]
  level: {range: {from: 99, to: 101, multiplier: 0.01}}
  state:
    values:
      - {in: "(open|ajar)", out: true}
skip_words: [please]
`;
  const sentences = sentencesOf(text);
  assert.ok(sentences.includes('please dim living room to one hundred and one percent'));
  assert.ok(sentences.includes('is the den ajar please'));
  assert.ok(!sentences.includes('is please the den ajar'));
  const graph = graphFrom(text);
  assert.deepEqual(
    graph.intents.map(({ name }) => name),
    ['Set', 'Ask'],
  );
  const values = graph.actions.flatMap(({ before }) =>
    before.flatMap((mark) => (mark.type === 'begin' ? [`${mark.slot}=${mark.value}`] : [])),
  );
  assert.ok(values.includes('brightness=1.01'));
  assert.ok(values.includes('state=true'));
});

test('JSGF has public rules as intents, references, weights and comments', () => {
  const text = `#JSGF V1.0;
grammar lamp; // the lamp
public <switch> = /3/ turn <state> | /1/ <state>;
<state> = on | off /* the
two of them */ ;`;
  assert.deepEqual(sentencesOf(text), ['off', 'on', 'turn off', 'turn on']);
  assert.equal(readGrammar({ name: 'lamp', text }).groups[0]?.intent, 'switch');
  assert.match(
    complaint('#JSGF V1.0;\npublic <a> = b*;'),
    /^GRAMMAR_INVALID test, line 2, column \d+: expected no \*/,
  );
});

test('what is likelier costs less', () => {
  const graph = graphFrom('(/3/ on|/1/ off) now');
  const cost = new Map([...graph.endWord].map((word, end) => [graph.words[word], graph.endLogWeight[end]]));
  assert.equal(cost.get('on'), 0);
  assert.ok(Math.abs(cost.get('off')! + Math.log(3)) < 1e-6);
});

test('mistakes are named with line, column and what was expected', () => {
  const cases: [string, RegExp][] = [
    ['turn (on|off', /line 1, column 6: expected "\)"/],
    ['fine\n  turn on] now', /line 2, column 10: expected no closing bracket/],
    ['turn (on]', /line 1, column 9: expected "\)", got "\]"/],
    ['turn {state', /line 1, column 6: expected "\}"/],
    ['turn {state} on', /column 6: expected the name of a list, got "state"; there are none/],
    ['turn <st ate>', /column 6: expected the name of a rule/],
    ['(a|b;c)', /column 5: expected only "\|" or only ";"/],
    ['[a] [b]', /column 1: expected a sentence of at least one word/],
    ['x {n:9-1}', /expected a range such as \{n:0-100\}/],
    ['', /expected at least one sentence/],
    [
      'intents:\n  A: [hello]\n  B: {data: [{sentence: [x]}]}',
      /line 3, column 15: expected one of sentences, slots/,
    ],
    [
      'intents:\n  A:\n    - "say {hue}"\nlists: {color: [red]}',
      /line 3, column 12: .* got "hue"; there are: color/,
    ],
    ['intents: [', /not YAML/],
    ['intents:\n  A: ["hi {x}"]\nlists: {x: {wildcard: true}}', /line 3, column 13: .*wildcard/],
    ['intents:\n  A: [<a>]\nexpansion_rules: {a: <b>, b: <a>}', /contains itself: a → b → a/],
  ];
  for (const [text, expected] of cases) {
    assert.match(complaint(text), /^GRAMMAR_INVALID test, line \d+, column \d+: /, text);
    assert.match(complaint(text), expected, text);
  }
});

test('grammars beyond the limits are refused in good time', () => {
  assert.match(complaint('a '.repeat(LARGEST_GRAMMAR_TEXT)), /^GRAMMAR_TOO_LARGE .* characters/);
  assert.match(complaint('a '.repeat(10_000)), /^GRAMMAR_TOO_LARGE a sentence has more than/);
  assert.match(complaint(`${'('.repeat(60)}a${')'.repeat(60)}`), /at most 50 brackets/);
  const doubling = Array.from({ length: 25 }, (_, i) => `  r${i}: "<r${i + 1}> <r${i + 1}>"`).join('\n');
  assert.match(
    complaint(`intents:\n  A: [<r0>]\nexpansion_rules:\n${doubling}\n  r25: x`),
    /^GRAMMAR_TOO_LARGE .* (grows|words)/,
  );
  assert.match(complaint('say {n:0-900000000}'), /this range has 900000001 numbers/);
  assert.match(complaint('(a;b;c;d;e;f;g)'), /^GRAMMAR_TOO_LARGE .*7 parts/);
});

test('a name that is too long is named with its place, in every form', () => {
  const [fits, long] = ['n'.repeat(100), 'n'.repeat(101)];
  const forms: ((name: string) => { text: string; name?: string })[] = [
    (name) => ({ text: 'turn on', name }),
    (name) => ({ text: `turn {${name}:0-9}` }),
    (name) => ({ text: `intents: {A: ["{a:${name}}"]}\nlists: {a: [b]}` }),
    (name) => ({ text: `intents:\n  ${name}: [turn on]` }),
    (name) => ({ text: `intents:\n  A: {data: [{sentences: [turn on], slots: {${name}: 1}}]}` }),
    (name) => ({ text: `#JSGF V1.0;\npublic <${name}> = on;` }),
  ];
  const places = ['1, column 1', '1, column 6', '1, column 16', '2, column 3', '2, column 45', '2, column 1'];
  for (const [index, form] of forms.entries()) {
    readGrammar({ name: 'test', ...form(fits) });
    assert.throws(
      () => readGrammar({ name: 'test', ...form(long) }),
      ({ code, message }: AgentError) => {
        assert.equal(code, 'GRAMMAR_INVALID');
        assert.match(message, /expected the name of an? \w+ of at most 100 characters, got 101 characters$/);
        assert.ok(message.includes(`, line ${places[index]}: `), message);
        return true;
      },
    );
  }
});

test('words that the tokens can not say are named', () => {
  const text = 'turn (left|zxq)';
  assert.throws(
    () => graphFrom(text, (word) => (word === 'zxq' ? [] : [[1]])),
    (error: AgentError) => error.code === 'GRAMMAR_WORD' && error.message.includes('"zxq"'),
  );
});

test('ten thousand sentences share their parts', () => {
  const names = Array.from(
    { length: 500 },
    (_, i) => `    - name ${String.fromCharCode(97 + (i % 26))} ${'x'.repeat(i % 19)}y${i}`,
  );
  const forms = Array.from({ length: 20 }, (_, i) => `    - "${'abcdefghijklmnopqrst'[i]} call {who}"`).join(
    '\n',
  );
  const network = networkFrom(`intents:\n  Call:\n${forms}\nlists:\n  who:\n${names.join('\n')}`);
  assert.equal(countSentences(network), 10_000);
  assert.ok(network.nodes.length < 3000, `${network.nodes.length} nodes`);
  const sentence = sampleSentence(network, seededRandom(1));
  assert.match(sentence, /^[a-t] call name/);
});
