import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import {
  parseAlsaCards,
  parseAlsaNames,
  parseCoreAudio,
  parsePulseSources,
} from '../../agent/capture/device-parsers.ts';
import { listInputDevices } from '../../agent/capture/devices.ts';
import { FakePrograms } from './fake-program.ts';
import { PrivatePulse } from './private-pulse.ts';
import { skipWithout } from './programs.ts';

const CARDS = `**** List of CAPTURE Hardware Devices ****
card 0: PCH [HDA Intel PCH], device 0: ALC257 Analog [ALC257 Analog]
  Subdevices: 1/1
  Subdevice #0: subdevice #0
card 2: ArrayUAC10 [ReSpeaker 4 Mic Array (UAC1.0)], device 0: USB Audio [USB Audio]
  Subdevices: 0/1
  Subdevice #0: subdevice #0
`;
const NAMES = `null
    Discard all samples (playback) or generate zero samples (capture)
default
    Default Audio Device
mic_array
    Four microphones,
    joined
sysdefault:CARD=PCH
    HDA Intel PCH, ALC257 Analog
lavrate
    Rate Converter Plugin
bare
`;

test('cards are named by identifier and opened through the conversion of ALSA', () => {
  assert.deepEqual(parseAlsaCards(CARDS), [
    { name: 'plughw:CARD=PCH,DEV=0', description: 'HDA Intel PCH, ALC257 Analog', isDefault: false },
    {
      name: 'plughw:CARD=ArrayUAC10,DEV=0',
      description: 'ReSpeaker 4 Mic Array (UAC1.0), USB Audio',
      isDefault: false,
    },
  ]);
});

test('cards are found in any language', () => {
  const german = 'Karte 1: Device [USB Audio Device], Gerät 0: USB Audio [USB Audio]\n  Sub-Geräte: 1/1\n';
  assert.deepEqual(
    parseAlsaCards(german).map(({ name }) => name),
    ['plughw:CARD=Device,DEV=0'],
  );
});

test('of the names that ALSA knows, those that somebody defined are listed', () => {
  assert.deepEqual(parseAlsaNames(NAMES), [
    { name: 'mic_array', description: 'Four microphones,, joined', isDefault: false },
    { name: 'bare', description: '', isDefault: false },
  ]);
});

test('sources of PulseAudio are listed, the default one known', () => {
  const json = JSON.stringify([
    { name: 'alsa_input.usb', description: 'USB Microphone' },
    { name: 'room.monitor', description: 'Monitor of Room' },
  ]);
  assert.deepEqual(parsePulseSources(json, 'alsa_input.usb'), [
    { name: 'pulse:alsa_input.usb', description: 'USB Microphone', isDefault: true },
    { name: 'pulse:room.monitor', description: 'Monitor of Room', isDefault: false },
  ]);
});

test('devices of macOS that have an input are listed', () => {
  const items = [
    {
      _name: 'MacBook Pro Microphone',
      coreaudio_device_input: 1,
      coreaudio_device_manufacturer: 'Apple Inc.',
      coreaudio_default_audio_input_device: 'spaudio_yes',
    },
    { _name: 'MacBook Pro Speakers', coreaudio_device_output: 2 },
  ];
  const json = JSON.stringify({ SPAudioDataType: [{ _items: items }] });
  assert.deepEqual(parseCoreAudio(json), [
    { name: 'MacBook Pro Microphone', description: 'Apple Inc.', isDefault: true },
  ]);
});

test('what a tool says instead of a list gives no devices', () => {
  for (const output of [
    '',
    'arecord: device_list:274: no soundcards found...',
    '{',
    'null',
    '[1]{',
    '{"a":1}',
  ]) {
    assert.deepEqual(parseAlsaCards(output), []);
    assert.deepEqual(parsePulseSources(output, ''), []);
    assert.deepEqual(parseCoreAudio(output), []);
  }
});

const withScripts = {
  skip: process.platform === 'win32' && 'the made-up programs are scripts with a #! line',
};
let programs: FakePrograms;
beforeEach(async () => {
  programs = await FakePrograms.create();
});
afterEach(() => programs.remove());

test('without a recorder there are no devices to open', async () => {
  assert.deepEqual(await listInputDevices({ env: programs.env }), []);
});

test('the default comes first and says where it leads', withScripts, async () => {
  await programs.install('arecord', `console.log(args[0] === '-l' ? ${JSON.stringify(CARDS)} : '');`);
  const sources = JSON.stringify([{ name: 'mic', description: 'Desk' }]);
  await programs.install('pactl', `console.log(args[0] === 'get-default-source' ? 'mic' : '${sources}');`);
  const devices = await listInputDevices({ env: programs.env, platform: 'linux' });
  assert.deepEqual(
    devices.map(({ name, isDefault, recorder }) => `${name} ${isDefault} ${recorder}`),
    [
      'default true arecord',
      'pulse:mic false arecord',
      'plughw:CARD=PCH,DEV=0 false arecord',
      'plughw:CARD=ArrayUAC10,DEV=0 false arecord',
    ],
  );
  assert.equal(devices[0]?.description, "the system's default: Desk");
});

test('rec has the default device only, and so has Windows', withScripts, async () => {
  await programs.install('rec', '');
  const expected = [{ name: 'default', description: "the system's default", isDefault: true }];
  for (const platform of ['linux', 'win32'] as const) {
    const devices = await listInputDevices({ env: programs.env, platform });
    assert.deepEqual(devices, [{ ...expected[0], recorder: 'rec' }]);
  }
});

test('a running PulseAudio is asked', { skip: skipWithout('pulseaudio', 'pactl', 'arecord') }, async () => {
  const pulse = await PrivatePulse.start();
  try {
    const devices = await listInputDevices({ env: pulse.env, platform: 'linux' });
    assert.ok(devices.some(({ name }) => name === `pulse:${pulse.source}`));
    assert.match(devices[0]!.description, /default: Monitor of/);
  } finally {
    await pulse.stop();
  }
});
