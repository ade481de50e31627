import { AGENT_PARTS } from '../agent-parts.ts';
import type { Config } from '../config.ts';
import type { StreamOptions } from '../engine/speech-engine.ts';
import { type AgentError, toAgentError } from '../errors.ts';
import { SILENT_LOGGER } from '../logger.ts';
import { microphoneTask } from '../microphone-task.ts';
import { ModelSlot } from '../model-slot.ts';
import { type Check, failed, ok } from './doctor-check.ts';

const NAME = 'listens for';

/**
 * Whether the grammars and wake phrases of the microphone and the hotwords can be read, and the model can hear them, as the
 * daemon finds out at its start; nothing when none are configured.
 * @param modelWorks else only the files are looked at
 */
export async function checkListening(config: Config, modelWorks: boolean): Promise<Check[]> {
  const { grammars, wakePhrases } = config.microphone;
  const { list: hotwords } = config.hotwords;
  if (grammars.length + wakePhrases.length + hotwords.length === 0) return [];
  try {
    const listenFor = await microphoneTask(config.microphone);
    if (modelWorks) await tryListening(config, listenFor);
    const phrases = wakePhrases.map((phrase) =>
      JSON.stringify(typeof phrase === 'string' ? phrase : phrase.text),
    );
    const words = hotwords.length === 0 ? [] : [`hotwords (${hotwords.length})`];
    return [ok(NAME, [...phrases, ...grammars, ...words].join(', '))];
  } catch (error) {
    return [failed(NAME, error, mendOf(toAgentError(error), grammars))];
  }
}

function mendOf({ code }: AgentError, grammars: readonly string[]): string {
  if (code.startsWith('HOTWORD')) return 'change hotwords.list';
  if (code === 'WAKE_PHRASE' || grammars.length === 0) return 'change microphone.wakePhrases';
  return `earshot grammar check ${grammars.join(' ')}`;
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
