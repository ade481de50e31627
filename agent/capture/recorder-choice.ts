import { AgentError } from '../errors.ts';
import { installHint } from './install-hint.ts';
import { isInstalled } from './program.ts';
import { RECORDERS, type RecorderName } from './recorder-command.ts';

export interface RecorderChoiceOptions {
  /** The program to take; `auto`: the first that is installed. */
  readonly recorder: 'auto' | RecorderName;
  readonly platform: NodeJS.Platform;
  /** Environment in whose PATH the programs are looked for; the own one where it is absent. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** Throws `RECORDER_MISSING`, with the command that installs what is missing. */
export async function chooseRecorder(options: RecorderChoiceOptions): Promise<RecorderName> {
  const wanted = options.recorder === 'auto' ? RECORDERS : [options.recorder];
  for (const name of wanted) {
    if (await isInstalled(name, options.env)) return name;
  }
  const best = options.recorder === 'auto' ? bestFor(options.platform) : options.recorder;
  const looked = wanted.join(', ');
  const message = `No recorder program is installed; looked for ${looked}. To install ${best}: ${installHint(best, options.platform)}`;
  throw new AgentError('RECORDER_MISSING', message, { fields: { looked } });
}

function bestFor(platform: NodeJS.Platform): RecorderName {
  return platform === 'linux' ? 'arecord' : 'sox';
}
