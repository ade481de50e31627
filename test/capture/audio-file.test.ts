import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { type AudioFileOptions, openAudioFile } from '../../agent/capture/audio-file.ts';
import { AgentError } from '../../agent/errors.ts';
import { concatInt16 } from '../support/concat-int16.ts';
import { skipWithout } from './programs.ts';
import { buildWav, chunk, int16Bytes, type WavParts } from './wav-builder.ts';

const withPipes = { skip: process.platform === 'linux' ? false : 'elsewhere the opening waits for a writer' };

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earshot-audio-'));
});
after(() => rm(folder, { recursive: true }));

const SECOND = Int16Array.from({ length: 16000 }, (_, i) =>
  Math.round(8000 * Math.sin((2 * Math.PI * 440 * i) / 16000)),
);

async function saved(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

async function readAll(path: string, options: AudioFileOptions = {}): Promise<Int16Array> {
  const pieces: Int16Array[] = [];
  for await (const { samples } of await openAudioFile(path, options)) pieces.push(samples);
  return concatInt16(pieces);
}

async function failure(path: string, options: AudioFileOptions = {}): Promise<AgentError> {
  const error = await readAll(path, options).then(
    () => assert.fail('the file was read'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AgentError, String(error));
  return error;
}

/** Signal-to-noise ratio in dB of `actual` against the second of 440 Hz that was written. */
function fidelity(actual: Int16Array): number {
  let signal = 0;
  let noise = 0;
  for (let i = 800; i < 15200; i++) {
    signal += SECOND[i]! ** 2;
    noise += (SECOND[i]! - actual[i]!) ** 2;
  }
  return 10 * Math.log10(signal / Math.max(noise, 1e-9));
}

test('a 16-bit WAV file at 16 kHz is read without a change, with its length known before', async () => {
  const path = await saved('plain.wav', buildWav({ data: int16Bytes(SECOND) }));
  const file = await openAudioFile(path);
  assert.equal(file.durationSeconds, 1);
  assert.equal(file.sampleRate, 16000);
  await file.close();
  assert.deepEqual(await readAll(path), SECOND);
});

test('another rate comes out where it is asked for', async () => {
  const path = await saved('rate.wav', buildWav({ data: int16Bytes(SECOND) }));
  assert.equal((await readAll(path, { sampleRate: 8000 })).length, 8000);
});

test('float samples in stereo behind long other chunks are read', async () => {
  const data = Buffer.from(Float32Array.from({ length: 32000 }, (_, i) => SECOND[i >> 1]! / 32768).buffer);
  const before = [chunk('LIST', Buffer.alloc(300_001)), chunk('cue ', Buffer.alloc(28))];
  const after = [chunk('LIST', Buffer.alloc(1000, 0x55))];
  const path = await saved('float.wav', buildWav({ data, tag: 3, bits: 32, channels: 2, before, after }));
  const file = await openAudioFile(path);
  assert.equal(file.durationSeconds, 1);
  await file.close();
  assert.deepEqual(await readAll(path), SECOND);
});

test('a truncated WAV file is read up to its end, and its length is what is there', async () => {
  const wav = buildWav({ data: int16Bytes(SECOND) });
  const path = await saved('truncated.wav', wav.subarray(0, 44 + 8001));
  const file = await openAudioFile(path);
  assert.equal(file.durationSeconds, 8001 / 32000);
  await file.close();
  assert.deepEqual(await readAll(path), SECOND.slice(0, 4000));
});

for (const claimedBytes of [0, 0x7ffff7dc, 0xffffffff]) {
  test(`a WAV file that a pipe wrote (length 0x${claimedBytes.toString(16)}) is read up to its end`, async () => {
    const path = await saved('pipe.wav', buildWav({ data: int16Bytes(SECOND), claimedBytes }));
    const file = await openAudioFile(path);
    assert.equal(file.durationSeconds, 1);
    await file.close();
    assert.deepEqual(await readAll(path), SECOND);
  });
}

test('a WAV file of 40 hours (RF64) is opened and read piece by piece', async () => {
  const dataBytes = 40 * 3600 * 32000;
  const longSize = Buffer.alloc(28);
  longSize.writeBigUInt64LE(BigInt(dataBytes), 8);
  const parts: WavParts = {
    magic: 'RF64',
    data: int16Bytes(SECOND),
    claimedBytes: 0xffffffff,
    before: [chunk('ds64', longSize)],
  };
  const path = await saved('long.wav', buildWav(parts));
  // The rest of the file is a hole: it takes no space.
  const handle = await open(path, 'r+');
  await handle.truncate(12 + 36 + 24 + 8 + dataBytes);
  await handle.close();
  const file = await openAudioFile(path);
  assert.equal(file.durationSeconds, 40 * 3600);
  let seen = 0;
  for await (const { samples } of file) {
    seen += samples.length;
    if (seen > 10 * 16000) break;
  }
  assert.ok(seen < 15 * 16000, 'pieces are small');
});

test('standard input is read like a file, also when its first bytes come one by one', async () => {
  const wav = buildWav({ data: int16Bytes(SECOND), claimedBytes: 0xffffffff });
  const pieces = [...Array.from(wav.subarray(0, 60), (byte) => Buffer.of(byte)), wav.subarray(60)];
  assert.deepEqual(await readAll('-', { stdin: Readable.from(pieces) }), SECOND);
});

test('bytes without a header are read as the caller says', async () => {
  const raw = { encoding: 's16le', sampleRate: 16000, channels: 1 } as const;
  assert.deepEqual(await readAll('-', { raw, stdin: Readable.from([int16Bytes(SECOND)]) }), SECOND);
  const path = await saved('samples.raw', int16Bytes(SECOND));
  const file = await openAudioFile(path, { raw });
  assert.equal(file.durationSeconds, 1);
  await file.close();
});

test('closing a source that waits for standard input ends its iteration', async () => {
  const stdin = new PassThrough();
  stdin.write(buildWav({ data: int16Bytes([1, 2, 3]), claimedBytes: 0xffffffff }));
  const file = await openAudioFile('-', { stdin });
  const pieces = file[Symbol.asyncIterator]();
  assert.equal((await pieces.next()).done, false);
  const waiting = pieces.next();
  await file.close();
  assert.equal((await waiting).done, true);
});

const broken: readonly [string, Uint8Array, RegExp][] = [
  ['an empty file', new Uint8Array(0), /is empty/],
  [
    'a file that ends inside its header',
    buildWav({ data: Buffer.alloc(0) }).subarray(0, 30),
    /inside its WAV header/,
  ],
];
for (const [name, bytes, message] of broken) {
  test(`${name} is refused with the reason`, async () => {
    const error = await failure(await saved('broken.wav', bytes));
    assert.equal(error.code, 'AUDIO_FILE_UNREADABLE');
    assert.match(error.message, message);
  });
}

test('a missing file and a folder are refused with the reason', async () => {
  for (const [path, reason] of [
    [join(folder, 'nothing.wav'), /nothing\.wav.*ENOENT/],
    [folder, /EISDIR/],
  ] as const) {
    const error = await failure(path);
    assert.equal(error.code, 'AUDIO_FILE_UNREADABLE');
    assert.match(error.message, reason);
  }
});

test('a big-endian WAV file is refused by name', async () => {
  const wav = buildWav({ data: int16Bytes(SECOND) });
  const error = await failure(await saved('big.wav', Buffer.concat([Buffer.from('RIFX'), wav.subarray(4)])));
  assert.equal(error.code, 'AUDIO_FORMAT_UNSUPPORTED');
  assert.match(error.message, /big\.wav.*RIFX/);
});

test('a number of channels or a rate that no file has is told as such, not in the words of ffmpeg', async () => {
  for (const [parts, told] of [
    [
      { channels: 0, containerBytes: 2 },
      /^Expected the number of channels to be an integer from 1 to 32, got 0\.$/,
    ],
    [{ channels: 300 }, /channels .* got 300\.$/],
    [{ sampleRate: 100 }, /sample rate .* got 100\.$/],
    [{ channels: 0, tag: 2, bits: 4, containerBytes: 2 }, /channels .* got 0\.$/],
  ] as const) {
    const error = await failure(await saved('odd.wav', buildWav({ data: int16Bytes(SECOND), ...parts })));
    assert.equal(error.code, 'AUDIO_FORMAT_UNSUPPORTED');
    assert.match(error.message, told);
  }
});

test('opening a named pipe that nobody writes to can be given up', withPipes, async () => {
  const pipe = join(folder, 'idle');
  assert.equal(spawnSync('mkfifo', [pipe]).status, 0);
  const error = await failure(pipe, { signal: AbortSignal.abort() });
  assert.equal(error.code, 'AUDIO_FILE_UNREADABLE');
});

test('without ffmpeg another format is refused with the command that installs it', async () => {
  const path = await saved('speech.opus', Buffer.from('OggS and so on'));
  const error = await failure(path, { env: { PATH: folder } });
  assert.equal(error.code, 'AUDIO_FORMAT_UNSUPPORTED');
  assert.match(error.message, /speech\.opus.*ffmpeg.*install/);
});

const onUnix = { skip: process.platform === 'win32' && 'the program that is there is a file of Unix' };

test('an ffmpeg that is there but can not be started is told as such', onUnix, async () => {
  const bin = await mkdtemp(join(folder, 'bin-'));
  await writeFile(join(bin, 'ffmpeg'), '', { mode: 0o755 });
  const path = await saved('refused.opus', Buffer.from('OggS and so on'));
  // an environment longer than the system takes
  const error = await failure(path, { env: { PATH: bin, LONG: 'x'.repeat(2 ** 22) } });
  assert.equal(error.code, 'AUDIO_FILE_UNREADABLE');
  assert.match(error.message, /refused\.opus: ffmpeg can not be started: spawn E2BIG/);
});

const withFfmpeg = { skip: skipWithout('ffmpeg') };
const formats: readonly [string, string[], number][] = [
  ['tone.flac', [], 90],
  ['tone.mp3', ['-b:a', '64k'], 20],
  ['tone.opus', ['-b:a', '32k'], 20],
  ['tone.m4a', ['-b:a', '64k'], 20],
  ['tone.w64', [], 90],
  ['tone-44100-stereo.flac', ['-ar', '44100', '-af', 'pan=stereo|c0=c0|c1=c0'], 60],
  ['adpcm.wav', ['-c:a', 'adpcm_ms'], 20],
];

async function encode(name: string, options: readonly string[]): Promise<string> {
  const path = join(folder, name);
  const args = ['-hide_banner', '-loglevel', 'error', '-y', '-i', 'pipe:0', ...options, path];
  const run = spawnSync('ffmpeg', args, { input: buildWav({ data: int16Bytes(SECOND) }) });
  assert.equal(run.status, 0, String(run.stderr));
  return path;
}

for (const [name, options, leastDb] of formats) {
  test(`${name} is read through ffmpeg`, withFfmpeg, async () => {
    const path = await encode(name, options);
    const file = await openAudioFile(path);
    assert.ok(Math.abs(file.durationSeconds! - 1) < 0.1, `duration ${file.durationSeconds}`);
    await file.close();
    const samples = await readAll(path);
    assert.ok(Math.abs(samples.length - 16000) < 1700, `${samples.length} samples`);
    assert.ok(fidelity(samples) > leastDb, `${fidelity(samples).toFixed(1)} dB`);
  });
}

test('another format from standard input goes through ffmpeg', withFfmpeg, async () => {
  const path = await encode('stdin.flac', []);
  const handle = await open(path);
  const samples = await readAll('-', { stdin: handle.createReadStream({ highWaterMark: 5 }) });
  assert.deepEqual(samples, SECOND);
});

test('another format from a named pipe goes through ffmpeg whole', withFfmpeg, async () => {
  const path = await encode('piped.flac', []);
  const pipe = join(folder, 'pipe');
  assert.equal(spawnSync('mkfifo', [pipe]).status, 0);
  const written = once(spawn('cp', [path, pipe], { stdio: 'ignore' }), 'close');
  assert.deepEqual(await readAll(pipe), SECOND);
  assert.deepEqual(await written, [0, null]);
});

test('another format under the path of a descriptor goes through ffmpeg', withFfmpeg, async () => {
  const [movable, deleted] = [await encode('redirected.m4a', []), await encode('deleted.flac', [])];
  const handles = [await open(movable), await open(deleted)] as const;
  await rm(deleted);
  assert.ok(fidelity(await readAll(`/dev/fd/${handles[0].fd}`)) > 20);
  assert.deepEqual(await readAll(`/dev/fd/${handles[1].fd}`), SECOND);
  await Promise.all(handles.map((handle) => handle.close()));
});

test('a file that ffmpeg can not read through a pipe is refused with what to do', withFfmpeg, async () => {
  const path = await encode('late.m4a', ['-af', 'aloop=loop=60:size=16000']);
  const handle = await open(path);
  const error = await failure('-', { stdin: handle.createReadStream() });
  assert.equal(error.code, 'AUDIO_FORMAT_UNSUPPORTED');
  assert.match(error.message, /by its name.*faststart/);
});

test('what ffmpeg can not read is refused with its reason', withFfmpeg, async () => {
  const path = await saved('letter.txt', Buffer.from('Dear reader, this is no sound.'));
  const error = await failure(path);
  assert.equal(error.code, 'AUDIO_FORMAT_UNSUPPORTED');
  assert.match(error.message, /letter\.txt: .*Invalid data/);
});

test('ffmpeg ends when its source is closed early', withFfmpeg, async () => {
  const path = await encode('early.flac', ['-af', 'aloop=loop=60:size=16000']);
  for await (const { samples } of await openAudioFile(path)) {
    assert.ok(samples.length > 0);
    break;
  }
});
