import {
  type ListedDevice,
  parseAlsaCards,
  parseAlsaNames,
  parseCoreAudio,
  parsePulseSources,
} from './device-parsers.ts';
import { isInstalled, runProgram } from './program.ts';
import { RECORDERS, type RecorderName } from './recorder-command.ts';

/** An input device that can be recorded from. */
export interface InputDevice extends ListedDevice {
  /** The program that opens it. */
  readonly recorder: RecorderName;
}

export interface DeviceListOptions {
  readonly platform?: NodeJS.Platform;
  /** Environment of the programs that are asked, their PATH included; the own one where it is absent. */
  readonly env?: NodeJS.ProcessEnv;
}

type Run = (name: string, ...args: string[]) => Promise<string>;

/**
 * Lists the input devices of this machine, the system's default first. Empty when no recorder is installed:
 * there is nothing to open them with.
 */
export async function listInputDevices(options: DeviceListOptions = {}): Promise<InputDevice[]> {
  const { platform = process.platform, env } = options;
  const recorder = await firstInstalled(env);
  if (recorder === null) return [];
  const run: Run = async (name, ...args) => (await runProgram(name, args, env))?.output ?? '';
  // rec takes the default device only.
  const found = recorder === 'rec' ? [] : await listFor(platform, run);
  return [systemDefault(found), ...found.map((device) => ({ ...device, isDefault: false }))].map(
    (device) => ({
      ...device,
      recorder,
    }),
  );
}

async function firstInstalled(env: NodeJS.ProcessEnv | undefined): Promise<RecorderName | null> {
  for (const name of RECORDERS) {
    if (await isInstalled(name, env)) return name;
  }
  return null;
}

function systemDefault(found: readonly ListedDevice[]): ListedDevice {
  const leadsTo = found.find((device) => device.isDefault);
  const addition = leadsTo === undefined ? '' : `: ${leadsTo.description || leadsTo.name}`;
  return { name: 'default', description: `the system's default${addition}`, isDefault: true };
}

/** Windows has no tool that lists what SoX takes: there the default is chosen in the system's settings. */
async function listFor(platform: NodeJS.Platform, run: Run): Promise<ListedDevice[]> {
  if (platform === 'linux') return await listLinux(run);
  if (platform === 'darwin') return parseCoreAudio(await run('system_profiler', '-json', 'SPAudioDataType'));
  return [];
}

async function listLinux(run: Run): Promise<ListedDevice[]> {
  const [cards, names, sources, defaultSource] = await Promise.all([
    run('arecord', '-l'),
    run('arecord', '-L'),
    run('pactl', '--format=json', 'list', 'sources'),
    run('pactl', 'get-default-source'),
  ]);
  return [
    ...parsePulseSources(sources, defaultSource.trim()),
    ...parseAlsaCards(cards),
    ...parseAlsaNames(names),
  ];
}
