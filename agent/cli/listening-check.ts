import { AGENT_PARTS } from '../agent-parts.ts';
import type { Config } from '../config.ts';
import type { StreamOptions } from '../engine/speech-engine.ts';
import { SILENT_LOGGER } from '../logger.ts';
import { microphoneTask } from '../microphone-task.ts';
import { ModelSlot } from '../model-slot.ts';
import { type Check, failed, ok } from './doctor-check.ts';

const NAME = 'listens for';

/**
 * Whether the grammars and wake phrases of the microphone can be read, and the model can hear them, as the daemon finds
 * out at its start; nothing when none are configured.
 * @param modelWorks else only the files are looked at
 */
export async function checkListening(config: Config, modelWorks: boolean): Promise<Check[]> {
  const { grammars, wakePhrases } = config.microphone;
  if (grammars.length + wakePhrases.length === 0) return [];
  try {
    const listenFor = await microphoneTask(config.microphone);
    if (modelWorks) await tryListening(config, listenFor);
    const phrases = wakePhrases.map((phrase) =>
      JSON.stringify(typeof phrase === 'string' ? phrase : phrase.text),
    );
    return [ok(NAME, [...phrases, ...grammars].join(', '))];
  } catch (error) {
    const files = grammars.map((file) => ` ${file}`).join('');
    return [
      failed(NAME, error, files === '' ? 'change microphone.wakePhrases' : `earshot grammar check${files}`),
    ];
  }
}

/** On the CPU: whether another provider works is looked at elsewhere, in a process of its own. */
async function tryListening(config: Config, listenFor: StreamOptions): Promise<void> {
  const { loadEngine } = AGENT_PARTS;
  const model: Config['model'] = { ...config.model, providers: ['cpu'], strict: false };
  const onCpu = { ...config, model, engine: { ...config.engine, workers: 1 } };
  const models = await ModelSlot.open({ config: onCpu, log: SILENT_LOGGER, listenFor, loadEngine });
  try {
    await models.engine;
  } finally {
    await models.close();
  }
}
