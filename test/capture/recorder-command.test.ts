import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installHint } from '../../agent/capture/install-hint.ts';
import { type RecorderCommandOptions, recorderCommand } from '../../agent/capture/recorder-command.ts';
import { AgentError } from '../../agent/errors.ts';

function line(options: Partial<RecorderCommandOptions>): string {
  const defaults = { recorder: 'arecord', device: '', sampleRate: 16000, platform: 'linux' } as const;
  const { cmd, args } = recorderCommand({ ...defaults, ...options });
  return [cmd, ...args].join(' ');
}

test('every recorder writes raw samples, never a WAV header', () => {
  for (const recorder of ['arecord', 'sox', 'rec'] as const) assert.match(line({ recorder }), /-t raw .*-$/);
});

test('arecord delivers every 20 ms, from the default device or the given one', () => {
  assert.equal(line({}), 'arecord --period-time=20000 --buffer-time=500000 -t raw -f S16_LE -c 1 -r 16000 -');
  assert.match(line({ device: 'pulse:my.source' }), /^arecord -D pulse:my\.source /);
});

test('the name default means the same as none, on every platform', () => {
  for (const recorder of ['arecord', 'sox', 'rec'] as const) {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      assert.equal(line({ recorder, platform, device: 'default' }), line({ recorder, platform }));
    }
  }
});

test('a card is opened through the conversion of ALSA, whatever rate it has', () => {
  assert.match(line({ device: 'hw:1,0' }), /-D plughw:1,0 /);
  assert.match(line({ device: 'plughw:1,0' }), /-D plughw:1,0 /);
  assert.match(line({ recorder: 'sox', device: 'hw:1,0' }), /-t alsa plughw:1,0 /);
});

test('SoX adds no dither and keeps its buffer small', () => {
  assert.match(
    line({ recorder: 'sox' }),
    / sox --no-dither --no-show-progress --buffer 1024 --default-device /,
  );
});

test('on Linux SoX asks the sound server for a short latency', () => {
  assert.match(line({ recorder: 'sox' }), /^\/usr\/bin\/env PULSE_LATENCY_MSEC=30 sox /);
  assert.match(line({ recorder: 'rec' }), /^\/usr\/bin\/env PULSE_LATENCY_MSEC=30 rec /);
  assert.match(line({ recorder: 'sox', platform: 'darwin' }), /^sox /);
});

test('SoX names the device as the platform wants it', () => {
  const sox = (device: string, platform: NodeJS.Platform) => line({ recorder: 'sox', device, platform });
  assert.match(sox('', 'win32'), / -t waveaudio default -t raw /);
  assert.match(sox('USB Microphone', 'win32'), / -t waveaudio USB Microphone /);
  assert.match(sox('Built-in', 'darwin'), / -t coreaudio Built-in /);
  assert.match(sox('', 'darwin'), / --default-device /);
  assert.match(sox('pulse:my.source', 'linux'), / -t pulseaudio my\.source /);
});

test('rec takes the default device only, and says so', () => {
  assert.throws(
    () => line({ recorder: 'rec', device: 'hw:1' }),
    (error) => error instanceof AgentError && error.code === 'DEVICE_UNKNOWN' && /sox/.test(error.message),
  );
});

test('the hint names the command of the platform', () => {
  assert.match(installHint('arecord', 'linux'), /apt install alsa-utils/);
  assert.equal(installHint('rec', 'darwin'), 'brew install sox');
  assert.match(installHint('sox', 'win32'), /SoX 14\.4\.1/);
  assert.match(installHint('ffmpeg', 'win32'), /winget install ffmpeg/);
});
