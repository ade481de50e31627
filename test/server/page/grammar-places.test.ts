import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentError } from '../../../agent/errors.ts';
import { readGrammar } from '../../../agent/grammar/read-grammar.ts';
import { linesOfIntent, readFault } from '../../../agent/server/page/grammar-places.js';
import { EXAMPLE_GRAMMAR } from '../../../agent/server/page/task.js';

const slot = (name: string, value: string | number, text = String(value)) => ({
  name,
  value,
  text,
  start: 0,
  end: 1,
});

/** What the daemon says of a grammar. */
function messageOf(text: string): string {
  try {
    readGrammar({ name: 'grammar', text });
  } catch (error) {
    if (error instanceof AgentError) return error.message;
  }
  return '';
}

/** The lit lines of the page's example. */
function lit(name: string, ...slots: ReturnType<typeof slot>[]): string[] {
  const lines = EXAMPLE_GRAMMAR.split('\n');
  return [...linesOfIntent(lines, { name, slots })]
    .sort((a, b) => a - b)
    .map((line) => lines[line - 1]!.trim());
}

test('the place of a mistake is taken out of what the daemon says', () => {
  const fault = readFault(messageOf('intents:\n  Light: ["turn (on|off the light"]\n'));
  assert.equal(fault.line, 2);
  assert.ok((fault.column ?? 0) > 10);
  assert.match(fault.problem, /^expected /);
});

test('what names no place is about the grammar as a whole', () => {
  const message = 'grammar has 2000000 characters; expected at most 1000000';
  assert.deepEqual(readFault(message), { problem: message });
});

test('the sentences of the intent are lit, and the lists of its slots', () => {
  assert.deepEqual(lit('Light', slot('state', 'on'), slot('area', 'living room')), [
    'Light:',
    '- "(turn|switch) {state} [the] {area} light[s]"',
    '- "(turn|switch) [the] {area} light[s] {state}"',
    'state: ["on", "off"]',
    'area: [kitchen, bedroom, hall, "living room"]',
  ]);
  assert.deepEqual(lit('Time'), ['Time:', '- "what time is it"']);
});

test('of a long list the value that was said is lit, under the name that the slot has there', () => {
  const lines = [
    'intents:',
    '  Go: ["go to {place:target}"]',
    'lists:',
    '  place:',
    '    - hall',
    '    - garden',
  ];
  assert.deepEqual([...linesOfIntent(lines, { name: 'Go', slots: [slot('target', 'garden')] })], [2, 4, 6]);
});

test('an intent that the text does not name lights nothing', () => {
  assert.deepEqual(linesOfIntent(['turn (on|off)'], { name: 'grammar', slots: [] }), new Set());
});

test('the example of the page is a grammar', () => {
  assert.equal(messageOf(EXAMPLE_GRAMMAR), '');
});
