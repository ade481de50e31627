/** Chunks of a WAV file to be built for a test. */
export interface WavParts {
  readonly magic?: 'RIFF' | 'RF64';
  readonly tag?: number;
  readonly channels?: number;
  readonly sampleRate?: number;
  readonly bits?: number;
  /** Bytes per channel where they are not `bits / 8`. */
  readonly containerBytes?: number;
  /** The sub-format tag: makes the header WAVE_FORMAT_EXTENSIBLE. */
  readonly subFormat?: number;
  /** Chunks before `data`. */
  readonly before?: readonly Buffer[];
  /** Chunks after `data`. */
  readonly after?: readonly Buffer[];
  readonly data: Buffer;
  /** What the data chunk claims to hold, where it is not the truth. */
  readonly claimedBytes?: number;
}

export function chunk(id: string, body: Buffer, claimedBytes: number = body.length): Buffer {
  const head = Buffer.alloc(8);
  head.write(id, 'latin1');
  head.writeUInt32LE(claimedBytes, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

export function buildWav(parts: WavParts): Buffer {
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    ...(parts.before ?? []),
    formatChunk(parts),
    chunk('data', parts.data, parts.claimedBytes),
    ...(parts.after ?? []),
  ]);
  const head = Buffer.alloc(8);
  head.write(parts.magic ?? 'RIFF', 'latin1');
  head.writeUInt32LE(parts.magic === 'RF64' ? 0xffffffff : body.length, 4);
  return Buffer.concat([head, body]);
}

/** 16-bit samples as bytes. */
export function int16Bytes(samples: ArrayLike<number>): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  for (let i = 0; i < samples.length; i++) bytes.writeInt16LE(samples[i]!, i * 2);
  return bytes;
}

function formatChunk(parts: WavParts): Buffer {
  const { channels = 1, sampleRate = 16000, bits = 16, subFormat } = parts;
  const containerBytes = parts.containerBytes ?? bits / 8;
  const body = Buffer.alloc(subFormat === undefined ? 16 : 40);
  body.writeUInt16LE(subFormat === undefined ? (parts.tag ?? 1) : 0xfffe, 0);
  body.writeUInt16LE(channels, 2);
  body.writeUInt32LE(sampleRate, 4);
  body.writeUInt32LE(sampleRate * channels * containerBytes, 8);
  body.writeUInt16LE(channels * containerBytes, 12);
  body.writeUInt16LE(bits, 14);
  if (subFormat !== undefined) {
    body.writeUInt16LE(22, 16);
    body.writeUInt16LE(subFormat, 24);
  }
  return chunk('fmt ', body);
}
