import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { defaultConfig } from '../../agent/config.ts';
import type { Hotword } from '../../agent/decoder/hotword.ts';
import { Recognizer } from '../../agent/engine/recognizer.ts';
import type { AgentError } from '../../agent/errors.ts';
import { readSamples } from '../support/real-speech.ts';

const engine = await Recognizer.load('models/en-base', {
  ...defaultConfig(),
  engine: { ...defaultConfig().engine, workers: 1 },
  hotwords: { ...defaultConfig().hotwords, list: ['reign stopped:12'] },
});
after(() => engine.close());

/** What is heard with each list in turn; one that is refused changes nothing. Without lists: the configuration's. */
async function heard(file: string, ...lists: readonly (readonly Hotword[])[]): Promise<string> {
  const stream = engine.createStream({ endpoint: { enabled: false } });
  for (const hotwords of lists) {
    await stream
      .configure({ hotwords })
      .catch(({ code }: AgentError) => assert.equal(code, 'HOTWORD_INVALID'));
  }
  stream.acceptPcm(await readSamples(`test/fixtures/speech/${file}`));
  stream.finish();
  let text = '';
  for await (const event of stream) if (event.type === 'final') text = event.text;
  return text;
}

test('hotwords decide between words that sound alike, from the configuration and from the stream', async () => {
  const file = 'heart-rain.wav';
  const words = 'reign stopped'; // without them it is the rain
  assert.ok(!(await heard(file, [])).includes(words));
  assert.ok((await heard(file)).includes(words));
  assert.ok((await heard(file, [{ text: words, boost: 12 }])).includes(words));
});

test('a word that no dictionary has is heard as it is written', async () => {
  const hotword = { text: 'Lyte', boost: 16 };
  assert.match(await heard('heart-light.wav', [hotword]), /kitchen lyte$/);
});

test('refused hotwords leave those that were there', async () => {
  const good = [{ text: 'reign stopped', boost: 12 }];
  const file = 'heart-rain.wav';
  assert.equal(await heard(file, good, [{ text: '漢字' }]), await heard(file, good));
});

test('hotwords that are not said, at the highest boost, leave every word as it was', async () => {
  const wrong = ['Kubernetes', 'Siobhan', 'Lake Wallenpaupack', 'good evening'].map((text) => ({
    text,
    boost: 50,
  }));
  for (const file of ['heart-river.wav', 'rms-tea.wav']) {
    assert.equal(await heard(file, wrong), await heard(file, []), file);
  }
});

test('what others say is heard while many long hotwords are read', async () => {
  const many = Array.from({ length: 200 }, (_, index) => ({
    text: `a${String.fromCharCode(...lettersOf(index))}`,
  }));
  const [reader, speaker] = [engine.createStream({ hotwords: [] }), engine.createStream({ hotwords: [] })];
  const order: string[] = [];
  const read = reader.configure({ hotwords: many }).then(
    () => order.push('read'),
    () => order.push('closed'),
  );
  speaker.acceptPcm(await readSamples('test/fixtures/speech/heart-light.wav'));
  speaker.finish();
  for await (const event of speaker) if (event.type === 'final') order.push('heard');
  reader.close();
  await read;
  assert.deepEqual(order, ['heard', 'closed']);
});

/** 98 letters that no dictionary has, others for each number. */
function lettersOf(number: number): number[] {
  return Array.from({ length: 98 }, (_, at) => 97 + (((number + 1) * (at + 3) * (at + 7)) % 26));
}
