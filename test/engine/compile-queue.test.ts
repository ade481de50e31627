import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { SettingsTexts } from '../../agent/decoder/settings-texts.ts';
import { CompileQueue } from '../../agent/engine/compile-queue.ts';
import { type PackedTexts, packTexts, unpackTexts } from '../../agent/engine/packed-texts.ts';
import type { CompileReply } from '../../agent/engine/worker-protocol.ts';
import { compileGrammars } from '../../agent/grammar/compile-grammar.ts';
import { readGrammar } from '../../agent/grammar/read-grammar.ts';

const tokensOf = (word: string) => [[...word].map((letter) => letter.charCodeAt(0))];
const graph = compileGrammars([readGrammar({ name: 'g', text: 'light (on|off)' })], tokensOf);
const hotwords = [{ words: [{ text: 'ab', sayings: [[1, 2]] }], boost: 4.5 }];
const wakePhrases = [{ text: 'abc', threshold: 0.25, sayings: [[1, 2, 3]], spelling: null }];
const packed: PackedTexts = packTexts({ commands: { graph, head: 'letters' }, hotwords, wakePhrases });
const NOTHING: SettingsTexts = { task: null, hotwords: null, wakePhrases: null };
const taskOf = (text: string): SettingsTexts => {
  return { ...NOTHING, task: { type: 'commands', grammars: [{ name: 'g', text }] } };
};
const hotwordsOf = (...list: string[]): SettingsTexts => {
  return { ...NOTHING, hotwords: { list: list.map((text) => ({ text })), boost: 4, max: 200 } };
};
const phrasesOf = (text: string): SettingsTexts => ({ ...NOTHING, wakePhrases: [{ text, threshold: 0.5 }] });

/** A thread that answers when the test says so. */
class FakeThread extends EventEmitter {
  readonly asked: SettingsTexts[] = [];
  isTerminated = false;

  postMessage(texts: SettingsTexts): void {
    this.asked.push(texts);
  }
  answer(reply: CompileReply): void {
    this.emit('message', reply);
  }
  async terminate(): Promise<number> {
    this.isTerminated = true;
    this.emit('exit', 1);
    return 1;
  }
  ref(): void {}
  unref(): void {}
}

function harness(t: TestContext, { timeoutMs = 60_000, idleMs = 60_000, unwantedMs = 60_000 } = {}) {
  const threads: FakeThread[] = [];
  const start = () => {
    const thread = new FakeThread();
    threads.push(thread);
    setImmediate(() => thread.answer({ type: 'ready' }));
    return thread as unknown as Worker;
  };
  const compiler = new CompileQueue({ start, timeoutMs, idleMs, unwantedMs });
  t.after(() => compiler.close());
  const texts = () =>
    threads.flatMap(({ asked }) =>
      asked.map(({ task }) => task?.type === 'commands' && task.grammars[0]?.text),
    );
  const soon = async () => {
    for (let i = 0; i < 4; i += 1) await new Promise(setImmediate);
  };
  /** The thread has compiled what it was given last. */
  const compiled = async () => {
    await soon();
    threads.at(-1)!.answer({ type: 'compiled', packed });
    await soon();
  };
  return { compiler, threads, texts, compiled, soon };
}

test('packed and unpacked, texts are what they were', () => {
  const { commands, ...names } = unpackTexts(packed);
  const { graph: unpacked, head } = commands!;
  const { words, actions, ...rest } = graph;
  assert.equal(head, 'letters');
  assert.deepEqual(names, { hotwords, wakePhrases });
  assert.deepEqual({ ...unpacked, words: null, actions: null }, { ...rest, words: null, actions: null });
  for (const [index, word] of words.entries()) assert.equal(unpacked.words.at(index), word);
  for (const [index, action] of actions.entries()) assert.deepEqual(unpacked.actions.at(index), action);
  assert.deepEqual([unpacked.words.at(words.length), unpacked.actions.at(-1)], [undefined, undefined]);
});

test('one compilation at a time, next the stream that had the thread for the least time', async (t) => {
  const { compiler, texts, compiled, soon } = harness(t);
  const [greedy, modest] = [{}, {}];
  const first = compiler.compile(taskOf('greedy 1'), greedy);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await compiled();
  await first;
  void compiler.compile(taskOf('running'), {});
  void compiler.compile(taskOf('greedy 2'), greedy);
  void compiler.compile(taskOf('modest'), modest);
  await soon();
  assert.deepEqual([texts(), compiler.open], [['greedy 1', 'running'], 3]);
  await compiled();
  await compiled();
  assert.deepEqual(texts(), ['greedy 1', 'running', 'modest', 'greedy 2']);
  await compiled();
  assert.equal(compiler.open, 0);
});

test('the same again is not compiled again, also for streams that waited meanwhile', async (t) => {
  const { compiler, texts, compiled } = harness(t);
  const [one, other] = [compiler.compile(taskOf('same'), {}), compiler.compile(taskOf('same'), {})];
  await compiled();
  assert.equal((await one).number, (await other).number);
  await compiler.compile(taskOf('same'), {});
  assert.deepEqual(texts(), ['same']);
});

