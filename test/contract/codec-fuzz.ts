import { test } from 'node:test';
import fc from 'fast-check';
import { AgentError } from '../../agent/errors.ts';
import type { Codec, Frame } from '../../agent/server/protocols/protocol.ts';

/**
 * Whatever a client sends, and in whatever order, a codec either understands it or throws `MESSAGE_INVALID` or another
 * error of the catalogue that is not a defect.
 * @param words texts of the protocol, from which fast-check also makes broken ones
 */
export function codecFuzz(name: string, createCodec: () => Codec, words: readonly string[]): void {
  test(`${name}: no message breaks the codec`, () => {
    fc.assert(
      fc.property(fc.array(hostileFrame(words), { maxLength: 20 }), (frames) => {
        const codec = createCodec();
        for (const frame of frames) decode(codec, frame);
      }),
      { numRuns: 1000 },
    );
  });
}

function decode(codec: Codec, frame: Frame): void {
  try {
    codec.decode(frame);
  } catch (error) {
    if (!(error instanceof AgentError) || error.code === 'INTERNAL') throw error;
    codec.encode({ type: 'error', code: error.code, message: error.message });
  }
}

function hostileFrame(words: readonly string[]): fc.Arbitrary<Frame> {
  const word = fc.constantFrom(...words);
  const cut = fc.tuple(word, fc.nat(200), fc.string({ unit: 'binary' })).map(([text, at, junk]) => {
    return text.slice(0, at) + junk + text.slice(at);
  });
  const replaced = fc
    .tuple(word, fc.constantFrom('null', '[]', '{}', '-1', '1e999', '"\\u0000"', '{"__proto__":1}'))
    .map(([text, value]) => text.replace(/(:\s*)("[^"]*"|\d+|true|false|\[[^\]]*\])/, `$1${value}`));
  const other = fc.oneof(fc.string({ unit: 'binary' }), fc.json());
  return fc.oneof(word, cut, replaced, other, fc.uint8Array({ maxLength: 300 }));
}
