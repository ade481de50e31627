import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { listInputDevices } from '../capture/devices.ts';
import { installHint } from '../capture/install-hint.ts';
import { isInstalled } from '../capture/program.ts';
import { chooseRecorder } from '../capture/recorder-choice.ts';
import { RECORDERS } from '../capture/recorder-command.ts';
import type { Config } from '../config.ts';
import { toAgentError } from '../errors.ts';
import { type Check, notOk, ok } from './doctor-check.ts';

/** Whether the configuration records from a device at all. */
function needsMicrophone({ microphone }: Config): boolean {
  return microphone.enabled && microphone.source === '';
}

export async function checkRecorder(config: Config): Promise<Check> {
  const { recorder } = config.microphone;
  const { platform } = process;
  try {
    const chosen = await chooseRecorder({ recorder, platform });
    const others: string[] = [];
    for (const name of RECORDERS) if (name !== chosen && (await isInstalled(name))) others.push(name);
    const also = others.length > 0 ? ` (${others.join(', ')} would do too)` : '';
    return ok('recorder', chosen + also);
  } catch (error) {
    const best = platform === 'linux' ? 'arecord' : 'sox';
    return notOk('recorder', {
      needed: needsMicrophone(config),
      detail: toAgentError(error).message,
      mend: installHint(recorder === 'auto' ? best : recorder),
    });
  }
}

export async function checkDevices(config: Config): Promise<Check> {
  const devices = await listInputDevices();
  const named = devices.filter(({ isDefault }) => !isDefault);
  if (named.length > 0) return ok('microphones', named.map(({ name }) => name).join(', '));
  return notOk('microphones', {
    needed: false,
    detail: 'none is listed; the system default may still work',
    mend: needsMicrophone(config) ? 'plug one in, then: earshot devices' : 'earshot devices',
  });
}

/** ALSA devices belong to a group; whoever is not in it gets "permission denied" from every recorder. */
export async function checkAudioPermission(config: Config, folder = '/dev/snd'): Promise<Check> {
  const name = 'audio permission';
  if (process.platform !== 'linux') return ok(name, `asked for by the system on ${process.platform}`);
  const entries = await readdir(folder).catch(() => []);
  const inputs = entries.filter((entry) => /^pcm.*c$/.test(entry));
  if (inputs.length === 0) return ok(name, `no ALSA input in ${folder}, nothing to be permitted`);
  for (const input of inputs) {
    try {
      await access(join(folder, input), constants.R_OK | constants.W_OK);
    } catch {
      return notOk(name, {
        needed: needsMicrophone(config),
        detail: `${join(folder, input)} can not be opened by this user`,
        mend: 'sudo usermod -aG audio "$USER", then log out and in',
      });
    }
  }
  return ok(name, `${inputs.length} ALSA inputs can be opened`);
}

export async function checkFfmpeg(): Promise<Check> {
  // ffmpeg knows no --version and answers with a fault: that it starts is enough.
  if (await isInstalled('ffmpeg')) return ok('ffmpeg', 'installed');
  return notOk('ffmpeg', {
    needed: false,
    detail: 'not installed: files other than WAV can not be read',
    mend: installHint('ffmpeg'),
  });
}
