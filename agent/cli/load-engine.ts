import type { Config } from '../config.ts';
import { availableCores } from '../engine/available-cores.ts';
import type { SpeechEngine } from '../engine/speech-engine.ts';
import type { LogFields, Logger } from '../logger.ts';
import { resolvePackagePath } from '../package-info.ts';
import { printNote } from './terminal.ts';

/** Warnings become notes on standard error; the rest is for daemons. What fails a stream is told by who reads it. */
const NOTES: Logger = {
  debug: () => {},
  info: () => {},
  warn: printFields,
  error: (fields, message) => {
    if (!('stream' in fields)) printFields(fields, message);
  },
  child: () => NOTES,
};

/**
 * Loads the configured model in this process. `changes` win over the section `engine` of the configuration.
 * @throws {AgentError} as `Recognizer.load`
 */
export async function loadEngine(
  config: Config,
  changes: Partial<Config['engine']> = {},
): Promise<SpeechEngine> {
  const { Recognizer } = await import('../engine/recognizer.ts');
  const engine = { ...config.engine, ...changes };
  return Recognizer.load(resolvePackagePath(config.model.path), { ...config, engine }, { log: NOTES });
}

/**
 * The engine section for work that nobody speaks into: a worker on every core, unless the configuration says how
 * many, and room for `jobs` streams.
 */
export function batchEngine({ engine }: Config, jobs: number): Partial<Config['engine']> {
  return {
    workers: engine.workers || availableCores(),
    maxStreams: Math.max(engine.maxStreams, jobs),
  };
}

function printFields(fields: LogFields, message: string): void {
  const details = Object.entries(fields).map(([name, value]) => `${name}: ${String(value)}`);
  printNote(`earshot: ${[message, ...details].join(', ')}`);
}
