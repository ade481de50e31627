import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AgentError } from '../../../agent/errors.ts';
import {
  NATIVE_MICROPHONE,
  NATIVE_STREAM,
  type TakenMessage,
} from '../../../agent/server/protocols/native.ts';
import type { NativeClientMessage } from '../../../agent/server/protocols/native-message.ts';
import { codecFuzz } from '../../contract/codec-fuzz.ts';
import { protocolContract } from '../../contract/protocol-contract.ts';
import { FakeEngine } from '../../support/fake-engine.ts';
import { pcm, TestClient } from '../../support/test-client.ts';
import { startTestServer } from '../../support/test-server.ts';

const codec = () => NATIVE_STREAM.createCodec(new URLSearchParams());

protocolContract({
  protocol: NATIVE_STREAM,
  stop: '{"type":"stop"}',
  badText: '{"type":"begin"}',
  finalText: (frame) => {
    const message = JSON.parse(frame);
    return message.type === 'final' ? message.text : null;
  },
});

codecFuzz('native', codec, [
  '{"type":"start","sampleRate":8000,"channels":2,"options":{"alternatives":3,"endpoint":{"enabled":true}}}',
  '{"type":"flush"}',
  '{"type":"stop"}',
]);

test('every message that the types of the client library allow is one that the schema takes', () => {
  const isTaken: NativeClientMessage extends TakenMessage ? true : false = true; // else this does not compile
  assert.ok(isTaken);
});

test('start without fields means 16 kHz mono s16le', () => {
  assert.deepEqual(codec().decode('{"type":"start"}'), [
    { type: 'start', format: { encoding: 's16le', sampleRate: 16000, channels: 1 }, options: {} },
  ]);
});

test('a wrong field is named', () => {
  for (const [text, expected] of [
    ['{"type":"start","sampleRate":1}', /sampleRate/],
    ['{"type":"start","rate":16000}', /rate/],
    ['{"type":"start","options":{"beamWidth":0}}', /options\.beamWidth/],
    ['{"type":"start","options":{"endpoint":{"rule9":1}}}', /rule9/],
    ['{"type":"hello"}', /type/],
    ['[]', /object/],
    ['not json', /not JSON/],
  ] as const) {
    assert.throws(
      () => codec().decode(text),
      (error: AgentError) => error.code === 'MESSAGE_INVALID' && expected.test(error.message),
      text,
    );
  }
});

test('after a start that was refused neither audio nor settings are taken until a good one came', () => {
  const refused = { code: 'MESSAGE_INVALID', message: /^Expected a start that is right/ };
  const configure = '{"type":"configure","id":3,"options":{}}';
  for (const bad of ['"sampleRate":1', '"encoding":"opus"', '"rate":48000', '"options":{"beamWidth":0}']) {
    const one = codec();
    assert.throws(() => one.decode(`{"type":"start",${bad}}`));
    assert.throws(() => one.decode(new Uint8Array(2)), refused, bad);
    assert.throws(() => one.decode(configure), refused, bad);
    const error = { type: 'error', code: 'MESSAGE_INVALID', message: 'x' } as const;
    assert.deepEqual(one.encode(error), [JSON.stringify({ ...error, id: 3 })]);
    assert.deepEqual(one.decode('{"type":"stop"}'), [{ type: 'stop' }]);
    one.decode('{"type":"start","sampleRate":48000}');
    assert.deepEqual(one.decode(new Uint8Array(2)), [{ type: 'audio', bytes: new Uint8Array(2) }]);
  }
});

test('once the format is settled, a bad start changes nothing', () => {
  for (const first of [
    '{"type":"start","sampleRate":8000}',
    new Uint8Array(2),
    '{"type":"configure","options":{}}',
  ]) {
    const one = codec();
    one.decode(first);
    assert.throws(() => one.decode('{"type":"start","sampleRate":1}'), { code: 'MESSAGE_INVALID' });
    assert.equal(one.decode(new Uint8Array(2)).length, 1);
  }
});

test('who announces audio in a bad format and sends it all the same is told, sent away, and not heard', async (t) => {
  const engine = new FakeEngine();
  const { url } = await startTestServer(t, { engine, config: { maxBadMessages: 3 } });
  const client = await TestClient.connect(`${url}/v1/stream`);
  client.send({ type: 'start', sampleRate: 1 });
  client.sendAudio(pcm(0.1));
  client.sendAudio(pcm(0.1));
  assert.match((await client.next('error')).message, /^sampleRate: /);
  assert.deepEqual(await client.closed, { code: 4002, reason: 'TOO_MANY_ERRORS' });
  assert.equal(engine.streams.length, 0);
});

test('a change of the settings is answered by its number, also when its form is wrong', () => {
  const connection = codec();
  assert.deepEqual(connection.decode('{"type":"configure","id":7,"options":{"alternatives":2}}'), [
    { type: 'configure', id: 7, options: { alternatives: 2 } },
  ]);
  assert.deepEqual(connection.encode({ type: 'configured', id: 7 }), ['{"type":"configured","id":7}']);
  const error = { type: 'error', code: 'MESSAGE_INVALID', message: 'alternatives' } as const;
  for (const id of [8, undefined]) {
    const bad = JSON.stringify({ type: 'configure', id, options: { alternatives: -1 } });
    assert.throws(() => connection.decode(bad));
    assert.deepEqual(connection.encode(error), [JSON.stringify({ ...error, id })]);
  }
});

test('whatever text comes, it is a command or MESSAGE_INVALID', () => {
  const json = fc.json();
  const nearMiss = fc
    .record(
      { type: fc.constantFrom('start', 'flush', 'stop', 'x'), sampleRate: fc.anything() },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value));
  fc.assert(
    fc.property(fc.oneof(fc.string(), json, nearMiss), (text) => {
      try {
        codec().decode(text);
      } catch (error) {
        assert.ok(error instanceof AgentError && error.code === 'MESSAGE_INVALID');
      }
    }),
  );
});

test('levels are sent only when asked for', () => {
  const level = { type: 'level', rms: -20, peak: -10 } as const;
  const quiet = NATIVE_MICROPHONE.createCodec(new URLSearchParams());
  const asked = NATIVE_MICROPHONE.createCodec(new URLSearchParams('levels=1'));
  assert.deepEqual(quiet.encode(level), []);
  assert.equal(asked.encode(level).length, 1);
});
