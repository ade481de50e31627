import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultConfig } from '../../agent/config.ts';
import { Recognizer } from '../../agent/engine/recognizer.ts';
import type { StreamOptions } from '../../agent/engine/speech-engine.ts';
import type { AgentError } from '../../agent/errors.ts';
import type { Final } from '../../agent/transcript/transcript-event.ts';
import { readSamples } from '../support/real-speech.ts';

const HOME = `
intents:
  Light: ["(turn|switch) {state} [the] {area} light[s]"]
  Door: ["(open|close) the (door|window)"]
  Timer: ["set a timer for {minutes:1-30} minute[s]"]
  Time: ["what time is it"]
lists:
  state: ["on", "off"]
  area: [{in: kitchen, out: room_1}, garden, "living room"]
`;
const task = { type: 'commands', grammars: [{ name: 'home', text: HOME }] } as const;

async function finalsOf(engine: Recognizer, file: string, options: StreamOptions): Promise<Final[]> {
  const stream = engine.createStream({ endpoint: { enabled: false } });
  await stream.configure(options);
  stream.acceptPcm(await readSamples(`test/fixtures/speech/${file}`));
  stream.finish();
  const finals: Final[] = [];
  for await (const event of stream) if (event.type === 'final') finals.push(event);
  return finals;
}

test('the shipped model hears commands with their slots, and refuses other speech', async () => {
  const engine = await Recognizer.load('models/en-base', {
    ...defaultConfig(),
    engine: { ...defaultConfig().engine, workers: 1 },
  });
  try {
    const [light] = await finalsOf(engine, 'heart-light.wav', { task });
    assert.equal(light?.text, 'turn on the kitchen light');
    assert.deepEqual(
      light.intent?.slots.map(({ name, value, text }) => [name, value, text]),
      [
        ['state', 'on', 'on'],
        ['area', 'room_1', 'kitchen'],
      ],
    );
    const [timer] = await finalsOf(engine, 'rms-timer.wav', { task });
    assert.equal(timer?.intent?.slots[0]?.value, 10);
    for (const file of ['heart-rain.wav', 'rms-train.wav', 'heart-digits.wav']) {
      const [other] = await finalsOf(engine, file, { task });
      assert.deepEqual([other?.text, other?.intent], ['', undefined], file);
      assert.ok(other?.refusal, file);
    }
  } finally {
    await engine.close();
  }
});

test('the shipped model confined to phrases hears their words and nothing else', async () => {
  const engine = await Recognizer.load('models/en-base', {
    ...defaultConfig(),
    engine: { ...defaultConfig().engine, workers: 1 },
  });
  try {
    const phrases = ['zero one two three four five', 'six seven eight nine oh'];
    const textOf = async (file: string, unknown: string | null) => {
      const [final] = await finalsOf(engine, file, { task: { type: 'phrases', phrases, unknown } });
      return final?.text;
    };
    assert.equal(await textOf('heart-digits.wav', null), 'one two three four five');
    assert.equal(await textOf('heart-digits.wav', '[unk]'), 'one two three four five');
    assert.equal(await textOf('heart-rain.wav', null), '');
    assert.match((await textOf('heart-light.wav', '[unk]')) ?? '', /^(\[unk\] ?)+$/);
  } finally {
    await engine.close();
  }
});

test('a stream goes on with what it had when a grammar can not be used', async () => {
  const engine = await Recognizer.load('models/en-base', {
    ...defaultConfig(),
    engine: { ...defaultConfig().engine, workers: 1 },
  });
  try {
    const stream = engine.createStream();
    await stream.configure({ task });
    const broken = { type: 'commands', grammars: [{ name: 'bad', text: 'turn (on' }] } as const;
    await assert.rejects(stream.configure({ task: broken }), (error: AgentError) => {
      return error.code === 'GRAMMAR_INVALID' && /bad, line 1, column 6/.test(error.message);
    });
    stream.acceptPcm(await readSamples('test/fixtures/speech/heart-light.wav'));
    stream.finish();
    const intents: (string | undefined)[] = [];
    for await (const event of stream) if (event.type === 'final') intents.push(event.intent?.name);
    assert.deepEqual(intents, ['Light']);
  } finally {
    await engine.close();
  }
});