test('what is refused costs its stream an error and leaves the thread', async (t) => {
  const { compiler, threads, compiled, soon } = harness(t);
  const refused = compiler.compile(taskOf('bad'), {});
  await soon();
  threads[0]!.answer({ type: 'refused', error: { code: 'GRAMMAR_INVALID', message: 'bad, line 1' } });
  await assert.rejects(refused, { code: 'GRAMMAR_INVALID', message: 'bad, line 1' });
  const next = compiler.compile(taskOf('good'), {});
  await compiled();
  await next;
  assert.equal(threads.length, 1);
});

test('what takes too long ends the thread, and the next is compiled by another', async (t) => {
  const { compiler, threads, soon } = harness(t, { timeoutMs: 30 });
  await assert.rejects(compiler.compile(taskOf('endless'), {}), {
    code: 'GRAMMAR_TOO_LARGE',
    message: /took longer than 0.03 s .* expected less: make lists shorter/,
  });
  assert.equal(threads[0]!.isTerminated, true);
  const next = compiler.compile(taskOf('good'), {});
  await soon();
  threads[1]!.answer({ type: 'compiled', packed });
  await next;
});

test('a refusal for time is about what of the settings there is', async (t) => {
  const { compiler } = harness(t, { timeoutMs: 10 });
  for (const [texts, code, what] of [
    [hotwordsOf('endless'), 'HOTWORD_LIMIT', 'hotwords'],
    [phrasesOf('endless'), 'WAKE_PHRASE', 'wake phrases'],
  ] as const) {
    await assert.rejects(compiler.compile(texts, {}), { code, message: new RegExp(`^the ${what} took`) });
  }
});

test('the same hotwords are compiled once; others, or others beside them, for themselves', async (t) => {
  const { compiler, threads, compiled } = harness(t);
  const ask = async (texts: SettingsTexts) => {
    const answer = compiler.compile(texts, {});
    if (compiler.open > 0) await compiled();
    return (await answer).number;
  };
  const wake = { wakePhrases: phrasesOf('hello there').wakePhrases };
  const numbers = [
    await ask(hotwordsOf('Ann')),
    await ask(hotwordsOf('Ann', 'Bob')),
    await ask({ ...hotwordsOf('Ann'), ...wake }),
    await ask(hotwordsOf('Ann')),
  ];
  assert.deepEqual(numbers, [1, 2, 3, 1]);
  assert.equal(threads[0]!.asked.length, 3);
});

test('what nobody waits for any more does not keep others waiting', async (t) => {
  const { compiler, threads, soon } = harness(t, { unwantedMs: 10 });
  const gone = {};
  const unwanted = compiler.compile(taskOf('long'), gone);
  const waiting = compiler.compile(taskOf('good'), {});
  await soon();
  compiler.forget(gone);
  await assert.rejects(unwanted, { code: 'INTERNAL' });
  assert.equal(threads[0]!.isTerminated, true);
  await soon();
  threads[1]!.answer({ type: 'compiled', packed });
  await waiting;
});

test('a thread that breaks costs what it was doing, not what waits', async (t) => {
  const { compiler, threads, compiled, soon } = harness(t);
  const broken = compiler.compile(taskOf('huge'), {});
  const waiting = compiler.compile(taskOf('good'), {});
  await soon();
  const error = Object.assign(new Error('heap'), { code: 'ERR_WORKER_OUT_OF_MEMORY' });
  threads[0]!.emit('error', error);
  await assert.rejects(broken, { code: 'GRAMMAR_TOO_LARGE', message: /more than \d+ MB of memory/ });
  await compiled();
  await waiting;
  assert.equal(threads.length, 2);
});

test('a real thread that takes too much memory is ended, and this one is not', async (t) => {
  const code = `
    const { parentPort } = require('node:worker_threads');
    parentPort.postMessage({ type: 'ready' });
    parentPort.on('message', () => { const all = []; for (;;) all.push(new Array(1000).fill({})); });
  `;
  const start = () =>
    new Worker(code, { eval: true, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 16 } });
  const compiler = new CompileQueue({ start });
  t.after(() => compiler.close());
  for (let i = 0; i < 2; i += 1) {
    await assert.rejects(compiler.compile(taskOf('huge'), {}), { code: 'GRAMMAR_TOO_LARGE' });
  }
});

test('who is gone gets nothing compiled, and nobody after the end', async (t) => {
  const { compiler, texts, compiled } = harness(t);
  const gone = {};
  const running = compiler.compile(taskOf('running'), {});
  const forgotten = compiler.compile(taskOf('forgotten'), gone);
  compiler.forget(gone);
  await assert.rejects(forgotten, { code: 'ENGINE_CLOSED' });
  await compiled();
  await running;
  assert.deepEqual(texts(), ['running']);
  await compiler.close();
  await assert.rejects(compiler.compile(taskOf('late'), {}), { code: 'ENGINE_CLOSED' });
});

test('a thread with nothing to do ends after a while', async (t) => {
  const { compiler, threads, compiled } = harness(t, { idleMs: 10 });
  const only = compiler.compile(taskOf('only'), {});
  await compiled();
  await only;
  while (!threads[0]!.isTerminated) await new Promise((resolve) => setTimeout(resolve, 5));
});
