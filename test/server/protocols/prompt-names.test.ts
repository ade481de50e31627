import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { promptNames } from '../../../agent/server/protocols/prompt-names.ts';

for (const [prompt, names] of [
  ['', []],
  ['Expect words related to technology.', []],
  [
    'ZyntriQix, Digique Plus, CynapseFive, VortiQore V8',
    ['ZyntriQix', 'Digique Plus', 'CynapseFive', 'VortiQore V8'],
  ],
  ['kubernetes, lake effect', ['kubernetes', 'lake effect']],
  [
    'We talk about OpenAI, GPT-4.5 and the future of Lake Wallenpaupack.',
    ['OpenAI', 'GPT-4.5', 'Lake Wallenpaupack'],
  ],
  ['The speakers are Siobhan and Eoghan. The place is Cork', ['Siobhan', 'Eoghan', 'Cork']],
  ['GitHub is where it is', ['GitHub']],
  ['Wallenpaupack', ['Wallenpaupack']],
  ['I met Ada, I met Ada again, and I met Grace Hopper', ['Ada', 'Grace Hopper']],
] as const) {
  test(`names in "${prompt}"`, () => assert.deepEqual(promptNames(prompt), names));
}

test('whatever a prompt says, its names are few, different and in it', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'B', ' ', ',', '.', '-', '\n', '9'), maxLength: 500 }),
      (prompt) => {
        const names = promptNames(prompt);
        assert.ok(names.length <= 50);
        assert.equal(new Set(names).size, names.length);
        const spaced = prompt.replace(/\s+/g, ' ');
        for (const name of names) assert.ok(name !== '' && spaced.includes(name), name);
      },
    ),
  );
});

test('a prompt of marks alone is read as fast as any other', () => {
  assert.deepEqual(promptNames(`${'!'.repeat(1_000_000)}a`), []);
});
