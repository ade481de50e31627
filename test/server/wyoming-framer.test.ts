import assert from 'node:assert/strict';
import { test } from 'node:test';
import v8 from 'node:v8';
import vm from 'node:vm';
import fc from 'fast-check';
import { AgentError } from '../../agent/errors.ts';
import { WyomingFramer } from '../../agent/server/wyoming-framer.ts';

const frame = fc
  .record({ data: fc.option(fc.json(), { nil: null }), payload: fc.uint8Array({ maxLength: 60 }) })
  .map(({ data, payload }) => {
    const lengths = {
      ...(data === null ? {} : { data_length: Buffer.byteLength(data) }),
      payload_length: payload.length,
    };
    const header = `${JSON.stringify({ type: 'audio-chunk', ...lengths })}\n${data ?? ''}`;
    return Buffer.concat([Buffer.from(header), payload]);
  });

function cut(bytes: Buffer, positions: readonly number[]): Buffer[] {
  const borders = [0, ...positions.map((position) => position % (bytes.length + 1)), bytes.length];
  borders.sort((a, b) => a - b);
  return borders.slice(1).map((border, index) => bytes.subarray(borders[index], border));
}

test('any cut of the bytes gives the same events', () => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 20 }),
      (frames, positions) => {
        const framer = new WyomingFramer(10_000);
        const got = cut(Buffer.concat(frames), positions).flatMap((chunk) => [...framer.push(chunk)]);
        assert.deepEqual(
          got.map((bytes) => Buffer.from(bytes)),
          frames,
        );
      },
    ),
  );
});

test('bytes that come one by one keep no more than they are', async () => {
  v8.setFlagsFromString('--expose-gc');
  const gc = vm.runInNewContext('gc') as () => void;
  const collect = () => {
    gc();
    gc(); // what the first one frees in a thread of its own is gone before the second begins
  };
  const framer = new WyomingFramer(10_000);
  const header = Buffer.from('{"type": "audio-chunk", "payload_length": 9000}\n');
  for (const _ of framer.push(header));
  collect();
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 4000; i++) for (const _ of framer.push(Buffer.alloc(65_536).subarray(0, 1)));
  collect();
  const keptBytes = process.memoryUsage().arrayBuffers - before;
  assert.ok(keptBytes < 125 << 20, `${keptBytes} bytes`); // of 250 MiB; the last pieces may have 16
  const [event] = framer.push(Buffer.alloc(5000));
  assert.equal(event?.length, header.length + 9000);
});

test('any other bytes are refused in words, and are never kept without bound', () => {
  const noise = fc.oneof(fc.uint8Array({ maxLength: 2000 }), fc.string({ unit: 'binary' }).map(Buffer.from));
  fc.assert(
    fc.property(fc.array(noise, { maxLength: 10 }), (chunks) => {
      const framer = new WyomingFramer(10_000);
      try {
        for (const chunk of chunks) for (const _ of framer.push(Buffer.from(chunk)));
      } catch (error) {
        assert.ok(error instanceof AgentError && error.code === 'MESSAGE_INVALID');
      }
    }),
  );
});

const refusalOf = (bytes: string): string | null => {
  try {
    for (const _ of new WyomingFramer(100).push(Buffer.from(bytes)));
  } catch (error) {
    return (error as AgentError).code;
  }
  return null;
};

test('lengths over the limits are refused before anything of that length comes', () => {
  assert.equal(refusalOf('{"type":"x","payload_length":100}\n'), null);
  assert.equal(refusalOf('{"type":"x","payload_length":101}\n'), 'MESSAGE_TOO_LARGE');
  assert.equal(refusalOf('{"type":"x","data_length":60,"payload_length":60}\n'), 'MESSAGE_TOO_LARGE');
  assert.equal(refusalOf('{"type":"x","payload_length":1e300}\n'), 'MESSAGE_INVALID');
  assert.equal(refusalOf('{"type":"x","payload_length":-1}\n'), 'MESSAGE_INVALID');
  assert.equal(refusalOf('{"type":"x","payload_length":1.5}\n'), 'MESSAGE_INVALID');
  assert.equal(refusalOf('x'.repeat(65_537)), 'MESSAGE_TOO_LARGE');
  assert.equal(refusalOf('GET / HTTP/1.1\r\n'), 'MESSAGE_INVALID');
});
