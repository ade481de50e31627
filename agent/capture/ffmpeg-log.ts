/** How long ffmpeg takes an input to be, and how sure that is. */
export interface StatedLength {
  readonly durationSeconds?: number;
  /** Of formats whose header counts all samples: what is heard of a whole file is as much, but for what encoders add at both ends. */
  readonly statedSeconds?: number;
}

/** ffmpeg's names. In others times stand for lengths, and there may be gaps between them, or a picture that lasts longer. */
const COUNTED = ['flac', 'mp3', 'aiff', 'tta', 'wv', 'wav', 'w64', 'au'];

/** What ffmpeg says of the length of its input, which it does before the first sample comes. */
export function statedLength(log: string): StatedLength {
  const found = /Duration: (\d+):(\d\d):(\d\d\.\d+)/.exec(log);
  if (found === null) return {};
  const durationSeconds = Number(found[1]) * 3600 + Number(found[2]) * 60 + Number(found[3]);
  const [, format = ''] = /^Input #0, (\w+)/m.exec(log) ?? [];
  const isExact = COUNTED.includes(format) && !log.includes('Estimating duration');
  return isExact ? { durationSeconds, statedSeconds: durationSeconds } : { durationSeconds };
}
