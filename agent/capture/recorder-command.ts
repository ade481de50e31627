import { AgentError } from '../errors.ts';

/** Programs that can record, in the order in which `auto` takes them. */
export const RECORDERS = ['arecord', 'sox', 'rec'] as const;

export type RecorderName = (typeof RECORDERS)[number];

/** What to record with. */
export interface RecorderCommandOptions {
  readonly recorder: RecorderName;
  /** As `earshot devices` lists it; empty or `default`: the system's default. */
  readonly device: string;
  /** Hz */
  readonly sampleRate: number;
  readonly platform: NodeJS.Platform;
}

const PULSE = 'pulse:';

/**
 * Time between two deliveries of arecord: its own default is 125 ms, which every partial would wait for. The
 * buffer behind it is what a busy machine may fall behind.
 */
const ARECORD_TIMES = ['--period-time=20000', '--buffer-time=500000'];
/** Bytes that SoX handles at once: its own default of 8192 is 256 ms. */
const SOX_BUFFER_BYTES = '1024';
/** SoX leaves the choice to PulseAudio (and PipeWire), which then delivers every 2 s; this makes it 30 ms. */
const SOX_ON_LINUX = ['/usr/bin/env', 'PULSE_LATENCY_MSEC=30'];

/** A program, by path or by name to be found through PATH, and its arguments. */
export interface RecorderCommand {
  readonly cmd: string;
  readonly args: readonly string[];
}

/**
 * The command with which `recorder` writes raw 16-bit mono samples to its standard output. Throws
 * `DEVICE_UNKNOWN` when it can not record from the device.
 */
export function recorderCommand(wanted: RecorderCommandOptions): RecorderCommand {
  const { recorder, platform } = wanted;
  const options = { ...wanted, device: wanted.device === 'default' ? '' : wanted.device };
  if (recorder === 'arecord') return { cmd: recorder, args: arecordArguments(options) };
  const [cmd, ...args] = [...(platform === 'linux' ? SOX_ON_LINUX : []), recorder, ...soxArguments(options)];
  return { cmd: cmd!, args };
}

function arecordArguments({ device, sampleRate }: RecorderCommandOptions): string[] {
  const source = device === '' ? [] : ['-D', alsaDevice(device)];
  return [...source, ...ARECORD_TIMES, '-t', 'raw', '-f', 'S16_LE', '-c', '1', '-r', String(sampleRate), '-'];
}

/** `hw:` would deliver the card's own rate where it has no 16 kHz; `plughw:` converts. */
function alsaDevice(device: string): string {
  return device.startsWith('hw:') ? `plug${device}` : device;
}

function soxArguments(options: RecorderCommandOptions): string[] {
  // SoX would add dither to a changed rate: digital silence could not be told from a quiet room any more.
  const general = ['--no-dither', '--no-show-progress', '--buffer', SOX_BUFFER_BYTES];
  const format = [
    '-t',
    'raw',
    '-e',
    'signed-integer',
    '-b',
    '16',
    '-c',
    '1',
    '-r',
    String(options.sampleRate),
  ];
  return [...general, ...soxSource(options), ...format, '-'];
}

function soxSource({ recorder, device, platform }: RecorderCommandOptions): string[] {
  if (recorder === 'rec') {
    if (device === '') return [];
    const message = `rec records from the default device only, got device "${device}": set recorder to sox.`;
    throw new AgentError('DEVICE_UNKNOWN', message);
  }
  // On Windows --default-device fails where the driver named so works.
  if (platform === 'win32') return ['-t', 'waveaudio', device === '' ? 'default' : device];
  if (device === '') return ['--default-device'];
  if (platform === 'darwin') return ['-t', 'coreaudio', device];
  if (device.startsWith(PULSE)) return ['-t', 'pulseaudio', device.slice(PULSE.length)];
  return ['-t', 'alsa', alsaDevice(device)];
}
