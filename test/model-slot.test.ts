import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { configSchema } from '../agent/config.ts';
import type { SpeechEngine, StreamOptions } from '../agent/engine/speech-engine.ts';
import { AgentError } from '../agent/errors.ts';
import { SILENT_LOGGER } from '../agent/logger.ts';
import { ModelSlot } from '../agent/model-slot.ts';
import { deferred } from './support/deferred.ts';
import { FakeEngine, type FakeStream } from './support/fake-engine.ts';
import { copyBundle, TINY_LSTM, TINY_MODEL } from './support/tiny-bundle.ts';

/** A slot with the tiny model, whose engines come from `engines`, in this order. */
function openSlot(
  engines: readonly (SpeechEngine | Promise<SpeechEngine>)[],
  listenFor: StreamOptions = {},
): Promise<ModelSlot> {
  const left = [...engines];
  const loadEngine = async () => {
    const engine = left.shift();
    assert.ok(engine);
    return engine;
  };
  const config = configSchema.parse({ model: { path: TINY_MODEL } });
  return ModelSlot.open({ config, log: SILENT_LOGGER, listenFor, loadEngine });
}

/** Knows no word of any grammar. */
class WordlessEngine extends FakeEngine {
  override createStream(options?: StreamOptions): FakeStream {
    const stream = super.createStream(options);
    stream.refusal = new AgentError('GRAMMAR_WORD', 'The model can not say it.');
    return stream;
  }
}

const code = (expected: string) => (error: unknown) => error instanceof AgentError && error.code === expected;

test('the model is the new one only when it is loaded; a second exchange meanwhile is refused', async () => {
  const loading = deferred<SpeechEngine>();
  const slot = await openSlot([new FakeEngine(), loading.promise]);
  const using = slot.use(TINY_LSTM);
  await slot.engine;
  await assert.rejects(slot.use(TINY_LSTM), code('MODEL_BUSY'));
  assert.equal(slot.model.name, 'tiny-model');
  loading.resolve(new FakeEngine());
  assert.equal((await using).name, 'tiny-lstm');
  assert.equal(slot.model.name, 'tiny-lstm');
});

test('a model that can not say what the microphone listens for is refused and freed; the old one stays', async () => {
  const [first, wordless] = [new FakeEngine(), new WordlessEngine()];
  const slot = await openSlot([first, wordless], { task: { type: 'commands', grammars: [] } });
  await assert.rejects(slot.use(TINY_LSTM), code('GRAMMAR_WORD'));
  assert.deepEqual([slot.model.name, first.closed, wordless.closed], ['tiny-model', false, true]);
});

test('a model that can not say a hotword of the configuration is refused', async () => {
  const config = configSchema.parse({ model: { path: TINY_MODEL }, hotwords: { list: ['日本'] } });
  const loadEngine = async () => new WordlessEngine();
  const slot = await ModelSlot.open({ config, log: SILENT_LOGGER, listenFor: {}, loadEngine });
  await assert.rejects(slot.engine, code('GRAMMAR_WORD'));
});

test('a model of another sample rate is refused before it is loaded', async (t: TestContext) => {
  const other = copyBundle(t, (description) => {
    description.sampleRate = 8000;
  });
  const slot = await openSlot([new FakeEngine()]);
  await assert.rejects(slot.use(other), (error: AgentError) => /sampleRate/.test(error.message));
});

test('a model that is loaded only after the end of the daemon is freed at once', async () => {
  const loading = deferred<SpeechEngine>();
  const slot = await openSlot([new FakeEngine(), loading.promise]);
  const using = slot.use(TINY_LSTM);
  await slot.engine;
  await slot.close();
  const late = new FakeEngine();
  loading.resolve(late);
  await assert.rejects(using, code('SHUTTING_DOWN'));
  assert.ok(late.closed);
});
