// A real recorder without hardware: what PulseAudio plays into a null sink comes back through the product's own
// microphone, whatever happens to the recorder, the sink and PulseAudio itself.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { MicrophoneOptions } from '../../agent/capture/microphone.ts';
import { measureLevel } from '../../agent/capture/pcm.ts';
import { MicrophoneWatch } from './microphone-watch.ts';
import { PrivatePulse } from './private-pulse.ts';
import { skipWithout } from './programs.ts';
import { buildWav } from './wav-builder.ts';

const SAMPLE_RATE = 16000;
const AMPLITUDE = 8000;
const RMS_DBFS = 20 * Math.log10(AMPLITUDE / Math.SQRT2 / 32768);
const skip =
  process.platform === 'linux'
    ? skipWithout('pulseaudio', 'pactl', 'paplay', 'arecord', 'sox')
    : 'needs Linux';

interface Setting {
  readonly watch: MicrophoneWatch;
  readonly pulse: PrivatePulse;
}

/** Twenty seconds of a tone at the rate of a CD. */
function tone(frequency: number): Buffer {
  const sampleRate = 44100;
  const samples = Int16Array.from({ length: 20 * sampleRate }, (_, i) =>
    Math.round(AMPLITUDE * Math.sin((2 * Math.PI * frequency * i) / sampleRate)),
  );
  return buildWav({ data: Buffer.from(samples.buffer), sampleRate });
}

/** Share of the energy of `samples` that lies at `frequency`. */
function purity(samples: Int16Array, frequency: number): number {
  let cosine = 0;
  let sine = 0;
  let energy = 0;
  for (let i = 0; i < samples.length; i++) {
    const phase = (2 * Math.PI * frequency * i) / SAMPLE_RATE;
    cosine += samples[i]! * Math.cos(phase);
    sine += samples[i]! * Math.sin(phase);
    energy += samples[i]! ** 2;
  }
  return energy === 0 ? 0 : (2 * (cosine ** 2 + sine ** 2)) / samples.length / energy;
}

/** Plays a tone until half a second of it, and nothing else, has come back; returns that half second. */
async function hear({ watch, pulse }: Setting, frequency: number): Promise<Int16Array> {
  const player = await pulse.play(tone(frequency));
  const start = watch.samples.length;
  const newest = () => watch.samples.slice(Math.max(start, watch.samples.length - SAMPLE_RATE / 2));
  const heard = () => newest().length === SAMPLE_RATE / 2 && purity(newest(), frequency) > 0.999;
  await watch.until(`tone of ${frequency} Hz`, heard);
  player.stop();
  return newest();
}

/** Process ids of the recorders that are open in this PulseAudio. */
function recorderPids(name: string, pulse: PrivatePulse): number[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.map(Number).filter((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
      return environment.includes(pulse.folder) && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === name;
    } catch {
      return false;
    }
  });
}

/** Waits until the microphone is down; returns the number of statuses until then. */
async function lost({ watch }: Setting, after: number): Promise<number> {
  await watch.status((status) => status.state === 'restarting' || status.state === 'failed', after);
  return watch.statuses.length;
}

const recorders: readonly Pick<MicrophoneOptions, 'recorder' | 'device'>[] = [
  { recorder: 'arecord', device: '' },
  { recorder: 'arecord', device: 'pulse:room.monitor' },
  { recorder: 'sox', device: '' },
  { recorder: 'sox', device: 'pulse:room.monitor' },
  { recorder: 'rec', device: '' },
];

/** Runs `body` with a PulseAudio of its own and a microphone open in it. */
async function withMicrophone(
  options: Partial<MicrophoneOptions>,
  body: (setting: Setting) => Promise<void>,
): Promise<void> {
  const pulse = await PrivatePulse.start();
  const watch = new MicrophoneWatch({ dataTimeoutMs: 10_000, ...options, env: pulse.env });
  try {
    await body({ watch, pulse });
    await watch.close();
    assert.deepEqual(recorderPids(options.recorder!, pulse), [], 'no recorder is left');
  } finally {
    await watch.close();
    await pulse.stop();
  }
}

async function surviveKilledRecorder(setting: Setting, recorder: string): Promise<void> {
  const seen = setting.watch.statuses.length;
  const [pid] = recorderPids(recorder, setting.pulse);
  process.kill(pid!, 'SIGKILL');
  await lost(setting, seen);
  await hear(setting, 1300);
}

async function surviveUnloadedSink(setting: Setting): Promise<void> {
  const { watch, pulse } = setting;
  const seen = watch.statuses.length;
  await pulse.unloadSink();
  const down = await lost(setting, seen);
  await pulse.loadSink();
  await watch.status((status) => status.state === 'running', down);
  await hear(setting, 1700);
}

async function surviveKilledDaemon(setting: Setting): Promise<void> {
  const { watch, pulse } = setting;
  const seen = watch.statuses.length;
  await pulse.killDaemon();
  const down = await lost(setting, seen);
  await pulse.startDaemon();
  await pulse.loadSink();
  await watch.status((status) => status.state === 'running', down);
  await hear(setting, 2300);
}

// At the same time, because a null sink takes two seconds to its first sample.
describe('microphone in PulseAudio', { concurrency: true }, () => {
  for (const { recorder, device } of recorders) {
    const from = device === '' ? 'the default device' : device;
    test(`${recorder} records ${from}, and is back after every fault`, { skip }, () =>
      withMicrophone({ recorder, device }, async (setting) => {
        await setting.watch.status((status) => status.state === 'running');
        const level = measureLevel(await hear(setting, 1000));
        assert.ok(Math.abs(level.rms - RMS_DBFS) < 0.1, `${level.rms} dBFS`);
        await surviveKilledRecorder(setting, recorder);
        await surviveUnloadedSink(setting);
        await surviveKilledDaemon(setting);
      }),
    );
  }

  test('a microphone of which nothing but zeros comes is silent until something is heard', { skip }, () =>
    withMicrophone({ recorder: 'arecord', silenceTimeoutMs: 1000 }, async ({ watch, pulse }) => {
      await watch.status((status) => status.state === 'silent');
      const silent = watch.statuses.length;
      const player = await pulse.play(tone(1000));
      await watch.status((status) => status.state === 'running', silent);
      player.stop();
    }),
  );
});
