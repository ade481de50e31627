import { setTimeout as delay } from 'node:timers/promises';
import { AGENT_PARTS } from '../agent-parts.ts';
import { listInputDevices } from '../capture/devices.ts';
import type { MicrophoneStatus } from '../capture/microphone-status.ts';
import { DEFAULT_SAMPLE_RATE } from '../capture/pcm-decoder.ts';
import type { Config } from '../config.ts';
import type { MicrophoneSource } from '../server/hub.ts';
import { type Check, failed, notOk, ok } from './doctor-check.ts';

/** A recorder has 5 s to its first sound. */
const PATIENCE_MS = 6000;

/** Where the sound comes from: the file that is played as the microphone, or the device that is named; nothing else. */
export async function checkSound({ microphone }: Config): Promise<Check[]> {
  const { enabled, source, device } = microphone;
  if (enabled && source !== '') return [await checkSource(microphone)];
  if (enabled && device !== '') return [await checkDevice(microphone)];
  return [];
}

async function checkSource(microphone: Config['microphone']): Promise<Check> {
  try {
    const opened = await AGENT_PARTS.openMicrophone(microphone, DEFAULT_SAMPLE_RATE, () => {});
    await opened?.close();
    return ok('source', `${microphone.source} can be read`);
  } catch (error) {
    return failed(
      'source',
      error,
      'set microphone.source to a file with sound, or to nothing for the microphone',
    );
  }
}

/** One that is listed is there. Another may be as well, under a name that no list has: it is opened for a moment. */
async function checkDevice(microphone: Config['microphone']): Promise<Check> {
  const [name, { device }] = ['device', microphone];
  const listed = await listInputDevices();
  if (listed.some((input) => input.name === device)) return ok(name, `${device} is there`);
  const { code, detail } = await firstStatus(microphone);
  if (code === null) return ok(name, `${device} can be opened`);
  const needed = code === 'DEVICE_UNKNOWN'; // other faults may pass: who else records from it now?
  return notOk(name, { needed, detail: `${device}: ${code}: ${detail}`, mend: 'earshot devices' });
}

/** How the microphone fares as soon as that is known. */
async function firstStatus(config: Config['microphone']): Promise<MicrophoneStatus> {
  let tell: (status: MicrophoneStatus) => void = () => {};
  const told = new Promise<MicrophoneStatus>((resolve) => {
    tell = resolve;
  });
  const microphone = (await AGENT_PARTS.openMicrophone(config, DEFAULT_SAMPLE_RATE, (status) => {
    if (status.state !== 'starting') tell(status);
  })) as MicrophoneSource; // null only where none is enabled
  const ended = listen(microphone);
  try {
    return await Promise.race([told, delay(PATIENCE_MS, null, { ref: false }).then(() => microphone.status)]);
  } finally {
    await microphone.close();
    await ended;
  }
}

/** Opens the microphone, and hears it to its end without keeping anything. */
async function listen(microphone: MicrophoneSource): Promise<void> {
  for await (const _ of microphone);
}
