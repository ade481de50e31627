import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveLine } from '../../agent/cli/live-line.ts';
import { tailOfWidth, textWidth } from '../../agent/cli/text-width.ts';

class FakeTerminal {
  readonly columns: number;
  readonly #colours: boolean;
  written = '';

  constructor(columns: number, colours = true) {
    this.columns = columns;
    this.#colours = colours;
  }

  write(text: string): void {
    this.written += text;
  }

  hasColors(): boolean {
    return this.#colours;
  }

  /** What a person sees in the last line: `<…>` is dim. */
  get line(): string {
    const last = this.written.split('\x1b[2K').at(-1)!;
    return last.replaceAll('\x1b[2m', '<').replaceAll('\x1b[22m', '>').replaceAll('\r', '');
  }
}

test('shows what is certain in normal letters and the rest dim', () => {
  const terminal = new FakeTerminal(40);
  const line = new LiveLine(terminal);
  line.show('turn on the lig', 'turn on');
  assert.equal(terminal.line, 'turn on< the lig>');
  line.show('turn on the light', 'turn on the light');
  assert.equal(terminal.line, 'turn on the light');
});

test('writes no colours where there are none', () => {
  const terminal = new FakeTerminal(40, false);
  new LiveLine(terminal).show('turn on', 'turn');
  assert.equal(terminal.line, 'turn on');
});

test('shows the end of a text that is too long, never a line that wraps', () => {
  const terminal = new FakeTerminal(11);
  const line = new LiveLine(terminal);
  line.show('turn on the light', 'turn on the');
  assert.equal(terminal.line, '…the< light>');
  line.show('turn on the light', 'turn');
  assert.equal(terminal.line, '…<the light>');
  line.show('turn on the light', 'turn on the light');
  assert.equal(terminal.line, '…the light');
});

test('puts a lasting line in its place', () => {
  const terminal = new FakeTerminal(40, false);
  const line = new LiveLine(terminal);
  line.show('turn', '');
  line.print('turn on');
  assert.equal(terminal.written, '\r\x1b[2Kturn\r\x1b[2Kturn on\n');
});

test('a terminal without a size, such as a serial console, has the usual one', () => {
  const terminal = new FakeTerminal(0);
  new LiveLine(terminal).show('turn on the lights', 'turn');
  assert.match(terminal.written, /turn.* on the lights/);
});

test('takes nothing away where nothing is', () => {
  const terminal = new FakeTerminal(40);
  new LiveLine(terminal).clear();
  assert.equal(terminal.written, '');
});

test('counts the columns of wide and combining characters', () => {
  assert.equal(textWidth('abc'), 3);
  assert.equal(textWidth('日本'), 4);
  assert.equal(textWidth('e\u0301'), 1);
  assert.equal(tailOfWidth('a日本', 3), '本');
  assert.equal(tailOfWidth('abc', 5), 'abc');
  assert.equal(tailOfWidth('abc', 0), '');
});
